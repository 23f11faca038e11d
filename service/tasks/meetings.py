"""Collective decisions of a meeting (集体研究): who counts, how many are enough. Pure, in whole numbers (policy.md §5).

Not the same as a vote (票决): the meeting is held elsewhere, its minutes are entered by one and confirmed by another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from service.errors import Conflict, Fault, Invalid
from service.tasks.facts import TaskFacts
from service.tasks.outside import day_faults
from service.tasks.voting import needed

APPOINTMENT = "appointment"
"""The matter of an appointment, for which the strict quorum holds by default."""


class Meeting(Protocol):
    """What the minutes say; persons by their ids."""

    @property
    def meeting(self) -> str: ...
    @property
    def held_on(self) -> date | None: ...
    @property
    def due(self) -> tuple[str, ...]: ...
    @property
    def present(self) -> tuple[str, ...]: ...
    @property
    def recused(self) -> tuple[str, ...]: ...
    @property
    def chair_id(self) -> str | None: ...
    @property
    def decision(self) -> str: ...
    @property
    def opinion(self) -> str | None: ...
    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def attachment_id(self) -> str: ...


@dataclass(frozen=True)
class MinutesFacts:
    """Entered minutes as the target of the permission check; `person_id` is their chair."""

    id: str
    person_id: str | None


def matter(task: TaskFacts) -> str | None:
    """ordinary | appointment for a step that a meeting decides, else None."""
    return task.properties.get("collective")


def refuse_single(task: TaskFacts) -> None:
    """What a meeting decides nobody decides alone: Conflict("minutes.needed")."""
    if matter(task) is not None:
        raise Conflict("minutes.needed", task_id=task.id)


def quorum(of: str, parameters: Mapping[str, Any]) -> Fraction:
    """The part of the members due that must be present for a matter, by the parameters of the day of the meeting."""
    strict = parameters["collective_strict_matters"]
    key = "collective_quorum_strict" if strict in ("all", of) else "collective_quorum"
    return Fraction(parameters[key])


def expect(task: TaskFacts, sent: Meeting, secretary_id: str, today: date, opened_on: date) -> date:
    """The step is decided by a meeting and the minutes hang together; returns the day of the meeting.

    Conflict("minutes.not_collective"), Invalid("minutes.invalid") with a fault a field.
    """
    if matter(task) is None:
        raise Conflict("minutes.not_collective", task_id=task.id)
    faults = [*_meeting_faults(sent, today, opened_on), *_member_faults(sent), *_chair_faults(task, sent, secretary_id)]
    if faults or sent.held_on is None:
        raise Invalid("minutes.invalid", faults=tuple(faults))
    return sent.held_on


def expect_quorum(part: Fraction, sent: Meeting) -> None:
    """Enough of those due were there; who stepped aside is due and not present. Conflict("minutes.quorum")."""
    least = max(1, needed(part, len(sent.due)))
    if len(sent.present) < least:
        raise Conflict("minutes.quorum", due=len(sent.due), present=len(sent.present), needed=least, part=str(part))


def _meeting_faults(sent: Meeting, today: date, opened_on: date) -> list[Fault]:
    found = []
    if not sent.meeting.strip():
        found.append(Fault("meeting", "minutes.meeting"))
    if not sent.attachment_id:
        found.append(Fault("attachment_id", "minutes.attachment"))
    return [*found, *day_faults("held_on", sent.held_on, today, opened_on)]


def _member_faults(sent: Meeting) -> list[Fault]:
    due, present, recused = set(sent.due), set(sent.present), set(sent.recused)
    found = []
    if not due or any(len(set(ids)) < len(ids) for ids in (sent.due, sent.present, sent.recused)):
        found.append(Fault("due", "minutes.members"))
    if present - due:
        found.append(Fault("present", "minutes.not_due"))
    if recused - due:
        found.append(Fault("recused", "minutes.not_due"))
    if present & recused:
        found.append(Fault("recused", "minutes.recused_present"))
    return found


def _chair_faults(task: TaskFacts, sent: Meeting, secretary_id: str) -> list[Fault]:
    if sent.chair_id is None or sent.chair_id not in sent.present or sent.chair_id in sent.recused:
        return [Fault("chair_id", "minutes.chair_absent")]
    if sent.chair_id == secretary_id:
        return [Fault("chair_id", "minutes.chair_enters")]
    if sent.chair_id == task.initiator_id:
        return [Fault("chair_id", "minutes.chair_applicant")]
    return []
