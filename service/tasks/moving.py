"""Moves deadlines of one locked case: rows, the queue's order, events with old and new moment, notices (design §3.5).

Whoever changes *when* something falls due comes through here: an extension, a changed calendar, a drawn timer moved by
hand, a case that goes on after it stood still. The caller holds the instance's lock and says the new values; how they
are worked out is no business of this module. Six statements and the event chain's, whatever the number of rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.notices import outbox
from service.notices.outbox import Message
from service.tasks import advance
from service.tasks.facts import CaseFacts
from service.tasks.models import NEVER, WAITING, QueueEntry, Seat, Task
from workflows.base import table_of
from workflows.models import Timer
from workflows.surroundings import Surroundings

EXTENDED, RECOMPUTED, MOVED, RESUMED = (
    "deadline.extended",
    "deadline.recomputed",
    "deadline.moved",
    "deadline.resumed",
)
"""Why deadlines move; the kind of the events and of the notices, which have words for each."""

KEPT = (
    "due_at", "kind", "rule", "unit", "start_day", "start_at", "used", "remaining", "paused", "extended",
    "calendar_revision",
)  # fmt: skip
"""What a move may change in a timer row; failures counted so far are forgotten."""

_TASK, _ENTRY, _TIMER, _SEAT = table_of(Task), table_of(QueueEntry), table_of(Timer), table_of(Seat)
_ROWS = (
    update(_TIMER)
    .where(_TIMER.c.id == bindparam("b_id"))
    .values({name: bindparam(name) for name in KEPT})
    .values(attempts=0, last_error=None, retry_at=None)
)
_TASKS = update(_TASK).where(_TASK.c.id == bindparam("b_id")).values(due_at=bindparam("due_at"))
_IDS: Any = bindparam("b_ids", expanding=True)
_QUEUE = (
    update(_ENTRY)
    .where(_ENTRY.c.task_id.in_(_IDS), _ENTRY.c.box.in_(WAITING))
    .values(due_at=select(_TASK.c.due_at).where(_TASK.c.id == _ENTRY.c.task_id).scalar_subquery())
)
_HOLDERS = (
    select(_TASK.c.id, _TASK.c.due_at, _TASK.c.groups, _SEAT.c.person_id)
    .outerjoin(_SEAT, (_SEAT.c.task_id == _TASK.c.id) & (_SEAT.c.state == "open"))
    .where(_TASK.c.id.in_(_IDS))
    .order_by(_TASK.c.id, _SEAT.c.position)
)


@dataclass(frozen=True)
class Move:
    """A timer row, read under the lock, and where it goes; `changes` are the other columns of KEPT that change.

    `deadline` is when the task falls due, where that is not the row's own moment: a row that reminds of a deadline
    which has passed. NEVER is no moment: the row stands still.
    """

    timer: Row[Any]
    due_at: datetime
    changes: Mapping[str, Any] = field(default_factory=dict)
    deadline: datetime | None = None

    @property
    def task_due_at(self) -> datetime | None:
        """What becomes of the task's own moment; None for a reminder and for a timer drawn in the diagram."""
        kind = self.changes.get("kind", self.timer.kind)
        return self.deadline or (self.due_at if kind == "due" else None)


@dataclass(frozen=True)
class _Before:
    """A task as it was: its moment and who holds it."""

    due_at: datetime
    holders: Sequence[str]


def move(
    around: Surroundings, case: CaseFacts, moves: Sequence[Move], cause: str, reason: str, *, head: Head | None = None
) -> Head:
    """Move rows of a locked case, record each with old and new moment and the reason, and tell who holds the tasks.

    `cause` is EXTENDED, RECOMPUTED, MOVED or RESUMED; `reason` what a person wrote, or what happened. A reminder that
    moves together with its deadline is part of that event. Of a timer drawn in the diagram the initiator is told.
    """
    tasks = _before(around.session, moves)
    write(around.session, moves)
    told = [found for found in moves if found.timer.kind != "remind"]
    outbox.post(around.session, [note for found in told for note in _notices(case, tasks, found, cause, reason)],
                around.now)  # fmt: skip
    events = [_event(around, tasks, found, cause, reason) for found in told]
    return chain.append(around.session, advance.stream_of(case.instance_id), events, at=around.now, head=head)


def write(session: Session, moves: Sequence[Move]) -> None:
    """Only the rows: the timers, the moments of their tasks and the order of the queues."""
    if not moves:
        return
    connection = session.connection()
    connection.execute(_ROWS, [_row(found) for found in moves])
    due = [{"b_id": found.timer.subject_id, "due_at": found.task_due_at} for found in moves if found.task_due_at]
    if due:
        connection.execute(_TASKS, due)
        connection.execute(_QUEUE, {"b_ids": [row["b_id"] for row in due]})


def _row(found: Move) -> dict[str, Any]:
    kept = {name: getattr(found.timer, name) for name in KEPT}
    return {**kept, **found.changes, "due_at": found.due_at, "b_id": found.timer.id}


def _before(session: Session, moves: Iterable[Move]) -> dict[str, _Before]:
    ids = [found.timer.subject_id for found in moves if found.timer.subject_id]
    tasks: dict[str, _Before] = {}
    for row in session.connection().execute(_HOLDERS, {"b_ids": ids}) if ids else ():
        seated = [*(tasks[row.id].holders if row.id in tasks else ())]
        seated += [f"person:{row.person_id}"] if row.person_id else list(row.groups)
        tasks[row.id] = _Before(row.due_at, seated)
    return tasks


def _old(tasks: Mapping[str, _Before], found: Move) -> datetime:
    return tasks[found.timer.subject_id].due_at if found.timer.subject_id else found.timer.due_at


def _notices(case: CaseFacts, tasks: Mapping[str, _Before], found: Move, cause: str, reason: str) -> Iterable[Message]:
    task_id = found.timer.subject_id
    body = {
        "instance_id": case.instance_id,
        "title": case.title,
        "business_key": case.business_key,
        "element_id": found.timer.element_id,
        "old_due_at": _text(_old(tasks, found)),
        "due_at": _text(found.task_due_at or found.due_at),
        "reason": reason,
    }
    if task_id is None:
        return [Message(cause, holder, body) for holder in case.owners]
    return [Message(cause, holder, {**body, "task_id": task_id}) for holder in tasks[task_id].holders]


def _event(around: Surroundings, tasks: Mapping[str, _Before], found: Move, cause: str, reason: str) -> NewEvent:
    body = {
        "timer_id": found.timer.id,
        "task_id": found.timer.subject_id,
        "old": _text(_old(tasks, found)),
        "new": _text(found.task_due_at or found.due_at),
        "reason": reason,
    }
    return NewEvent(cause, advance.actor_of(around), element_id=found.timer.element_id, body=body)


def _text(moment: datetime) -> str | None:
    return None if moment == NEVER else moment.isoformat()
