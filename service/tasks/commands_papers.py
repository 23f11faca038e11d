"""What people do about decisions on paper: record one for its body or person, dispute one (代录)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.tasks import disputing, paper_rows, queue, recording, recusal
from service.tasks.around import surroundings
from service.tasks.commands import TaskCommand
from service.tasks.completion import Completed, signer
from service.tasks.papers import Tally


@dataclass(frozen=True)
class RecordPaper(TaskCommand):
    """A decision made outside: who decided, document number, day, scan of the sealed paper, and what it says.

    `seat_id` is the seat whose decision it is; without it the only one whose turn it is, or the step that nobody has
    claimed. `decided_by` names the body or person as the paper does; `person_id` is the person where it is one of the
    house.
    `tally` are the minutes of a vote, for which `decision`, `opinion` and `values` say nothing. `no_interest` declares
    that the recorder is related to nobody concerned.
    """

    seat_id: str | None = None
    decided_by: str | None = None
    person_id: str | None = None
    document: str = ""
    decided_on: date | None = None
    attachment_id: str = ""
    decision: str = "complete"
    opinion: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    tally: Tally | None = None
    no_interest: bool = False


@dataclass(frozen=True)
class DisputePaper:
    """Why what was recorded is not what was decided."""

    task_id: str
    reason: str
    seat_id: str | None = None


def record_paper(actor: Actor, command: RecordPaper, *, now: datetime) -> Completed:
    """Record a decision on paper in the name of who decided: of one seat, as if it had been signed there.

    NotFound("task.absent" | "seat.absent"), Forbidden, Conflict("task.closed" | "task.stale" | "seat.closed" |
    "instance.not_running" | "paper.not_allowed" | "paper.seat_decided" | "paper.ballots_cast" | "vote.over"),
    Invalid("paper.invalid" | "paper.person" | "recusal.unanswered" | "attachment.unknown" and those of a completion).
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.record_paper", locked.task)
        queue.expect(locked, command.version)
        recusal.expect_answer(locked.task, no_interest=command.no_interest)
        done = recording.record(
            surroundings(session, actor, now, locked.task.case.about), locked, signer(actor), command
        )
        answer(session, decided=done.decided, outcome=done.outcome)
        return done


def dispute_paper(actor: Actor, command: DisputePaper, *, now: datetime) -> None:
    """Say that a recorded decision is not what was decided; recorder and bureau HR are told, nothing is undone.

    NotFound("task.absent" | "seat.absent"), Conflict("paper.none" | "paper.disputed"),
    Forbidden("paper.own_recording" and the policy's), Invalid("reason.missing" | "paper.which_seat").
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        task = locked.task
        paper = disputing.chosen(paper_rows.papers_of(session, task.id), task.id, command.seat_id)
        policy.require(actor, "task.dispute_paper", disputing.facts_of(task, paper))
        disputing.dispute(
            surroundings(session, actor, now, locked.task.case.about), locked, paper, signer(actor), command.reason
        )
