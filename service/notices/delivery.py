"""Delivers what waits in the outbox: at least once, with its id, in short transactions; called by the ticking job."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.db import db, transaction
from service.errors import NotFound
from service.notices.outbox import IN_APP, OUTBOX, Message
from service.notices.queries import NOTICE

CHUNK = 200
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
ATTEMPTS = 12
KEPT = timedelta(days=30)

_ONCE = {
    "sqlite": sqlite.insert(NOTICE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(NOTICE).on_conflict_do_nothing(),
}

_log = logging.getLogger("lectern.notices")

Sender = Callable[[str, Message, datetime], None]
"""(id, message, now): sends one message and returns, or raises; may open transactions of its own. An id can come
again after a crash, and a receiver must know it by that."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one call did; `failed` will be tried again, or was given up after ATTEMPTS."""

    sent: int = 0
    failed: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(self.sent + other.sent, self.failed + other.failed)


def deliver(now: datetime, senders: Mapping[str, Sender] | None = None) -> Delivered:
    """Deliver everything due: notices of the pages here, every other channel through its sender.

    A message of a channel without a sender waits.
    """
    done = Delivered(_deliver_notices(now))
    for channel, sender in (senders or {}).items():
        while waiting := _due(db.session(), channel, now):
            for row in waiting:
                done += _send(row, sender, now)
    return done


def pause(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: doubling from a minute to six hours."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(attempts - 1, 20)))


def retry(message_id: str, now: datetime) -> None:
    """Try a message that was given up again, from the first attempt; NotFound("outbox.absent")."""
    with transaction() as session:
        again = (
            update(OUTBOX)
            .where(OUTBOX.c.id == message_id, OUTBOX.c.state == "failed")
            .values(state="waiting", attempts=0, next_at=now)
        )
        if not session.execute(again.returning(OUTBOX.c.id)).all():
            raise NotFound("outbox.absent", id=message_id)


def clean_up(now: datetime) -> int:
    """Delete messages that were sent longer than KEPT ago, in short transactions; how many."""
    deleted = 0
    while True:
        with transaction() as session:
            old = select(OUTBOX.c.id).where(OUTBOX.c.sent_at < now - KEPT).limit(CHUNK)
            ids = session.scalars(old).all()
            session.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(ids)))
        deleted += len(ids)
        if len(ids) < CHUNK:
            return deleted


def _waiting(channel: str, now: datetime) -> Any:
    due = (OUTBOX.c.state == "waiting", OUTBOX.c.channel == channel, OUTBOX.c.next_at <= now)
    return select(OUTBOX).where(*due).order_by(OUTBOX.c.next_at, OUTBOX.c.id).limit(CHUNK)


def _deliver_notices(now: datetime) -> int:
    """In chunks; the rows are skipped where another worker has them, and written once however often they come."""
    sent = 0
    while True:
        with transaction() as session:
            rows = session.execute(_waiting(IN_APP, now).with_for_update(skip_locked=True)).all()
            if rows:
                _write(session, rows)
                _mark(session, [row.id for row in rows], now)
        sent += len(rows)
        if len(rows) < CHUNK:
            return sent


def _write(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    session.execute(_ONCE[session.get_bind().dialect.name], [_notice(row) for row in rows])


def _notice(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "holder": row.holder,
        "kind": row.kind,
        "params": row.body,
        "instance_id": row.body.get("instance_id"),
        "task_id": row.body.get("task_id"),
        "at": row.created_at,
    }


def _mark(session: Session, ids: Sequence[str], now: datetime) -> None:
    session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(ids))
        .values(state="sent", sent_at=now, attempts=OUTBOX.c.attempts + 1, last_error=None)
    )


def _due(session: Session, channel: str, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(_waiting(channel, now)).all()
    session.rollback()
    return rows


def _send(row: Row[*tuple[Any, ...]], sender: Sender, now: datetime) -> Delivered:
    """Take the message for a while, send it outside any transaction, note how it went."""
    if not _take(row, now):
        return Delivered()
    try:
        sender(row.id, Message(row.kind, row.holder, row.body), now)
    except Exception as failure:  # noqa: BLE001 - the edge to another system: whatever it raises is kept and shown
        _log.warning("message %s could not be delivered by %s: %s", row.id, row.channel, failure)
        _note_failure(row, failure, now)
        return Delivered(failed=1)
    with transaction() as session:
        _mark(session, [row.id], now)
    return Delivered(sent=1)


def _take(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    with transaction() as session:
        unchanged = (OUTBOX.c.id == row.id, OUTBOX.c.state == "waiting", OUTBOX.c.next_at == row.next_at)
        taken = update(OUTBOX).where(*unchanged).values(next_at=now + LEASE).returning(OUTBOX.c.id)
        return bool(session.execute(taken).all())


def _note_failure(row: Row[*tuple[Any, ...]], failure: Exception, now: datetime) -> None:
    attempts = row.attempts + 1
    values = {
        "attempts": attempts,
        "state": "failed" if attempts >= ATTEMPTS else "waiting",
        "next_at": now + pause(attempts),
        "last_error": f"{type(failure).__name__}: {failure}"[:2000],
    }
    with transaction() as session:
        session.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(values))
