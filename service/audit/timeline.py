"""Reads and redacts events; whoever calls has made sure that the actor may (access lies above this room)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service import crypto
from service.audit.chain import EVENT, Head, NewEvent, append, lock, place
from service.errors import Conflict, NotFound

REDACTION = "audit.redacted"
PAGE = 1000
"""Events read at once of a stream that is read to its end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a timeline shows it; `body` is None after a redaction, `sensitive` None unless asked for."""

    stream: str
    seq: int
    at: datetime
    actor_id: str
    on_behalf_of: str | None
    kind: str
    element_id: str
    body: Mapping[str, Any] | None
    sensitive: Mapping[str, Any] | None
    has_sensitive: bool
    redacted_at: datetime | None


def events(
    session: Session, stream: str, *, after: int = 0, limit: int = 200, reveal: bool | Collection[str] = False
) -> tuple[Event, ...]:
    """Events of `stream` with a number above `after`, oldest first.

    `reveal` decrypts the sensitive parts: of all events, or of those of some kinds.
    """
    found = select(EVENT).where(EVENT.c.stream == stream, EVENT.c.seq > after).order_by(EVENT.c.seq).limit(limit)
    shown = {True: None, False: ()}[reveal] if isinstance(reveal, bool) else reveal
    return tuple(_event(row, shown is None or row.kind in shown) for row in session.execute(found))


def every(session: Session, stream: str, *, kinds: Collection[str] = ()) -> Iterator[Event]:
    """All events of `stream`, of some kinds when they are given, oldest first, however many; nothing is revealed."""
    after = 0
    while True:
        found = select(EVENT).where(EVENT.c.stream == stream, EVENT.c.seq > after).order_by(EVENT.c.seq).limit(PAGE)
        rows = session.execute(found.where(EVENT.c.kind.in_(kinds)) if kinds else found).all()
        yield from (_event(row, False) for row in rows)
        if len(rows) < PAGE:
            return
        after = rows[-1].seq


def latest(
    session: Session, stream: str, *, before: int | None = None, limit: int = 50, reveal: bool = False
) -> tuple[Event, ...]:
    """Events of `stream` with a number below `before`, newest first: the page of a timeline."""
    found = select(EVENT).where(EVENT.c.stream == stream).order_by(EVENT.c.seq.desc()).limit(limit)
    if before is not None:
        found = found.where(EVENT.c.seq < before)
    return tuple(_event(row, reveal) for row in session.execute(found))


def _event(row: Row[Any], reveal: bool) -> Event:
    shown = None
    if reveal and row.sensitive is not None:
        shown = orjson.loads(crypto.ring().decrypt(row.sensitive, place(row.stream, row.seq)))
    return Event(
        stream=row.stream,
        seq=row.seq,
        at=row.at,
        actor_id=row.actor_id,
        on_behalf_of=row.on_behalf_of,
        kind=row.kind,
        element_id=row.element_id,
        body=None if row.body is None else orjson.loads(row.body),
        sensitive=shown,
        has_sensitive=row.sensitive is not None,
        redacted_at=row.redacted_at,
    )


def redact(session: Session, stream: str, seq: int, *, actor_id: str, reason: str, at: datetime) -> Head:
    """Erase the contents of one event and record that; the chain stays whole.

    NotFound when there is no such event, Conflict("audit.already_redacted"), Conflict("audit.redaction_stays") for
    the record of a redaction, which would hide what was erased.
    """
    head = lock(session, stream)
    where = (EVENT.c.stream == stream, EVENT.c.seq == seq)
    row = session.execute(select(EVENT.c.redacted_at, EVENT.c.kind).where(*where)).one_or_none()
    if row is None:
        raise NotFound("audit.event", stream=stream, seq=seq)
    if row.redacted_at is not None:
        raise Conflict("audit.already_redacted", stream=stream, seq=seq)
    if row.kind == REDACTION:
        raise Conflict("audit.redaction_stays", stream=stream, seq=seq)
    session.execute(update(EVENT).where(*where).values(body=None, salt=None, sensitive=None, redacted_at=at))
    record = NewEvent(REDACTION, actor_id, body={"seq": seq, "reason": reason})
    return append(session, stream, [record], at=at, head=head)
