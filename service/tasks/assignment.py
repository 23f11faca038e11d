"""Who a task is for: the diagram's assignment becomes holders (`role@organisation`) and seats (persons)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from service.access.queries import standing
from service.tasks.offices import office_of
from service.tasks.signing import POLICIES
from workflows.step import OpenedTask


@dataclass(frozen=True)
class Assignment:
    """`groups` may claim the task; `persons` have a seat each, in the order in which they sign.

    `gap` names the role or assignment for which nobody could be found; an incident tells HR.
    """

    signing: str
    groups: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    gap: str | None = None


def resolve(session: Session, opened: OpenedTask, on: date) -> Assignment:
    """Resolve the evaluated assignment of an opened task on a day.

    A `single` task of roles stays unclaimed; one of several seats gets the roles' members of that day (design §3.2).
    """
    signing = opened.properties.get("signing", "single")
    if signing not in POLICIES:
        return Assignment("single", gap=f"signing={signing}")
    named = _distinct(filter(None, (opened.assignee, *opened.candidate_users)))
    groups, missing = _holders(session, opened.candidate_groups)
    if signing == "single":
        persons = named[:1] if opened.assignee else ()
        gap = missing or (None if persons or groups else "nobody")
        return Assignment(signing, () if persons else groups, persons, gap)
    persons = _distinct((*named, *_members(session, groups, on)))
    return Assignment(signing, (), persons, missing or (None if persons else "nobody"))


def _holders(session: Session, groups: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """`role@organisation` for each group; a bare role is the one office of the county that has it."""
    found: list[str] = []
    for group in groups:
        role, _, organisation_id = group.partition("@")
        office = organisation_id or office_of(session, role)
        if office is None:
            return tuple(found), role
        found.append(f"{role}@{office}")
    return tuple(found), None


def _members(session: Session, groups: Iterable[str], on: date) -> list[str]:
    persons: list[str] = []
    for group in groups:
        role, _, organisation_id = group.partition("@")
        persons.extend(standing(session, role, organisation_id, on))
    return persons


def _distinct(persons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(persons))
