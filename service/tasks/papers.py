"""Decisions made outside, on paper (代录): what may be recorded of them. Pure (policy.md §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from service.errors import Conflict, Fault, Invalid
from service.tasks import voting
from service.tasks.facts import TaskFacts
from service.tasks.outside import day_faults
from service.tasks.signing import SeatState
from service.tasks.voting import VOTE, Count

ALLOWED, BY_BUREAU = "allowed", "bureau"
"""Values of the property `paper` on a step of which a decision on paper may be recorded: by the office's own clerk,
too, or by bureau HR alone, for a school that has no network."""


@dataclass(frozen=True)
class Tally:
    """The minutes of a whole vote: ballots by choice, how many were present, which members stepped aside.

    Of a committee that nobody of the house sits in, as it voted before its case came here, `members` is how many it
    has and `aside` how many of them stepped aside.
    """

    yes: int
    no: int
    abstain: int
    present: int
    recused: tuple[str, ...] = ()
    members: int | None = None
    aside: int = 0


class Paper(Protocol):
    """What the clerk copies from the paper; `seat_id` whose decision it is, `person_id` who of the house decided."""

    @property
    def seat_id(self) -> str | None: ...
    @property
    def decided_by(self) -> str | None: ...
    @property
    def person_id(self) -> str | None: ...
    @property
    def document(self) -> str: ...
    @property
    def decided_on(self) -> date | None: ...
    @property
    def attachment_id(self) -> str: ...
    @property
    def decision(self) -> str: ...
    @property
    def opinion(self) -> str | None: ...
    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def tally(self) -> Tally | None: ...


@dataclass(frozen=True)
class PaperFacts:
    """A recorded paper as the target of the permission check; `person_id` who decided, None for a body.

    `seated_ids` are those whose decision it tells: of a seat its own, else everybody of the step.
    """

    id: str
    groups: tuple[str, ...]
    seated_ids: frozenset[str]
    person_id: str | None


def seat_for(task: TaskFacts, seat_id: str | None) -> SeatState | None:
    """The seat of which a decision on paper is recorded: one that has the turn, so that nothing is passed by.

    None where nobody sits: at a step of a role that nobody has claimed, and of the minutes of a whole vote. Without
    `seat_id` the one that has the turn. NotFound("seat.absent"), Conflict("paper.seat_decided" | "seat.closed"),
    Invalid("paper.invalid") with "paper.single_ballot" or "paper.which_seat".
    """
    if task.signing == VOTE:
        if seat_id is not None:
            raise Invalid("paper.invalid", faults=(Fault("seat_id", "paper.single_ballot"),))
        return None
    turn = [seat for seat in task.seats if seat.state == "open"]
    if seat_id is None:
        if len(turn) > 1:
            raise Invalid("paper.invalid", faults=(Fault("seat_id", "paper.which_seat"),))
        return turn[0] if turn else None
    seat = task.seat(seat_id)
    if seat.has_said:
        raise Conflict("paper.seat_decided", task_id=task.id, seat_id=seat.id)
    if seat.state != "open":
        raise Conflict("seat.closed", seat_id=seat.id, state=seat.state)
    return seat


def allows(task: TaskFacts) -> bool:
    """Whether the diagram lets a decision on paper be recorded at this step."""
    return task.properties.get("paper") in (ALLOWED, BY_BUREAU)


def expect(task: TaskFacts, paper: Paper, today: date, opened_on: date) -> date:
    """The step takes a paper, and this one can be about it; returns the day of the decision.

    Conflict("paper.not_allowed"), Invalid("paper.invalid") with a fault a field: "paper.whose", "paper.document",
    "paper.scan", "paper.tally_missing", "paper.tally_unwanted", and those of `outside.day_faults`.
    """
    if not allows(task):
        raise Conflict("paper.not_allowed", task_id=task.id)
    return expect_told(task, paper, today, opened_on)


def expect_told(task: TaskFacts, paper: Paper, today: date, opened_on: date) -> date:
    """Like `expect`, of a step that was decided before the case came here: then any step was on paper."""
    faults = [*_faults(paper, today, opened_on), *_tally_faults(task, paper.tally)]
    if faults or paper.decided_on is None:
        raise Invalid("paper.invalid", faults=tuple(faults))
    return paper.decided_on


def _faults(paper: Paper, today: date, opened_on: date) -> list[Fault]:
    found = []
    if paper.person_id is None and not (paper.decided_by or "").strip():
        found.append(Fault("decided_by", "paper.whose"))
    if not paper.document.strip():
        found.append(Fault("document", "paper.document"))
    if not paper.attachment_id:
        found.append(Fault("attachment_id", "paper.scan"))
    return [*found, *day_faults("decided_on", paper.decided_on, today, opened_on)]


def _tally_faults(task: TaskFacts, tally: Tally | None) -> list[Fault]:
    """The figures of a vote must agree with each other and with its members: nobody types a result."""
    if task.signing != VOTE:
        return [] if tally is None else [Fault("tally", "paper.tally_unwanted")]
    if tally is None:
        return [Fault("tally", "paper.tally_missing")]
    members = {seat.person_id for seat in task.seats if seat.state != "removed"}
    cast = tally.yes + tally.no + tally.abstain
    found = []
    if not members and tally.members is None:
        found.append(Fault("tally.members", "paper.tally_members"))
    able = len(members - aside(task, tally)) if members else (tally.members or 0) - tally.aside
    if tally.present != cast:
        found.append(Fault("tally.present", "paper.tally_sum", params={"present": tally.present, "cast": cast}))
    if set(tally.recused) - members:
        found.append(Fault("tally.recused", "paper.tally_stranger"))
    if tally.present > able:
        found.append(Fault("tally.present", "paper.tally_many", params={"present": tally.present, "able": able}))
    return found


def aside(task: TaskFacts, tally: Tally) -> frozenset[str]:
    """The members who stepped aside, here or as the minutes say."""
    return task.recused_ids | set(tally.recused)


def counted(task: TaskFacts, tally: Tally) -> Count:
    """The count that the minutes tell; Conflict("paper.ballots_cast") once a member has voted here.

    Never for single ballots: a vote is held here or on paper.
    """
    if voting.voted(task.seats):
        raise Conflict("paper.ballots_cast", task_id=task.id)
    members = sum(seat.state != "removed" for seat in task.seats)
    if not members:
        return Count(tally.yes, tally.no, tally.abstain, tally.members or 0, tally.aside)
    return Count(tally.yes, tally.no, tally.abstain, members, len(aside(task, tally)))
