"""Reads of votes: whether one is secret, and the boxes of those that are counted."""

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.tasks import queries, voting
from service.tasks.models import BoxedBallot, Task


def is_secret_vote(actor: Actor, task_id: str) -> bool:
    """Whether nothing may be kept of what is sent to this task; NotFound("task.absent")."""
    return voting.is_secret(queries.task(actor, task_id).properties)


def opened_boxes(actor: Actor, instance_id: str) -> dict[str, list[tuple[str, str]]]:
    """Task → (id, choice) of each ballot, by the random ids, of the secret votes of a case that are counted."""
    columns = (BoxedBallot.task_id, BoxedBallot.id, BoxedBallot.choice)
    counted = (Task.instance_id == instance_id, Task.state == "done", policy.visible(actor, "task"))
    found: dict[str, list[tuple[str, str]]] = {}
    rows = db.session.execute(select(*columns).join(Task, Task.id == BoxedBallot.task_id).where(*counted))
    for task_id, ballot_id, choice in sorted(map(tuple, rows)):
        found.setdefault(task_id, []).append((ballot_id, choice))
    return found
