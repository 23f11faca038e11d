"""Login, logout, language."""

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields, validate
from werkzeug.wrappers import Response

from service.access import commands
from service.access.commands import LogIn
from service.access.sessions import OpenedToken
from service.errors import Forbidden
from service.parameters import kept
from service.people import queries as people
from service.web import edge
from service.web.pages import pages, sent
from service.web.problems import status_of
from service.web.words import words

DEMO_ACCOUNTS = (
    ("s01.hr", "学校人事 · 发起招聘", "school clerk, starts a hiring request"),
    ("s01.principal", "校长", "principal"),
    ("bureau.hr", "教育局人事科 经办", "bureau HR officer"),
    ("bureau.hr.chief", "人事科长", "bureau HR chief"),
    ("staffing.office", "县编办", "staffing office"),
    ("hr.bureau", "县人社局", "HR bureau"),
    ("bureau.leader", "局领导", "bureau leader"),
    ("admin", "管理员", "admin"),
    ("auditor", "审计", "auditor"),
)


INSIDE = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")


class Wanted(Schema):
    """The page that was asked for before login."""

    class Meta:
        unknown = EXCLUDE

    next = fields.String(load_default="")


class Credentials(sent.Form):
    """User name and password; `next` is where to go afterwards."""

    username = fields.String(load_default="")
    password = fields.String(load_default="")
    next = fields.String(load_default="")


class Language(sent.Form):
    """The language of this browser."""

    locale = fields.String(required=True, validate=validate.OneOf(edge.LOCALES))
    next = fields.String(load_default="")


@pages.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Ask for user name and password; a right pair opens a session and leads to where one wanted to go."""
    if request.method == "GET":
        return login_form({"username": "", "next": _wanted()})
    given = sent.form(Credentials)
    given["next"] = given["next"] or _wanted()
    login = LogIn(
        given["username"], given["password"], request.remote_addr or "",
        offices_sign_on=kept.offices_sign_on(edge.now()),
    )  # fmt: skip
    try:
        opened = commands.log_in(edge.actor(), login, now=edge.now())
    except Forbidden as refused:
        return login_form(given, words(refused.code, refused.params, edge.locale())), status_of(refused)
    return entered(opened, given["next"])


def entered(opened: OpenedToken, wanted: str) -> Response:
    """Into the house with a new session, to the page that was wanted."""
    answer = redirect(_inside(wanted))
    answer.set_cookie(
        edge.SESSION_COOKIE, opened.token, expires=opened.expires_at, httponly=True, samesite="Lax",
        secure=edge.settings().secure_cookies,
    )  # fmt: skip
    return answer


def _wanted() -> str:
    """Where the address says that one wanted to go."""
    return str(sent.query(Wanted)["next"])


def login_form(given: Mapping[str, Any], error: str | None = None) -> str:
    """The way in: by password, and by the provider of sign-on where there is one."""
    settings, locale = edge.settings(), edge.locale()
    demo = None
    if settings.demo:
        known = [{"username": name, "words": zh if locale == "zh" else en} for name, zh, en in DEMO_ACCOUNTS]
        demo = {"password": settings.demo_password, "accounts": known}
    return render_template(
        "auth/login.html",
        bureau=people.bureau_name(locale),
        username=given["username"],
        error=error,
        next=given["next"],
        demo=demo,
        sign_on=None if settings.oidc is None else {"name": settings.oidc.name},
    )


def _inside(wanted: str | None) -> str:
    """Only an address of this site: an open redirect would help who fishes for passwords.

    Browsers read `\\` as `/` and drop control characters, so neither may stand in it.
    """
    return wanted if wanted and INSIDE.fullmatch(wanted) else url_for("pages.inbox")


@pages.post("/logout")
def logout() -> Response:
    """End the session."""
    by_provider = commands.log_out(edge.actor(), now=edge.now())
    answer = redirect(url_for("pages.signed_off" if by_provider and edge.settings().oidc else "pages.login"))
    answer.delete_cookie(edge.SESSION_COOKIE)
    flash(_("You are logged out."))
    return answer


@pages.post("/language")
def language() -> Response:
    """Choose Chinese or English for this browser."""
    given = sent.form(Language)
    answer = redirect(_inside(given["next"]))
    answer.set_cookie(edge.LOCALE_COOKIE, given["locale"], max_age=365 * 86400, samesite="Lax", httponly=True)
    return answer
