"""What counted as late by a calendar that has changed since is counted again, and taken back where it was not.

A day that turns out to have been a day off ends no deadline. The other way round nobody is made late afterwards.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.calendar import queries as calendars
from service.db import transaction
from service.incidents.record import Failure, open_incident
from service.instances import facts
from service.instances.commands_recompute import Recompute
from service.tasks import advance, moving, overdue, queue, reminding
from service.tasks.around import surroundings
from service.tasks.facts import SYSTEM, CaseFacts
from service.tasks.models import NEVER, Overdue, Task
from service.tasks.moving import RECOMPUTED, Move
from workflows import spans, store
from workflows.base import table_of
from workflows.calendar_rules import parse_rule
from workflows.surroundings import Surroundings

_OVERDUE, _TASK = table_of(Overdue), table_of(Task)
_DONE_AT = func.coalesce(_OVERDUE.c.decided_at, _TASK.c.closed_at)
_LATE: Select[Any] = (
    select(*_OVERDUE.c, _TASK.c.due_at, _TASK.c.state, _DONE_AT.label("closed_at"), _TASK.c.instance_id,
           _TASK.c.element_id)
    .join(_TASK, _TASK.c.id == _OVERDUE.c.task_id)
)  # fmt: skip


def recount_late(actor: Actor, command: Recompute, task_id: str, *, now: datetime) -> bool:
    """Count the deadline of a step that was late again; True when it moved. Raises Forbidden: only jobs may.

    A step that was done, or is still open, before its new end was never late: it counts against nobody, and an open one
    gets its deadline back. Otherwise it is late by fewer days. Recorded on the case; the holders of an open step hear.
    """
    with transaction() as session:
        policy.require(actor, "deadline.recompute")
        locked = facts.lock(session, command.instance_id)
        calendar = calendars.calendar(session, fresh=0)
        row: Row[Any] | None = session.execute(_LATE.where(_OVERDUE.c.task_id == task_id)).first()
        if row is None or row.rule is None or row.due_at >= NEVER:
            return False
        stamp = update(_OVERDUE).where(_OVERDUE.c.task_id == task_id)
        session.execute(stamp.values(calendar_revision=calendar.revision))
        due_at = spans.standing(calendar, row)
        if due_at is None or due_at <= row.due_at or row.state == "cancelled":
            return False
        around = surroundings(session, actor, now, locked.case.about)
        if row.state == "open":
            _still_open(around, locked.case, row, due_at, command.reason)
        else:
            _done(session, row, due_at, command.reason, now)
        return True


def leave_late(actor: Actor, command: Recompute, task_id: str, error: str, *, now: datetime) -> None:
    """Leave a step that cannot be counted again as late as it is, and tell the admin by an incident."""
    with transaction() as session:
        policy.require(actor, "deadline.recompute")
        revision = command.window.revision
        session.execute(update(_OVERDUE).where(_OVERDUE.c.task_id == task_id).values(calendar_revision=revision))
        failure = Failure(command.instance_id, "", "command", "deadline.not_recomputed", error, task_id)
        open_incident(session, failure, now)


def _still_open(around: Surroundings, case: CaseFacts, row: Row[Any], due_at: datetime, reason: str) -> None:
    """Its row, which reminded of what had passed, is its deadline again where that lies ahead."""
    rows = store.timers(around.session, row.instance_id)
    timer = next(each for each in rows if each.subject_id == row.task_id and each.kind == overdue.OVERDUE)
    if due_at <= around.now:
        moving.move(around, case, [Move(timer, timer.due_at, deadline=due_at)], RECOMPUTED, reason)
        return
    overdue.forget(around.session, row.task_id)
    changes = {"kind": "due", "rule": row.rule, "unit": parse_rule(row.rule).unit, "used": row.used,
               "start_day": row.start_day, "start_at": row.start_at,
               "calendar_revision": around.calendar_revision}  # fmt: skip
    task = queue.read(around.session, row.task_id)
    moves = [Move(timer, due_at, changes), *reminding.anew(around, task, rows, timer, due_at, row.rule)]
    moving.move(around, case, moves, RECOMPUTED, reason)


def _done(session: Session, row: Row[Any], due_at: datetime, reason: str, now: datetime) -> None:
    if row.closed_at <= due_at:
        overdue.forget(session, row.task_id)
    session.execute(update(_TASK).where(_TASK.c.id == row.task_id).values(due_at=due_at))
    body = {"task_id": row.task_id, "old": row.due_at.isoformat(), "new": due_at.isoformat(), "reason": reason,
            "late": row.closed_at > due_at}  # fmt: skip
    event = NewEvent(RECOMPUTED, SYSTEM, element_id=row.element_id, body=body)
    chain.append(session, advance.stream_of(row.instance_id), [event], at=now)
