"""What a browser keeps while it is at the provider, and afterwards until its account is named: signed, short-lived."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

ERRAND_SECONDS = 600
"""So long somebody may take to log in there, or to type a slip here."""


@dataclass(frozen=True)
class Errand:
    """One sign-on from this browser: what must come back with it, and where it leads afterwards."""

    state: str
    nonce: str
    verifier: str
    next: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider has vouched for; `nonce` is that of the sign-on, `name` what the provider calls the person."""

    issuer: str
    subject: str
    nonce: str
    name: str = ""


def begun(wanted: str) -> Errand:
    """A new errand; the verifier has 43 characters at least (RFC 7636 §4.1)."""
    return Errand(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), wanted)


def sealed(kept: Errand | Identity) -> str:
    """As a cookie: whoever holds it may read it, and nobody can change it."""
    return _serializer(type(kept).__name__).dumps(asdict(kept))


def errand(cookie: str) -> Errand | None:
    """The errand of a cookie; None when it is none of ours or too old."""
    found = _opened(cookie, Errand.__name__)
    return None if found is None else Errand(**found)


def identity(cookie: str) -> Identity | None:
    """The identity of a cookie; None when it is none of ours or too old."""
    found = _opened(cookie, Identity.__name__)
    return None if found is None else Identity(**found)


def _opened(cookie: str, kind: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = _serializer(kind).loads(cookie, max_age=ERRAND_SECONDS)
    except BadSignature:
        return None
    return found


def _serializer(kind: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=f"lectern.signon.{kind}")
