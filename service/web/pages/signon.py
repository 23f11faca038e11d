"""Single sign-on in the browser: to the provider and back, a subject that nobody knows yet, and out again."""

from collections.abc import Mapping
from typing import Any

from flask import Response as Answer
from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import commands_signon
from service.access.commands_signon import LinkBySlip, RefusedSignOn, SignOn
from service.errors import Forbidden, LecternError, NotFound
from service.parameters import kept
from service.people import queries
from service.signon import errand as errands
from service.signon.errand import ERRAND_SECONDS, Errand, Identity
from service.signon.installed import provider
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.sessions import Wanted, entered, login_form
from service.web.problems import status_of
from service.web.words import words

ERRAND_COOKIE, IDENTITY_COOKIE = "lectern_errand", "lectern_identity"
PATH = "/login/sso"
Page = str | Response | tuple[str, int]


class Brought(sent.Query):
    """What the provider sends the browser back with; a sign-on that it refused says `error`."""

    state = fields.String(load_default="")
    code = fields.String(load_default="")
    error = fields.String(load_default="")
    iss = fields.String(load_default=None, allow_none=True)


class SlipIn(sent.Form):
    """What stands on a slip."""

    username = Text(most=64, load_default="")
    code = Text(most=40, load_default="")


@pages.get(PATH)
def sign_on() -> Page:
    """To the provider, with a state, a nonce and a verifier that this browser keeps."""
    found = _provider()
    errand = errands.begun(str(sent.query(Wanted)["next"]))
    try:
        answer = redirect(found.departure(errand, _back()))
    except LecternError as refused:
        return _refused(refused, errand.next)
    _keep(answer, ERRAND_COOKIE, errand)
    return answer


@pages.get(f"{PATH}/callback")
def signed_on() -> Page:
    """Back from the provider: a session for the account that is linked with the subject."""
    found, brought = _provider(), sent.query(Brought)
    errand = errands.errand(request.cookies.get(ERRAND_COOKIE, ""))
    if errand is None or brought["state"] != errand.state:
        return _refused(Forbidden("signon.other_browser"))
    identity = None
    try:
        if brought["error"] or not brought["code"]:
            raise Forbidden("signon.denied", why=brought["error"])
        identity = found.arrival(errand, _back(), brought["code"], brought["iss"], edge.now())
        opened = commands_signon.sign_on(edge.actor(), _sent(identity), now=edge.now())
    except Forbidden as refused:
        if refused.code == "signon.unlinked" and identity is not None:
            return _to_link(identity)
        return _noted(refused, errand)
    except LecternError as refused:
        return _refused(refused, errand.next)
    return _forgotten(entered(opened, errand.next))


@pages.route(f"{PATH}/link", methods=["GET", "POST"])
def link_sign_on() -> Page:
    """Link the subject with an account by the slip that its holder was given."""
    _provider()
    identity = errands.identity(request.cookies.get(IDENTITY_COOKIE, ""))
    if identity is None:
        return _refused(Forbidden("signon.other_browser"))
    if request.method == "GET":
        return _linking(identity, {})
    given = sent.form(SlipIn)
    try:
        command = LinkBySlip(_sent(identity), given["username"], given["code"])
        opened = commands_signon.link_by_slip(edge.actor(), command, now=edge.now())
    except LecternError as refused:
        return _linking(identity, given, words(refused.code, refused.params, edge.locale())), status_of(refused)
    return _forgotten(entered(opened, ""))


@pages.get("/logged-out")
def signed_off() -> Page:
    """Logged out here; the page goes on to the provider, so that its session ends, too.

    A page in between: a form may not lead to another house (`form-action`), a page may.
    """
    _provider()
    shown = render_template("auth/signed_off.html", provider=_name(), bureau=queries.bureau_name(edge.locale()))
    return Answer(shown, headers={"Refresh": f"0;url={url_for('pages.sign_off')}"})


@pages.get(f"{PATH}/logout")
def sign_off() -> Response:
    """To where the provider ends its session, and from there to the login."""
    home = edge.settings().base_url + url_for("pages.login")
    try:
        return redirect(_provider().farewell(home) or url_for("pages.login"))
    except LecternError:
        return redirect(url_for("pages.login"))


def _provider() -> Any:
    found = provider()
    if found is None:
        raise NotFound("http.404", path=request.path)
    return found


def _name() -> str:
    return provider_name(edge.settings().oidc)


def provider_name(oidc: Any) -> str:
    """What pages call the provider."""
    return (oidc.name if oidc else "") or str(_("Single sign-on"))


def _back() -> str:
    """Where the provider returns to; the address that people use, whatever a request claims."""
    return edge.settings().base_url + url_for("pages.signed_on")


def _sent(identity: Identity) -> SignOn:
    life = kept.sign_on_life(edge.now())
    return SignOn(identity.issuer, identity.subject, identity.nonce, request.remote_addr or "", life)


def _keep(answer: Response, name: str, kept: Errand | Identity) -> None:
    answer.set_cookie(
        name, errands.sealed(kept), max_age=ERRAND_SECONDS, path=PATH, httponly=True, samesite="Lax",
        secure=edge.settings().secure_cookies,
    )  # fmt: skip


def _forgotten(answer: Response) -> Response:
    for name in (ERRAND_COOKIE, IDENTITY_COOKIE):
        answer.delete_cookie(name, path=PATH)
    return answer


def _to_link(identity: Identity) -> Response:
    answer = _forgotten(redirect(url_for("pages.link_sign_on")))
    _keep(answer, IDENTITY_COOKIE, identity)
    return answer


def _noted(refused: Forbidden, errand: Errand) -> Page:
    """A sign-on that failed is written down as a wrong password is, and counted."""
    command = RefusedSignOn(str(refused.params.get("why", refused.code)), request.remote_addr or "")
    try:
        commands_signon.refuse_sign_on(edge.actor(), command, now=edge.now())
    except Forbidden as throttled:
        return _refused(throttled, errand.next)
    return _refused(refused, errand.next)


def _refused(refused: LecternError, wanted: str = "") -> Page:
    told = words(refused.code, refused.params, edge.locale())
    return login_form({"username": "", "next": wanted}, told), status_of(refused)


def _linking(identity: Identity, given: Mapping[str, Any], error: str | None = None) -> str:
    return render_template(
        "auth/link.html",
        bureau=queries.bureau_name(edge.locale()),
        provider=_name(),
        identity={"name": identity.name, "subject": identity.subject},
        username=given.get("username", ""),
        code=given.get("code", ""),
        error=error,
    )
