"""Appends events to streams inside a caller's transaction."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service import crypto
from service.audit.hashing import ZERO, digest, encoded, link
from service.audit.models import AuditEvent, AuditStream
from service.errors import Conflict
from workflows.writing import write

STREAM = cast("Table", AuditStream.__table__)
EVENT = cast("Table", AuditEvent.__table__)

_LOCK = select(STREAM.c.seq, STREAM.c.head).where(STREAM.c.stream == bindparam("name")).with_for_update()
_EVENTS = insert(EVENT)
_OPEN = insert(STREAM)
_OPENINGS = {
    "sqlite": sqlite.insert(STREAM).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(STREAM).on_conflict_do_nothing(),
}
_MOVE = (
    update(STREAM)
    .where(STREAM.c.stream == bindparam("name"), STREAM.c.seq == bindparam("old"))
    .values(seq=bindparam("new"), head=bindparam("hash"), unsealed=True)
)


class Head(NamedTuple):
    """The last event of a stream: its number (0: none yet) and its hash."""

    seq: int
    hash: bytes


BEGINNING = Head(0, ZERO)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened. `body` must be JSON; `sensitive` is stored encrypted and shown only to who may see it."""

    kind: str
    actor_id: str
    on_behalf_of: str | None = None
    element_id: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    sensitive: Mapping[str, Any] | None = None


def append(
    session: Session, stream: str, events: Sequence[NewEvent], *, at: datetime, head: Head | None = None
) -> Head:
    """Append `events` in order and return the new head.

    `head` was read by the caller under a lock that every writer of this stream takes (or is BEGINNING for a stream
    that the caller creates): then two statements. Without it the stream's row is locked here first. Conflict
    ("audit.head_moved") when `head` is not the last event.
    """
    if not events:
        return head or lock(session, stream)
    old = head or lock(session, stream)
    rows = _rows(stream, old, events, at)
    new = Head(rows[-1]["seq"], rows[-1]["hash"])
    _move(session, stream, old, new, opens=head == BEGINNING)
    write(session, _EVENTS, rows)
    return new


def _move(session: Session, stream: str, old: Head, new: Head, *, opens: bool) -> None:
    if opens:
        write(session, _OPEN, {"stream": stream, "seq": new.seq, "head": new.hash, "unsealed": True})
        return
    moved = Conflict("audit.head_moved", stream=stream)
    write(session, _MOVE, {"name": stream, "old": old.seq, "new": new.seq, "hash": new.hash}, moved)


def append_all(session: Session, by_stream: Mapping[str, Sequence[NewEvent]], *, at: datetime) -> None:
    """Append to several streams, locked in the order of their names so that two callers cannot wait in a ring."""
    for stream in sorted(by_stream):
        append(session, stream, by_stream[stream], at=at)


def begin_all(session: Session, by_stream: Mapping[str, Sequence[NewEvent]], *, at: datetime) -> None:
    """Open streams that nobody knows yet, each with its first events; two statements for any number."""
    heads, rows = [], []
    for stream in sorted(by_stream):
        own = _rows(stream, BEGINNING, by_stream[stream], at)
        rows += own
        heads.append({"stream": stream, "seq": own[-1]["seq"], "head": own[-1]["hash"], "unsealed": True})
    write(session, _OPEN, heads)
    write(session, _EVENTS, rows)


def lock(session: Session, stream: str) -> Head:
    """The head of `stream` with its row locked; the row is made where it is missing."""
    row = session.execute(_LOCK, {"name": stream}).one_or_none()
    if row is None:
        opening = _OPENINGS[session.get_bind().dialect.name]
        session.execute(opening, {"stream": stream, "seq": 0, "head": ZERO, "unsealed": False})
        row = session.execute(_LOCK, {"name": stream}).one()
    return Head(row.seq, row.head)


def _rows(stream: str, head: Head, events: Sequence[NewEvent], at: datetime) -> list[dict[str, Any]]:
    rows = []
    for event in events:
        row = _row(stream, head, event, at)
        head = Head(row["seq"], row["hash"])
        rows.append(row)
    return rows


def _row(stream: str, head: Head, event: NewEvent, at: datetime) -> dict[str, Any]:
    seq, salt, body = head.seq + 1, os.urandom(16), encoded(event.body)
    plain = None if event.sensitive is None else encoded(event.sensitive)
    body_digest = digest(salt, body, plain)
    who, what = (event.actor_id, event.on_behalf_of), (event.kind, event.element_id)
    return {
        "stream": stream,
        "seq": seq,
        "at": at,
        "actor_id": event.actor_id,
        "on_behalf_of": event.on_behalf_of,
        "kind": event.kind,
        "element_id": event.element_id,
        "salt": salt,
        "digest": body_digest,
        "body": body.decode(),
        "sensitive": None if plain is None else crypto.ring().encrypt(plain, place(stream, seq)),
        "redacted_at": None,
        "hash": link(head.hash, stream, seq, at, who, what, body_digest),
    }


def place(stream: str, seq: int) -> bytes:
    """What a sensitive part is bound to, so that it cannot be moved to another event."""
    return f"audit_event/{stream}/{seq}".encode()
