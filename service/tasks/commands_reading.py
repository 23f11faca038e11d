"""Looking at a task: it is no longer marked as unread."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
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
    """Keep that the actor has looked at a task that may be seen; a second look changes nothing."""
    with transaction() as session:
        policy.require(actor, "task.mark_read", queue.read(session, task_id))
        row = {"person_id": signer(actor), "task_id": task_id, "at": now}
        write(session, _READ[session.get_bind().dialect.name], row)
