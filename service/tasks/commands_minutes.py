"""What people do about collective decisions: a secretary enters the minutes, the chair confirms them (集体研究)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Conflict
from service.tasks import convening, queue, recusal
from service.tasks.around import surroundings
from service.tasks.commands import TaskCommand
from service.tasks.completion import Completed, signer
from service.tasks.meetings import MinutesFacts


@dataclass(frozen=True)
class EnterMinutes(TaskCommand):
    """What a meeting decided: its name and day, ids of who was due, present and stepped aside, its chair.

    `no_interest` declares that the secretary is related to nobody concerned: asked where the step recuses.
    """

    meeting: str = ""
    held_on: date | None = None
    due: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    chair_id: str | None = None
    decision: str = "complete"
    opinion: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    attachment_id: str = ""
    no_interest: bool = False


@dataclass(frozen=True)
class ConfirmMinutes:
    """The version of the minutes that the chair has read; `no_interest` as for who enters them."""

    task_id: str
    version: int | None = None
    no_interest: bool = False


def enter_minutes(actor: Actor, command: EnterMinutes, *, now: datetime) -> int:
    """Enter the minutes of a step that a meeting decides, or correct them before they are confirmed; their version.

    NotFound("task.absent"), Forbidden, Conflict("task.closed" | "task.stale" | "task.claimed" |
    "seat.closed" | "minutes.not_collective" | "minutes.quorum"),
    Invalid("recusal.unanswered" | "minutes.invalid" and those of a completion).
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.enter_minutes", locked.task)
        queue.expect(locked, command.version)
        recusal.expect_answer(locked.task, no_interest=command.no_interest)
        version = convening.enter(
            surroundings(session, actor, now, locked.task.case.about), locked, signer(actor), command
        )
        answer(session, version=version)
        return version


def confirm_minutes(actor: Actor, command: ConfirmMinutes, *, now: datetime) -> Completed:
    """Confirm the minutes as their chair, who is never the one who entered them; the case goes on.

    NotFound("task.absent"), Forbidden, Conflict("task.closed" | "minutes.none" | "minutes.stale"),
    Invalid("recusal.unanswered").
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        minutes = convening.minutes_of(session, command.task_id)
        chair_id = None if minutes is None else minutes.chair_id
        policy.require(actor, "task.confirm_minutes", MinutesFacts(locked.task.id, chair_id))
        queue.expect_open(locked)
        if minutes is None:
            raise Conflict("minutes.none", task_id=locked.task.id)
        recusal.expect_answer(locked.task, no_interest=command.no_interest)
        done = convening.confirm(
            surroundings(session, actor, now, locked.task.case.about), locked, minutes, command.version
        )
        answer(session, decided=done.decided, outcome=done.outcome)
        return done
