"""Delivers what waits in the outbox: at least once, with its id, in short transactions; called by the ticking job."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service import metrics
from service.clock import Clock
from service.db import db, transaction
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

FanOut = Callable[[Session, Sequence[Row[*tuple[Any, ...]]], datetime], None]
"""(session, rows, now): posts what else becomes of notices that are being delivered, in the same transaction."""


class RefusedError(Exception):
    """The receiver will never take this message: it is given up at once."""


class NotYetError(Exception):
    """The receiver stands still and will take this message when it goes on: it is offered again after each lease."""


class UnreachableError(Exception):
    """The channel itself does not answer: its other messages are left in peace until it does."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one call did; `failed` will be tried again, or was given up; `reachable` is whether the channel lives."""

    sent: int = 0
    failed: int = 0
    reachable: bool = True

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(self.sent + other.sent, self.failed + other.failed, self.reachable and other.reachable)


@dataclass(frozen=True, slots=True)
class _Still:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


def deliver(now: datetime, senders: Mapping[str, Sender] | None = None, fan_out: FanOut | None = None) -> Delivered:
    """Deliver everything due: notices of the pages here, every other channel through its sender, one after the other.

    A message of a channel without a sender waits.
    """
    done = Delivered(_deliver_notices(now, fan_out))
    for channel, sender in (senders or {}).items():
        done += work(channel, sender, _Still(now))
    return done


def work(channel: str, sender: Sender, clock: Clock, enough: Callable[[], bool] = lambda: False) -> Delivered:
    """Send what is due on a channel until nothing is, it does not answer, or it is `enough`.

    Each message is claimed alone, so that several processes share a channel and none waits for another.
    """
    done = Delivered()
    while done.reachable and not enough() and waits(channel, clock.now()):
        row = _claim(channel, clock.now())
        if row is None:
            break
        done += _send(row, sender, clock)
    return done


def waits(channel: str, now: datetime) -> bool:
    """Whether something is due on a channel; asks without writing."""
    found = db.session.execute(select(OUTBOX.c.id).where(*_due(channel, now)).limit(1)).first()
    db.session.rollback()
    return found is not None


def pause(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: doubling from a minute to six hours."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(attempts - 1, 20)))


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


def _due(channel: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (OUTBOX.c.state == "waiting", OUTBOX.c.channel == channel, OUTBOX.c.next_at <= now)


def _deliver_notices(now: datetime, fan_out: FanOut | None) -> int:
    """In chunks; the rows are skipped where another worker has them, and written once however often they come."""
    sent = 0
    waiting = select(OUTBOX).where(*_due(IN_APP, now)).order_by(OUTBOX.c.next_at, OUTBOX.c.id).limit(CHUNK)
    while waits(IN_APP, now):
        with transaction() as session:
            rows = session.execute(waiting.with_for_update(skip_locked=True)).all()
            if rows:
                session.execute(_ONCE[session.get_bind().dialect.name], [_notice(row) for row in rows])
                if fan_out is not None:
                    fan_out(session, rows, now)
                _mark_sent(session, OUTBOX.c.id.in_([row.id for row in rows]), now)
        sent += len(rows)
        if len(rows) < CHUNK:
            break
    return sent


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


def _mark_sent(session: Session, which: ColumnElement[bool], now: datetime) -> bool:
    sent = {"state": "sent", "sent_at": now, "attempts": OUTBOX.c.attempts + 1, "last_error": None}
    return bool(session.execute(update(OUTBOX).where(which).values(sent).returning(OUTBOX.c.id)).all())


def _claim(channel: str, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """Take the message that is due longest for a while; None when others have them all."""
    longest = select(OUTBOX.c.id).where(*_due(channel, now)).order_by(OUTBOX.c.next_at, OUTBOX.c.id).limit(1)
    free = longest.with_for_update(skip_locked=True).scalar_subquery()
    with transaction() as session:
        taken = update(OUTBOX).where(OUTBOX.c.id == free).values(next_at=now + LEASE).returning(*OUTBOX.c)
        row: Row[*tuple[Any, ...]] | None = session.execute(taken).first()
        return row


def _send(row: Row[*tuple[Any, ...]], sender: Sender, clock: Clock) -> Delivered:
    """Send a claimed message outside any transaction, then note how it went."""
    try:
        sender(row.id, Message(row.kind, row.holder, row.body), clock.now())
    except NotYetError:
        return Delivered()
    except Exception as failure:  # noqa: BLE001 - the edge to another system: whatever it raises is kept and shown
        _log.warning("message %s could not be delivered by %s: %s", row.id, row.channel, failure)
        _note_failure(row, failure, clock.now())
        return Delivered(failed=1, reachable=not isinstance(failure, UnreachableError))
    with transaction() as session:
        held = _mark_sent(session, _mine(row), clock.now())
    if not held:
        _log.error("message %s took longer than its lease by %s: it may arrive twice", row.id, row.channel)
    metrics.DELIVERIES.labels(row.channel, "sent").inc()
    return Delivered(sent=1)


def _mine(row: Row[*tuple[Any, ...]]) -> ColumnElement[bool]:
    """Nobody else has taken it over: the end of the lease is still ours."""
    return and_(OUTBOX.c.id == row.id, OUTBOX.c.state == "waiting", OUTBOX.c.next_at == row.next_at)


def _note_failure(row: Row[*tuple[Any, ...]], failure: Exception, now: datetime) -> None:
    attempts = row.attempts + 1
    given_up = attempts >= ATTEMPTS or isinstance(failure, RefusedError)
    values = {
        "attempts": attempts,
        "state": "failed" if given_up else "waiting",
        "next_at": now + pause(attempts),
        "last_error": f"{type(failure).__name__}: {failure}"[:2000],
    }
    with transaction() as session:
        session.execute(update(OUTBOX).where(_mine(row)).values(values))
    metrics.DELIVERIES.labels(row.channel, "given_up" if given_up else "failed").inc()
