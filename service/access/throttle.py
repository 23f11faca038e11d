"""Failed logins are counted in a table, by name and by address, so that every worker sees them."""

import hashlib
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from service.access.models import LoginAttempt
from service.access.rules import ACT_LIMIT, ADDRESS_LIMIT, NAME_LIMIT, WINDOW
from service.errors import Forbidden
from workflows.base import new_id

ATTEMPT = cast("Table", LoginAttempt.__table__)

_NTH = (
    select(ATTEMPT.c.at)
    .where(ATTEMPT.c.subject == bindparam("subject"), ATTEMPT.c.at > bindparam("since", type_=ATTEMPT.c.at.type))
    .order_by(ATTEMPT.c.at.desc())
    .offset(bindparam("before"))
    .limit(1)
)
_COUNT_IN = insert(ATTEMPT)
_FORGET = delete(ATTEMPT).where(ATTEMPT.c.subject == bindparam("subject"))


def check(session: Session, username: str | None, address: str, now: datetime) -> None:
    """Forbidden("access.throttled", retry_after=seconds) when name or address has failed too often.

    A sign-on has no name here: `username` is None.
    """
    limits = {subject: ADDRESS_LIMIT if subject == _address(address) else NAME_LIMIT
              for subject in _subjects(username, address)}  # fmt: skip
    for subject, limit in limits.items():
        values = {"subject": subject, "since": now - WINDOW, "before": limit - 1}
        nth = session.execute(_NTH, values).scalar()
        if nth is not None:
            raise Forbidden("access.throttled", retry_after=_seconds(nth + WINDOW - now))


def count(session: Session, username: str | None, address: str, now: datetime) -> None:
    """Count one failure, for the name (known or not) and for the address."""
    rows = [{"id": new_id(), "subject": subject, "at": now} for subject in _subjects(username, address)]
    session.execute(_COUNT_IN, rows)


def _subjects(username: str | None, address: str) -> list[str]:
    return [_address(address)] if username is None else [_name(username), _address(address)]


def expect(session: Session, act: str, address: str, now: datetime) -> None:
    """Forbidden("publicity.throttled", retry_after=seconds) if somebody without an account does this too often."""
    values = {"subject": _act(act, address), "since": now - WINDOW, "before": ACT_LIMIT - 1}
    nth = session.execute(_NTH, values).scalar()
    if nth is not None:
        raise Forbidden("publicity.throttled", retry_after=_seconds(nth + WINDOW - now))


def admit(session: Session, act: str, address: str, now: datetime) -> None:
    """Count what somebody without an account does, if it is not too often: only what the transaction then takes."""
    expect(session, act, address, now)
    session.execute(_COUNT_IN, [{"id": new_id(), "subject": _act(act, address), "at": now}])


def forget(session: Session, username: str) -> None:
    """A success clears the name; the address stays counted, else one own account would free a guesser."""
    session.execute(_FORGET, {"subject": _name(username)})


def _name(username: str) -> str:
    """A digest: people type passwords into the name field."""
    return "name:" + hashlib.sha256(username.encode()).hexdigest()


def _act(act: str, address: str) -> str:
    return f"{act}:{address}"[:80]


def _address(address: str) -> str:
    return f"address:{address}"[:80]


def _seconds(rest: timedelta) -> int:
    return max(1, -int(-rest.total_seconds() // 1))
