"""The pages: server-rendered, one blueprint, each module a room of the site (design §6)."""

from importlib import import_module

from apiflask import APIBlueprint
from flask import Flask, redirect, request, url_for
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from service.errors import Forbidden
from service.web import edge

pages = APIBlueprint("pages", __name__, enable_openapi=False)
csrf = CSRFProtect()

OPEN = frozenset(
    {
        "pages.login", "pages.activate_account", "pages.language", "pages.verify_title", "pages.publicity",
        "pages.publicity_notice", "pages.sign_on", "pages.signed_on", "pages.link_sign_on", "pages.signed_off",
        "pages.sign_off",
    }
)  # fmt: skip
"""Endpoints that may be seen before login."""


@pages.before_request
def ask_for_login() -> Response | None:
    """Without a session every page leads to the login, and back afterwards."""
    if request.endpoint in OPEN or not edge.actor().is_anonymous:
        return None
    if request.endpoint in edge.PASSIVE:
        raise Forbidden("access.login_needed")
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("pages.login", next=wanted))


ROOMS = (
    "absence", "ballots", "blankform", "bulk", "calendar", "calls", "candidate", "candidates", "cases",
    "certificates", "channels", "corrections", "deadlines", "definitions", "deliveries", "desk", "draftcontents",
    "drafts", "editor", "evidence", "exchange", "exchangecompetition", "exchangeentry", "exchangeplacements",
    "exchangeround", "experts", "export", "extension", "files", "identities", "importing",
    "inbox", "incidents", "ledger", "lentposts",
    "minutes", "monitor", "mydeadlines", "namedholds", "notices", "noticesettings", "objections", "officialpapers",
    "opencases", "opening", "openingreconciliation", "operate", "organisations", "overdue", "papercases", "papers",
    "papertemplates", "parameters", "person", "personnel", "personnelimport", "publicity", "reports",
    "reportsfrozen", "reportsteps", "reportsturn", "reserved", "retirements", "rosters", "runs", "seating",
    "sessions", "signon", "sittings", "start", "tasks", "timers", "titlebatches", "titles", "toldcases", "toldsteps",
    "useraccounts",
)  # fmt: skip
"""The modules that declare pages."""


def init(app: Flask) -> None:
    """Register routes, words, CSRF protection, and what every template is given."""
    from service.web.api import api
    from service.web.pages import errors, frame

    _open_rooms()
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
    csrf.exempt(api)
    frame.init(app)
    errors.init(app)
    app.register_blueprint(pages)


def _open_rooms() -> None:
    """Import every module that declares pages."""
    for name in ROOMS:
        import_module(f"{__name__}.{name}")
