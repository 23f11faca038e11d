"""Looking at a task: it is no longer marked as unread."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.errors import NotFound
from service.tasks import queue
from service.tasks.completion import signer
from service.tasks.models import TaskRead
from workflows.base import table_of
from workflows.writing import write

_READ = {
    name: builder(table_of(TaskRead)).on_conflict_do_nothing()
    for name, builder in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def mark_read(actor: Actor, task_id: str, *, now: datetime) -> None:
    """Keep that the actor has looked at a task; a second look changes nothing.

    NotFound("task.absent") for one that the actor may not see.
    """
    with transaction() as session:
        task = queue.read(session, task_id)
        if not queue.may_see(session, actor, task):
            raise NotFound("task.absent", task_id=task_id)
        policy.require(actor, "task.mark_read", task)
        row = {"person_id": signer(actor), "task_id": task_id, "at": now}
        write(session, _READ[session.get_bind().dialect.name], row)
