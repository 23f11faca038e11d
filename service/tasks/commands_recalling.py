"""Taking back what one has just decided, and forgetting what cannot be taken back any more."""

from datetime import datetime

from sqlalchemy import delete, select

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.tasks import completion, queue, recalled, recalling, undo
from service.tasks.around import surroundings
from service.tasks.commands import TaskCommand
from service.tasks.recalled import Recalled

CHUNK = 1000


def recall_task(actor: Actor, command: TaskCommand, *, now: datetime) -> Recalled:
    """Take the actor's last decision or ballot at a task back (撤回), as if it had not been made.

    NotFound("task.absent"), Forbidden, Conflict("recall.not_yours" | "recall.not_last" | "recall.acted" |
    "recall.too_late" | "recall.told" | "recall.operation" | "recall.message" | "recall.closed" | "recall.ended" |
    "recall.vote" | "recall.calendar" | "instance.not_running").
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.recall", locked.task)
        around = surroundings(session, actor, now, locked.task.case.about)
        found = recalling.expect(around, locked.instance, locked.task, completion.signer(actor))
        return recalled.take_back(around, locked, found)


def clean_up(actor: Actor, *, now: datetime) -> int:
    """Delete at most CHUNK rows of what cannot be taken back any more; how many: call again while it is not 0."""
    with transaction() as session:
        policy.require(actor, "task.clean_up")
        old = select(undo.UNDO.c.id).where(undo.UNDO.c.until <= now).limit(CHUNK)
        ids = session.scalars(old.with_for_update(skip_locked=True)).all()
        session.execute(delete(undo.UNDO).where(undo.UNDO.c.id.in_(ids)))
        return len(ids)
