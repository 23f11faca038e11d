"""A person's absence as page and API show it: the days, who takes over, and what would lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.access.days import day_of
from service.people import queries_substitutes as substitutes
from service.people.queries_substitutes import Away
from service.tasks import queries_absence
from service.tasks.attendance import Unattended
from service.web import edge

OPEN_END = timedelta(days=30)
"""How far is looked where no last day is noted."""


@dataclass(frozen=True)
class Absence:
    """`first` ≤ day < `until` are the days that were asked for, else those that are noted; None: neither."""

    person_id: str
    first: date | None
    until: date | None
    roles: Sequence[Away]
    substitutes: Sequence[Any]
    unattended: Sequence[Unattended]
    more: bool


def absence(person_id: str, first: date | None = None, until: date | None = None) -> Absence:
    """The absence of somebody whose absence the reader may plan; NotFound, Forbidden otherwise."""
    actor, today = edge.actor(), day_of(edge.now())
    roles = substitutes.absences(actor, person_id, today)
    named = substitutes.substitutions(actor, today, person_id=person_id)
    days = (first, until) if first and until and first < until else noted(roles, named, person_id, today)
    found, more = queries_absence.unattended(actor, person_id, *days) if days else ([], False)
    return Absence(person_id, days[0] if days else None, days[1] if days else None, roles, named, found, more)


def noted(roles: Sequence[Away], named: Sequence[Any], person_id: str, today: date) -> tuple[date, date] | None:
    """The days from today on that are noted: of the roles, else of a substitution."""
    spans = [
        (role.absent_from, role.absent_until or max(role.absent_from, today) + OPEN_END)
        for role in roles
        if role.absent_from is not None
    ]
    spans += [(row.valid_from, row.valid_until) for row in named if row.represented_id == person_id]
    live = [(first, until) for first, until in spans if until > today]
    return (max(today, min(first for first, _ in live)), max(until for _, until in live)) if live else None
