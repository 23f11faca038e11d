"""Moves a timer that is drawn in a diagram, such as a publicity period, for a reason that is recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from service.access import policy
from service.access.actor import Actor
from service.calendar import queries as calendars
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.instances import ending, waiting
from service.tasks import moving
from service.tasks.around import surroundings
from workflows import spans, store
from workflows.calendar_rules import CYCLE, INSTANT
from workflows.surroundings import Surroundings


@dataclass(frozen=True)
class MoveTimer:
    """A timer of a diagram, when it falls due now, and why; `seen` is when it did as the caller saw it, None asks for
    no check."""

    timer_id: str
    due_at: datetime
    reason: str
    seen: datetime | None = None


def move_timer(actor: Actor, command: MoveTimer, *, now: datetime) -> None:
    """Let a drawn timer fall due at another moment; recorded with old and new moment, the initiator is told.

    NotFound("timer.gone"), Conflict("instance.not_running" | "deadline.changed"), Invalid("reason.missing" |
    "timer.not_drawn" | "timer.past"): a task's deadline is extended instead, and what shall happen now is fired. A
    calendar that changes later does not move it again.
    """
    with transaction() as session:
        policy.require(actor, "timer.move")
        ending.refuse_without_reason(command.reason)
        instance_id = store.instance_of(session, command.timer_id)
        held = store.lock(session, instance_id) if instance_id else None
        row = waiting.read(session, held, command.timer_id) if held else None
        if held is None or row is None:
            raise NotFound("timer.gone", timer_id=command.timer_id)
        if held.state != "running":
            raise Conflict("instance.not_running", instance_id=held.id, state=held.state)
        _refuse(row.timer, command, now)
        around = surroundings(session, actor, now, row.case.about)
        moves = [moving.Move(row.timer, command.due_at, _changes(around, row.timer, command.due_at))]
        moving.move(around, row.case, moves, moving.MOVED, command.reason.strip(), head=row.head)
        answer(session, timer_id=command.timer_id)


def _refuse(timer: Row[Any], command: MoveTimer, now: datetime) -> None:
    if timer.kind != "event":
        raise Invalid("timer.not_drawn", faults=(Fault("timer_id", "timer.not_drawn"),))
    if command.seen is not None and command.seen != timer.due_at:
        raise Conflict("deadline.changed", timer_id=timer.id)
    if command.due_at <= now:
        raise Invalid("timer.past", faults=(Fault("due_at", "timer.past"),))


def _changes(around: Surroundings, timer: Row[Any], due_at: datetime) -> dict[str, Any]:
    span = spans.placed(calendars.calendar(around.session), timer, due_at, around.now)
    unit = CYCLE if timer.unit == CYCLE else INSTANT
    return {"rule": span.rule, "unit": unit, "start_day": span.start_day, "start_at": around.now, "used": span.used,
            "calendar_revision": around.calendar_revision}  # fmt: skip
