"""Who a task is for: the diagram's assignment becomes holders (`role@organisation`) and seats (persons)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from service.access.queries import held_among, stand_in, standing
from service.tasks.offices import place_for
from service.tasks.signing import POLICIES
from workflows.step import OpenedTask


@dataclass(frozen=True)
class StandIn:
    """The queue `by` (`role@organisation`) takes over for the queue `vacant`, for which nobody may act."""

    vacant: str
    by: str

    def record(self) -> dict[str, str]:
        """As JSON, for the event that tells it."""
        return {"for": self.vacant, "by": self.by}


@dataclass(frozen=True)
class Assignment:
    """`groups` may claim the task; `persons` have a seat each, in the order in which they sign.

    `gap` names the role or assignment for which nobody could be found; an incident tells HR. `stand_ins` are the
    places that took over for roles without holder or alternate (policy.md §1). `claimant` has it at once, as if the
    task had been claimed: who did this step before, when the case comes back to it.
    """

    signing: str
    groups: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    gap: str | None = None
    stand_ins: tuple[StandIn, ...] = ()
    claimant: str | None = None


def kept(session: Session, assignment: Assignment, former: str | None, on: date) -> Assignment:
    """The step comes back to who did it before, where that person stands for one of its groups still."""
    if former is None or assignment.signing != "single":
        return assignment
    there = any(former in standing(session, *place_of(group), on) for group in assignment.groups)
    return replace(assignment, claimant=former) if there else assignment


def resolve_all(session: Session, opened: Sequence[OpenedTask], on: date, case_at: str) -> list[Assignment]:
    """Resolve the tasks that one step opened; one statement finds the roles for which nobody stands."""
    found = [resolve(session, task, on, case_at) for task in opened]
    asked = {place_of(group) for assignment in found for group in assignment.groups}
    held = held_among(session, asked, on)
    return [assignment if _is_held(assignment, held) else covered(session, assignment, on) for assignment in found]


def resolve(session: Session, opened: OpenedTask, on: date, case_at: str) -> Assignment:
    """Resolve the evaluated assignment of an opened task on a day; `case_at` is the organisation of its case.

    A `single` task of roles stays unclaimed; one of several seats gets the roles' members of that day (design §3.2).
    """
    signing = opened.properties.get("signing", "single")
    if signing not in POLICIES:
        return Assignment("single", gap=f"signing={signing}")
    named = _distinct(filter(None, (opened.assignee, *opened.candidate_users)))
    groups, missing = _holders(session, opened.candidate_groups, case_at)
    if signing == "single":
        persons = named[:1] if opened.assignee else ()
        gap = missing or (None if persons or groups else "nobody")
        return Assignment(signing, () if persons else groups, persons, gap)
    members, stand_ins = _members(session, groups, on)
    persons = _distinct((*named, *members))
    return Assignment(signing, (), persons, missing or (None if persons else "nobody"), stand_ins)


def covered(session: Session, assignment: Assignment, on: date) -> Assignment:
    """With the queues that stand in, as nobody stands for any of the groups; the groups themselves keep the task."""
    found = _stand_ins(session, assignment.groups, on)
    if not found:
        return replace(assignment, gap=assignment.gap or ", ".join(assignment.groups))
    groups = _distinct((*assignment.groups, *(place.by for place in found)))
    return replace(assignment, groups=groups, stand_ins=found)


def _is_held(assignment: Assignment, held: set[tuple[str, str]]) -> bool:
    """Whether somebody can take the task: it has seats, or a group for which somebody stands."""
    return not assignment.groups or any(place_of(group) in held for group in assignment.groups)


def place_of(group: str) -> tuple[str, str]:
    """Role and organisation id of a queue holder."""
    role, _, organisation_id = group.partition("@")
    return role, organisation_id


def _stand_ins(session: Session, groups: Iterable[str], on: date) -> tuple[StandIn, ...]:
    asked = [(group, stand_in(session, *place_of(group), on)) for group in groups]
    return tuple(StandIn(group, "@".join(place)) for group, place in asked if place is not None)


def _holders(session: Session, groups: Iterable[str], case_at: str) -> tuple[tuple[str, ...], str | None]:
    """`role@organisation` for each group; a bare role is that of the county's one office or of the case's school."""
    found: list[str] = []
    for group in groups:
        role, _, organisation_id = group.partition("@")
        office = organisation_id or place_for(session, role, case_at)
        if office is None:
            return tuple(found), role
        found.append(f"{role}@{office}")
    return tuple(found), None


def _members(session: Session, groups: Iterable[str], on: date) -> tuple[list[str], tuple[StandIn, ...]]:
    """Who stands for the groups in their order; for a vacant one whoever stands in, so that no seat is skipped."""
    persons: list[str] = []
    stand_ins: list[StandIn] = []
    for group in groups:
        there = standing(session, *place_of(group), on)
        if not there:
            found = _stand_ins(session, (group,), on)
            stand_ins.extend(found)
            there = [person for place in found for person in standing(session, *place_of(place.by), on)]
        persons.extend(there)
    return persons, tuple(stand_ins)


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
