"""Every request's way in and out: who calls, at what time, under which Idempotency-Key, with which security headers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar, cast

from babel import Locale
from flask import Flask, Response, current_app, g, request
from flask_babel import force_locale

from service.access import commands, sessions
from service.access.actor import Actor
from service.calendar import queries as calendar
from service.clock import Clock
from service.config import Settings
from service.errors import Invalid
from service.idempotency.repeats import Repeat, Replayed, hash_of, once
from service.tasks import dues

SESSION_COOKIE = "lectern_session"
LOCALE_COOKIE = "lectern_locale"
LOCALES = ("zh", "en")
PASSIVE = frozenset({"pages.unread", "pages.inbox_counts", "pages.run_progress"})
"""What a page asks by itself: nobody is at work because of it, and a session left alone still ends."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DIGITS = 9
"""The most digits of a number that somebody sends as text: what is longer is none of ours."""
FOR_GOOD = "public, max-age=31536000, immutable"
"""How a file is kept whose name carries the hash of what is in it: what changes has another name."""
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

T = TypeVar("T")


def init(app: Flask) -> None:
    """Identify the caller before, and set the headers after, each request."""
    app.before_request(identify)
    app.after_request(secure)


def settings() -> Settings:
    """The installation's settings."""
    return cast("Settings", current_app.extensions["lectern.settings"])


def now() -> datetime:
    """The moment of this request, the same for all that it does."""
    if "now" not in g:
        clock: Clock = current_app.extensions["lectern.clock"]
        g.now = clock.now()
    return cast("datetime", g.now)


def due_before(due: str) -> datetime:
    """The moment before which tasks fall due that are asked for so, in the bureau's days (`tasks.dues`)."""
    return dues.before(due, now(), settings().zone, calendar.installed().is_working)


def actor() -> Actor:
    """Who calls; anonymous before login."""
    return cast("Actor", g.get("actor") or Actor.anonymous())


def locale() -> str:
    """zh or en: what was chosen on a page, else what browser or program asks for, else the account's, else Chinese.

    Inside of `speaking` what is spoken there.
    """
    if "spoken" in g:
        return str(g.spoken)
    chosen = request.cookies.get(LOCALE_COOKIE)
    if chosen in LOCALES and not request.path.startswith("/api/"):
        return chosen
    return str(request.accept_languages.best_match(LOCALES) or actor().locale)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Words of a language whoever reads them: an official paper is in Chinese."""
    g.spoken = language
    try:
        with force_locale(Locale(language)):
            yield
    finally:
        del g.spoken


def identify() -> None:
    """A bearer token on the API, the session cookie on the pages; never one in the place of the other."""
    g.actor = Actor.anonymous()
    if request.endpoint == "static":
        return
    token = api_token() if request.path.startswith("/api/") else request.cookies.get(SESSION_COOKIE, "")
    found = sessions.authenticate(token, now()) if token else None
    if found is None:
        return
    g.actor = found
    calendar.keep_fresh()
    if request.endpoint not in PASSIVE and sessions.is_seen_due(found, now()):
        commands.touch(found, now=now())


def api_token() -> str:
    """The bearer token of the request, "" without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def secure(response: Response) -> Response:
    """Headers of every reply; a page that shows somebody's case is never kept, a built file always."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    elif response.status_code < 400 and str((request.view_args or {}).get("filename")).startswith("dist/"):
        response.headers["Cache-Control"] = FOR_GOOD
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def version_seen(body: Mapping[str, Any]) -> int | None:
    """The version that the caller saw: `version` of the body, else If-Match; Invalid("version.unreadable")."""
    if body.get("version") is not None:
        return int(body["version"])
    given = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not given:
        return None
    if not given.isdecimal() or len(given) > DIGITS:
        raise Invalid("version.unreadable", given=given[:40])
    return int(given)


def repeatable(body: Any, status: int, command: Callable[[], T], replay: Callable[[Mapping[str, Any]], T]) -> T:
    """Run a command once per Idempotency-Key; a repeat is answered from the ids of the first (design §2).

    `replay` turns the ids that the first one kept into the command's answer, to be rendered under today's rights.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return command()
    repeat = Repeat(actor().account_id, f"{request.method} {request.path}", key, hash_of(body), status, now())
    try:
        with once(repeat):
            return command()
    except Replayed as earlier:
        return replay(earlier.previous.ids)
