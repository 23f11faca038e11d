"""Moves a timer that is drawn in a diagram, such as a publicity period, for a reason that is recorded."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.instances import ending, waiting
from service.tasks import moving
from service.tasks.around import surroundings
from workflows import store


@dataclass(frozen=True)
class MoveTimer:
    """A timer of a diagram, when it falls due now, and why."""

    timer_id: str
    due_at: datetime
    reason: str


def move_timer(actor: Actor, command: MoveTimer, *, now: datetime) -> None:
    """Let a drawn timer fall due at another moment; recorded with old and new moment, the initiator is told.

    NotFound("timer.gone"), Conflict("instance.not_running"), Invalid("reason.missing" | "timer.not_drawn" |
    "timer.past"): a task's deadline is extended instead, and what shall happen now is fired.
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
        if row.timer.kind != "event":
            raise Invalid("timer.not_drawn", faults=(Fault("timer_id", "timer.not_drawn"),))
        if command.due_at <= now:
            raise Invalid("timer.past", faults=(Fault("due_at", "timer.past"),))
        moves = [moving.Move(row.timer, command.due_at)]
        around = surroundings(session, actor, now)
        moving.move(around, row.case, moves, moving.MOVED, command.reason.strip(), head=row.head)
        answer(session, timer_id=command.timer_id)
