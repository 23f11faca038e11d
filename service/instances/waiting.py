"""Timer rows as the scheduler sees them: which are due, what one needs to fire, how late the oldest is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, literal, or_, select
from sqlalchemy.orm import Session

from service.audit.chain import STREAM, Head
from service.db import db
from service.instances.models import ProcessCase
from service.tasks.facts import CaseFacts
from workflows import starts, store
from workflows.base import table_of
from workflows.models import Timer

_TIMER = table_of(Timer)
_CASE = table_of(ProcessCase)
_DUE = (
    select(_TIMER.c.id, _TIMER.c.instance_id, _TIMER.c.due_at)
    .where(
        _TIMER.c.due_at <= bindparam("until"),
        or_(_TIMER.c.retry_at.is_(None), _TIMER.c.retry_at <= bindparam("now")),
    )
    .order_by(_TIMER.c.due_at, _TIMER.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_OLDEST = select(func.min(_TIMER.c.due_at)).where(_TIMER.c.due_at <= bindparam("now"), _TIMER.c.retry_at.is_(None))
_LOAD = (
    select(
        *_TIMER.c,
        _CASE.c.definition_key,
        _CASE.c.business_key,
        _CASE.c.title,
        _CASE.c.initiator_id,
        _CASE.c.organisation_id,
        STREAM.c.seq.label("stream_seq"),
        STREAM.c.head.label("stream_head"),
    )
    .join(_CASE, _CASE.c.instance_id == _TIMER.c.instance_id)
    .join(STREAM, STREAM.c.stream == literal("instance:") + _TIMER.c.instance_id)
    .where(_TIMER.c.id == bindparam("b_id"))
)


class Due(NamedTuple):
    """A row that was seen due, without a lock; it is fired only if it still falls due by `until`."""

    timer_id: str
    instance_id: str
    due_at: datetime
    until: datetime


@dataclass(frozen=True)
class Waiting:
    """A timer row with its case and the head of the case's chain, read under the lock of the instance."""

    timer: Row[Any]
    case: CaseFacts
    head: Head


def due(until: datetime, now: datetime, most: int, skip: int = 0) -> Sequence[Due]:
    """Rows that fall due by `until`, the oldest first, read without locks; failing ones only when their pause is over.

    Cases that are suspended, have failed or have ended cost nothing here: their rows are far away or gone.
    """
    values = {"until": until, "now": now, "most": most, "skip": skip}
    found = [Due(*row, until) for row in db.session.execute(_DUE, values)]
    db.session.rollback()
    return found


def beginning(now: datetime) -> Sequence[str]:
    """Keys of flows that begin by themselves and whose moment has come, read without locks."""
    found = starts.due(db.session(), now)
    db.session.rollback()
    return found


def lateness(now: datetime) -> float:
    """Seconds since the oldest row fell due that nobody has fired; those that failed are told by incidents."""
    oldest = db.session.execute(_OLDEST, {"now": now}).scalar_one()
    return (now - oldest).total_seconds() if oldest else 0.0


def read(session: Session, held: store.Held, timer_id: str) -> Waiting | None:
    """What a row of a locked instance needs to fire; None when it is gone."""
    row: Any = session.connection().execute(_LOAD, {"b_id": timer_id}).first()
    if row is None:
        return None
    case = CaseFacts(
        held.id, held.definition_id, row.definition_key, row.business_key, row.title, row.initiator_id,
        row.organisation_id,
    )  # fmt: skip
    return Waiting(row, case, Head(row.stream_seq, row.stream_head))
