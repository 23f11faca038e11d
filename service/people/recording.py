"""Events of persons and organisations in the chain; personal words go into the encrypted part."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from service.audit import chain


def person_event(
    session: Session,
    person_id: str,
    kind: str,
    by: str,
    now: datetime,
    body: Mapping[str, Any],
    sensitive: Mapping[str, Any] | None = None,
) -> None:
    """Append to the person's stream; `by` is an account id."""
    event = chain.NewEvent(kind, by, body=plain(body), sensitive=None if sensitive is None else plain(sensitive))
    chain.append(session, f"person:{person_id}", [event], at=now)


def organisation_event(
    session: Session, organisation_id: str, kind: str, by: str, now: datetime, body: Mapping[str, Any]
) -> None:
    """Append to the organisation's stream; `by` is an account id."""
    event = chain.NewEvent(kind, by, body=plain(body))
    chain.append(session, f"organisation:{organisation_id}", [event], at=now)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Days as ISO text; everything else is JSON already."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
