"""What people do about a deadline: give more time, urge."""

from dataclasses import dataclass
from datetime import date, datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Conflict
from service.tasks import extension, queue, urging
from service.tasks.around import surroundings
from service.tasks.completion import signer


@dataclass(frozen=True)
class ExtendTask:
    """More time for a task: `days` workdays or (calendar) days on top, or `until` the end of a day; and why.

    `version` of the task and `due_at` as the caller saw them guard against giving it twice; None asks for no check.
    """

    task_id: str
    days: int | None = None
    unit: str = "workdays"
    until: date | None = None
    reason: str = ""
    version: int | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class UrgeTask:
    """The task whose holders are asked to hurry."""

    task_id: str


def extend_task(actor: Actor, command: ExtendTask, *, now: datetime) -> datetime:
    """Give more time; returns when the task falls due now.

    NotFound("task.absent"), Forbidden("extension.own" | …), Conflict("task.closed" | "task.stale" |
    "deadline.changed" | "deadline.none" | "extension.used_up"), Invalid("reason.missing" | "extension.…").
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.extend", locked.task)
        extension.refuse_own(actor, locked.task)
        queue.expect_open(locked)
        _expect_seen(locked, command)
        due_at = extension.extend(
            surroundings(session, actor, now, locked.task.case.about), locked, command, command.reason
        )
        answer(session, due_at=due_at.isoformat())
        return due_at


def _expect_seen(locked: queue.Locked, command: ExtendTask) -> None:
    task = locked.task
    if command.version is not None and command.version != task.version:
        raise Conflict("task.stale", task_id=task.id, version=task.version, seen=command.version)
    if command.due_at is not None and command.due_at != task.due_at:
        raise Conflict("deadline.changed", task_id=task.id)


def urge_task(actor: Actor, command: UrgeTask, *, now: datetime) -> None:
    """Ask the holders to hurry. Conflict("urging.own") for who holds it, and those of `urging.urge`."""
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.remind", locked.task)
        queue.expect_open(locked)
        if extension.owes(actor, locked.task):
            raise Conflict("urging.own", task_id=locked.task.id)
        urging.urge(
            surroundings(session, actor, now, locked.task.case.about), [locked.task], signer(actor), locked.head
        )
