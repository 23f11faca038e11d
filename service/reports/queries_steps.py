"""How long steps take: working days from opening to decision, by step and month, against the step's own time limit."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import BigInteger, and_, cast, extract, func, select
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
SECOND = 1_000_000
LONGEST = timedelta(days=400)
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
    found = _taken(session, day, flow, len(months))
    newest = _newest(session, day, flow)
    rows = [_step(newest[place], taken) for place, taken in found.items() if place in newest]
    return Heat(months, sorted(rows, key=_order))


def _order(step: Step) -> tuple[bool, float, int, str, str]:
    over = step.whole.p90 / step.limit if step.limit else 0
    return step.limit is None, -over, -step.whole.p90, step.definition_key, step.element_id


def _months(day: Day) -> Iterable[date]:
    number = int(day.parameters["report_step_months"])
    last = day.on.replace(day=1)
    return (plus_months(last, -back) for back in range(number - 1, -1, -1))


def _taken(session: Session, day: Day, flow: str | None, months: int) -> dict[Place, list[list[int]]]:
    """Step → for each month the working days of each time. Numbers of microseconds: a moment of each costs far more."""
    numbers = (cast(extract("epoch", moment) * SECOND, BigInteger) for moment in (TASK.c.opened_at, TASK.c.closed_at))
    found = select(TASK.c.definition_key, TASK.c.element_id, *numbers).where(_of(day, flow))
    calendar = calendars.installed()
    first = since(day).astimezone(calendar.zone).date()
    counted = Workdays(calendar, first, day.on)
    taken: dict[Place, list[list[int]]] = defaultdict(lambda: [[] for _ in range(months)])
    for key, element_id, opened, closed in session.execute(found).all():
        month, days = counted.taken(opened, closed)
        taken[key, element_id][month].append(days)
    return taken


def _of(day: Day, flow: str | None) -> Any:
    return done(day) if flow is None else and_(done(day), TASK.c.definition_key == flow)


class Workdays:
    """Working days between two moments, looked up: counted once for the whole period and what lies before it."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        self._calendar = calendar
        begin = first - LONGEST
        days = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
        self._starts = [SECOND * int(datetime.combine(day, time.min, calendar.zone).timestamp()) for day in days]
        self._counted = list(accumulate(int(calendar.is_working(day)) for day in days))
        self._months = [12 * (day.year - first.year) + day.month - first.month for day in days]

    def taken(self, opened: int, closed: int) -> tuple[int, int]:
        """(In which month it was done, from 0; the working days after the day of opening, 0 for the same day).

        Both moments are microseconds since 1970.
        """
        last = bisect_right(self._starts, closed) - 1
        if opened < self._starts[0]:
            days = (datetime.fromtimestamp(moment // SECOND, self._calendar.zone).date() for moment in (opened, closed))
            return self._months[last], max(0, self._calendar.workdays_between(*days))
        return self._months[last], self._counted[last] - self._counted[bisect_right(self._starts, opened) - 1]


def _newest(session: Session, day: Day, flow: str | None) -> dict[Place, Any]:
    """Step → its newest task, by the moment at which it was done."""
    wanted, place = _of(day, flow), (TASK.c.definition_key, TASK.c.element_id)
    latest = select(*place, func.max(TASK.c.closed_at).label("at")).where(wanted).group_by(*place).subquery("latest")
    same = (latest.c[one.name] == one for one in place)
    names = ("definition_key", "element_id", "definition_id", "name", "properties")
    found = select(*(TASK.c[name] for name in names)).join(latest, and_(latest.c.at == TASK.c.closed_at, *same))
    return {(row.definition_key, row.element_id): row for row in session.execute(found.where(wanted))}


def _step(row: Any, taken: Sequence[Sequence[int]]) -> Step:
    whole = times([days for month in taken for days in month])
    each = tuple(times(month) if month else None for month in taken)
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
