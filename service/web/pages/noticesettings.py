"""My notice settings: what tells me outside the pages, and my proven address."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access.days import day_of
from service.channels import commands, queries, rules
from service.channels.commands import AskAddress, ChooseNotices, ProveAddress
from service.errors import Conflict, Invalid
from service.parameters import queries as parameters
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.words import words

HOUR = {"load_default": None, "allow_none": True}


class ChoiceForm(sent.Form):
    """The whole form of choices; boxes that are not checked are absent."""

    choices = fields.Dict(keys=fields.String(), values=fields.List(Text(most=16)), load_default=dict)
    handles = fields.Dict(keys=fields.String(), values=Text(most=80), load_default=dict)
    digest = fields.String(required=True, validate=validate.OneOf(rules.DIGESTS))
    locale = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(("zh", "en")))
    quiet_from = sent.whole(0, 23, **HOUR)
    quiet_until = sent.whole(0, 23, **HOUR)
    version = sent.whole(required=True)


class AddressForm(sent.Form):
    """An address to which a code is mailed."""

    address = Text(most=200, required=True)


class CodeForm(sent.Form):
    """The code that came."""

    code = Text(most=12, required=True)


@pages.get("/settings/notices")
def notice_settings() -> str:
    """What I chose, and what there is to choose."""
    return _page({})


@pages.post("/settings/notices")
def choose_notices() -> Any:
    """Keep what I chose."""
    entered = sent.form(ChoiceForm)
    return _done(
        lambda: commands.choose_notices(edge.actor(), ChooseNotices(**entered), now=edge.now()), _("Saved"), "form"
    )


@pages.post("/settings/notices/address")
def ask_mail() -> Any:
    """Have a code mailed."""
    asked = AskAddress(sent.form(AddressForm)["address"])
    return _done(
        lambda: commands.ask_address(edge.actor(), asked, now=edge.now()), _("A code is on its way"), "address"
    )


@pages.post("/settings/notices/code")
def prove_mail() -> Any:
    """Prove the address."""
    proof = ProveAddress(sent.form(CodeForm)["code"])
    return _done(
        lambda: commands.prove_address(edge.actor(), proof, now=edge.now()), _("The address is confirmed"), "code"
    )


@pages.post("/settings/notices/withdraw")
def withdraw_mail() -> Response:
    """Send no more mail to me."""
    commands.withdraw_address(edge.actor(), now=edge.now())
    flash(_("No more mail is sent"))
    return redirect(url_for("pages.notice_settings"))


def _done(command: Callable[[], None], said: str, field: str) -> Any:
    """Back to the page, or the page with what is wrong beside the field."""
    try:
        command()
    except (Invalid, Conflict) as refused:
        faults = {fault.path: words(fault.code, fault.params, edge.locale()) for fault in refused.faults}
        return _page({field: words(refused.code, refused.params, edge.locale()), **faults}), 422
    flash(said)
    return redirect(url_for("pages.notice_settings"))


def _page(errors: Mapping[str, str]) -> str:
    found = queries.own(edge.actor(), edge.now())
    english, locale = edge.locale() == "en", edge.locale()
    mail = [{"key": rules.MAIL, "name": _("E-mail"), "recipient": "mail"}] if found.has_mail else []
    others = [
        {"key": row.key, "name": row.name_en if english else row.name, "recipient": row.recipient}
        for row in found.channels
    ]
    today = day_of(edge.now())
    standing = {one.key: one.value for one in parameters.standing(today)}
    shown = vars(found) | {
        "channels": [*mail, *others],
        "takes_mail": found.has_mail,
        "groups": [{"key": group, "words": words(f"notice_group.{group}", {}, locale)} for group in rules.GROUPS],
        "preset": (standing["quiet_from_hour"], standing["quiet_until_hour"]),
    }
    return render_template("settings/notices.html", settings=shown, errors=errors)
