"""How long steps take: working days from opening to decision, by step and month, against the step's own time limit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.calendar import queries as calendars
from service.db import db
from service.records.rules_days import plus_months
from service.reports.declaring import Day
from service.reports.measuring import day_at
from service.reports.process_rows import TASK, done, overdue, since
from service.reports.rules_times import Times, times
from workflows.calendar import Calendar
from workflows.calendar_rules import WORKDAYS, parse_rule

Place = tuple[str, str]
"""Key of a flow, element of its diagram."""
LONGEST = timedelta(days=1500)
"""Steps that took longer are counted day by day; the others by a table of working days."""


@dataclass(frozen=True)
class Step:
    """A step of a flow over the months looked at: all of them together, and each month None where nothing was done.

    `limit` is the time limit in working days that the newest of them had, None without one. Names are those of the
    version `definition_id`, by which the newest of them was done.
    """

    definition_key: str
    element_id: str
    definition_id: str
    name: str
    limit: int | None
    whole: Times
    months: tuple[Times | None, ...]


@dataclass(frozen=True)
class Heat:
    """The steps of a period, those first that exceed their limit most; `months` are their first days."""

    months: tuple[date, ...]
    steps: Sequence[Step]


def steps(actor: Actor, on: date, now: datetime, *, flow: str | None = None) -> Heat:
    """Every step that was done in the months up to the day, of all flows or one; Forbidden, Invalid("report.future").

    Numbers are the county's; two statements for any number of steps.
    """
    policy.require(actor, "report.read")
    session = db.session()
    day = day_at(session, on, now)
    months = tuple(_months(day))
    found = _taken(session, day, flow)
    newest = _newest(session, day, {place: max(closed for closed, _ in taken) for place, taken in found.items()})
    rows = [_step(newest[place], taken, months) for place, taken in found.items() if place in newest]
    return Heat(months, sorted(rows, key=_order))


def _order(step: Step) -> tuple[bool, float, int, str, str]:
    over = step.whole.p90 / step.limit if step.limit else 0
    return step.limit is None, -over, -step.whole.p90, step.definition_key, step.element_id


def _months(day: Day) -> Iterable[date]:
    number = int(day.parameters["report_step_months"])
    last = day.on.replace(day=1)
    return (plus_months(last, -back) for back in range(number - 1, -1, -1))


def _taken(session: Session, day: Day, flow: str | None) -> dict[Place, list[tuple[datetime, tuple[date, int]]]]:
    """Step → (when it was done, (its month, working days)) of each time."""
    found = select(TASK.c.definition_key, TASK.c.element_id, TASK.c.opened_at, TASK.c.closed_at).where(done(day))
    if flow is not None:
        found = found.where(TASK.c.definition_key == flow)
    calendar = calendars.installed()
    counted = Workdays(calendar, since(day).astimezone(calendar.zone).date(), day.on)
    taken: dict[Place, list[tuple[datetime, tuple[date, int]]]] = defaultdict(list)
    for key, element_id, opened, closed in session.execute(found):
        first, last = opened.astimezone(calendar.zone).date(), closed.astimezone(calendar.zone).date()
        taken[key, element_id].append((closed, (last.replace(day=1), counted.between(first, last))))
    return taken


class Workdays:
    """Working days between two days, looked up: counted once for the whole period and what lies before it."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        self._calendar = calendar
        self._first = first - LONGEST
        days = range((last - self._first).days + 1)
        self._counted = list(accumulate(int(calendar.is_working(self._first + timedelta(days=n))) for n in days))

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to `last`: done on the same day is 0."""
        if first < self._first:
            return max(0, self._calendar.workdays_between(first, last))
        return self._counted[(last - self._first).days] - self._counted[(first - self._first).days]


def _newest(session: Session, day: Day, moments: Mapping[Place, datetime]) -> dict[Place, Any]:
    """Step → its newest task, by the moment at which it was done."""
    wanted = and_(done(day), TASK.c.closed_at.in_(sorted(set(moments.values()))))
    names = ("definition_key", "element_id", "definition_id", "name", "properties", "closed_at")
    rows = session.execute(select(*(TASK.c[name] for name in names)).where(wanted))
    return {
        (row.definition_key, row.element_id): row
        for row in rows
        if moments.get((row.definition_key, row.element_id)) == row.closed_at
    }


def _step(row: Any, taken: Sequence[tuple[datetime, tuple[date, int]]], months: Sequence[date]) -> Step:
    by_month: dict[date, list[int]] = defaultdict(list)
    for _, (month, days) in taken:
        by_month[month].append(days)
    whole = times([days for _, (_, days) in taken])
    each = tuple(times(by_month[month]) if month in by_month else None for month in months)
    return Step(row.definition_key, row.element_id, row.definition_id, row.name, _limit(row.properties), whole, each)


def _limit(properties: Mapping[str, Any]) -> int | None:
    rule = properties.get("dueIn")
    parsed = parse_rule(rule) if rule else None
    return parsed.amount if parsed is not None and parsed.measure == WORKDAYS else None


def late(actor: Actor, on: date, now: datetime, flow: str) -> dict[str, int]:
    """Element → how many of its steps are overdue on the day, of authorities; Forbidden, Invalid("report.future")."""
    policy.require(actor, "report.read")
    session = db.session()
    rows = overdue(day_at(session, on, now))
    counted = select(TASK.c.element_id, func.count()).join(rows, rows.c.id == TASK.c.id)
    found = session.execute(counted.where(TASK.c.definition_key == flow).group_by(TASK.c.element_id))
    return {element_id: int(number) for element_id, number in found}


@dataclass(frozen=True)
class Office:
    """An office with steps that are overdue on the day: how many, and by how many working days the oldest."""

    organisation_id: str
    role: str
    overdue: int
    longest: int


def offices(actor: Actor, on: date, now: datetime) -> list[Office]:
    """The offices that owe what is overdue on the day, the most first; Forbidden, Invalid("report.future")."""
    policy.require(actor, "report.read")
    session = db.session()
    rows, calendar = overdue(day_at(session, on, now)), calendars.installed()
    due: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in session.execute(select(rows.c.organisation_id, rows.c.role, rows.c.due_at)):
        due[row.organisation_id, row.role].append(row.due_at)
    late = [
        Office(
            *office, len(moments), max(0, calendar.workdays_between(min(moments).astimezone(calendar.zone).date(), on))
        )
        for office, moments in due.items()
    ]
    return sorted(late, key=lambda one: (-one.overdue, -one.longest, one.organisation_id, one.role))
