"""An account's link to the provider of sign-on, for the admin: see it, make it, end it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.access import commands_signon, queries
from service.access.commands_signon import LinkIdentity, UnlinkIdentity
from service.access.rules import LONGEST_SUBJECT
from service.errors import Conflict, Invalid
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.signon import provider_name
from service.web.problems import status_of
from service.web.words import words


class SubjectIn(sent.Form):
    """What the provider calls the person."""

    subject = Text(most=LONGEST_SUBJECT, load_default="")


@pages.get("/user-accounts/<account_id>/identity")
def identity(account_id: str) -> str:
    """Whose account it is, and with which subject it is linked."""
    return _page(account_id)


@pages.post("/user-accounts/<account_id>/identity")
def link_identity(account_id: str) -> Response | tuple[str, int]:
    """Link a subject that the admin has looked up at the provider."""
    oidc, subject = edge.settings().oidc, sent.form(SubjectIn)["subject"]
    command = LinkIdentity(account_id, oidc.issuer if oidc else None, subject)
    try:
        commands_signon.link_identity(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(account_id, subject, words(refused.code, refused.params, edge.locale())), status_of(refused)
    flash(_("The account is linked; its sessions have ended."))
    return redirect(url_for("pages.identity", account_id=account_id))


@pages.post("/user-accounts/<account_id>/identity/end")
def unlink_identity(account_id: str) -> Response:
    """End the link and the sessions of the account."""
    commands_signon.unlink_identity(edge.actor(), UnlinkIdentity(account_id), now=edge.now())
    flash(_("The link is ended, with all sessions of the account."))
    return redirect(url_for("pages.identity", account_id=account_id))


def _page(account_id: str, subject: str = "", problem: str | None = None) -> str:
    found, oidc = queries.linked_account(edge.actor(), account_id), edge.settings().oidc
    if oidc is None:
        raise Conflict("signon.not_configured")
    return render_template(
        "useraccounts/identity.html",
        account={
            "id": found.id, "name": found.name or found.username, "username": found.username,
            "organisation_id": found.organisation_id, "subject": found.subject, "linked_at": found.linked_at,
            "closed": found.closed_at is not None,
        },
        provider={"name": provider_name(oidc), "issuer": oidc.issuer},
        subject=subject,
        problem=problem,
    )  # fmt: skip
