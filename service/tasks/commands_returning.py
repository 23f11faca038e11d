"""What a signer does instead of deciding: return the case to an earlier step."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.tasks import queue, recusal, returning
from service.tasks.around import surroundings
from service.tasks.capacity import capacity_of
from service.tasks.commands import TaskCommand
from service.tasks.returning import Returned


@dataclass(frozen=True)
class ReturnTask(TaskCommand):
    """`target` is the id of a step, `initiator` or `previous`; `reentry` replay | straight; the reason is recorded."""

    target: str = "initiator"
    reentry: str = returning.REPLAY
    reason: str = ""
    no_interest: bool = False


def return_task(actor: Actor, command: ReturnTask, *, now: datetime) -> Returned:
    """Return the case from the actor's task (退回): the case and what it has reserved stay.

    NotFound("task.absent"), Forbidden, Conflict("task.closed" | "task.stale" | "seat.closed" |
    "instance.not_running" | "return.…" | "jump.…"), Invalid("reason.missing" | "recusal.unanswered").
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.return", locked.task)
        queue.expect(locked, command.version)
        recusal.expect_answer(locked.task, no_interest=command.no_interest)
        done = returning.give_back(
            surroundings(session, actor, now, locked.task.case.about), locked, capacity_of(actor, locked.task), command
        )
        answer(session, target=done.target, reentry=done.reentry)
        return done
