"""Suspends and resumes a case: rows only; every deadline keeps the days that it had left (design §3.5)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, update

from service.audit import chain
from service.audit.chain import NewEvent
from service.calendar import queries as calendars
from service.errors import Conflict
from service.instances.facts import LockedCase
from service.instances.models import ProcessCase
from service.tasks import advance
from service.tasks.models import NEVER, QueueEntry, Task
from workflows import store
from workflows.models import Timer
from workflows.surroundings import Surroundings

SPANS = ("workdays", "days")


def suspend(around: Surroundings, locked: LockedCase, reason: str) -> None:
    """Stop a running case; Conflict("instance.not_running")."""
    held, session = locked.instance, around.session
    if held.state != "running":
        raise Conflict("instance.not_running", instance_id=held.id, state=held.state)
    store.set_state(session, held, "suspended", around.now)
    session.execute(
        update(ProcessCase)
        .where(ProcessCase.instance_id == held.id)
        .values(suspended_at=around.now, suspension_reason=reason)
    )
    for timer in store.timers(session, held.id):
        session.execute(update(Timer).where(Timer.id == timer.id).values(paused=left(around, timer), due_at=NEVER))
    _tell(around, held.id, "instance.suspended", {"reason": reason})


def left(around: Surroundings, timer: Row[Any]) -> int:
    """What a timer still has: (working) days for a span, seconds for a moment."""
    if timer.unit == "workdays":
        calendar = calendars.calendar(around.session)
        last = timer.due_at.astimezone(calendar.zone).date()
        return max(0, calendar.workdays_between(around.now.astimezone(calendar.zone).date(), last))
    seconds = max(0, int((timer.due_at - around.now).total_seconds()))
    return -(-seconds // 86400) if timer.unit == "days" else seconds


def resume(around: Surroundings, locked: LockedCase) -> None:
    """Go on with a suspended case; Conflict("instance.not_suspended")."""
    held, session = locked.instance, around.session
    if held.state != "suspended":
        raise Conflict("instance.not_suspended", instance_id=held.id, state=held.state)
    store.set_state(session, held, "running", around.now)
    session.execute(
        update(ProcessCase).where(ProcessCase.instance_id == held.id).values(suspended_at=None, suspension_reason=None)
    )
    for timer in store.timers(session, held.id):
        _restart(around, timer)
    _tell(around, held.id, "instance.resumed", {})


def _restart(around: Surroundings, timer: Row[Any]) -> None:
    due_at = _due_again(around, timer.unit, timer.paused or 0)
    execute = around.session.execute
    execute(update(Timer).where(Timer.id == timer.id).values(due_at=due_at, paused=None))
    if timer.kind == "due":
        execute(update(Task).where(Task.id == timer.subject_id).values(due_at=due_at))
        execute(
            update(QueueEntry)
            .where(QueueEntry.task_id == timer.subject_id, QueueEntry.box != "done")
            .values(due_at=due_at)
        )


def _due_again(around: Surroundings, unit: str, left: int) -> datetime:
    if unit in SPANS:
        return around.due(f"{left} {unit}", around.now).due_at
    return datetime.fromtimestamp(around.now.timestamp() + left, UTC)


def _tell(around: Surroundings, instance_id: str, kind: str, body: dict[str, Any]) -> None:
    event = NewEvent(kind, advance.actor_of(around), body=body)
    chain.append(around.session, advance.stream_of(instance_id), [event], at=around.now)
