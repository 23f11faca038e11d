"""Reads of reports for an actor: figures on a day, the list behind one, how a figure went over the years."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.people.members import PERSON
from service.records.rules_days import plus_months
from service.reports.ages import mean_ages
from service.reports.declaring import Figure, Found, Line
from service.reports.measuring import day_at, line_of, measured, rows_behind, summed
from service.reports.process_rows import CASE, TASK
from service.reports.registry import FIGURES, figure
from service.reports.rules import Measure

YEARS = 5
CHUNK = 5000
_SOURCES = {"person": (PERSON, "id"), "instance": (CASE, "instance_id"), "task": (TASK, "id")}


@dataclass(frozen=True)
class Behind:
    """The list behind a figure: the rows that the actor may see, and how many others count."""

    found: Found
    lines: Sequence[Line]
    hidden: int


def figures(actor: Actor, on: date, now: datetime, keys: Iterable[str] | None = None) -> list[Found]:
    """The figures of a day, all or those named; Forbidden, NotFound("report.figure_absent"), Invalid("report.future").

    The numbers are the county's, whoever of those who read reports asks; lists hold what each of them may see.
    """
    policy.require(actor, "report.read")
    session = db.session()
    wanted = FIGURES.values() if keys is None else [figure(key) for key in keys]
    return list(measured(session, day_at(session, on, now), wanted).values())


def behind(actor: Actor, key: str, on: date, now: datetime) -> Behind:
    """The list behind a figure. Raises as `figures`."""
    policy.require(actor, "report.read")
    session, asked = db.session(), figure(key)
    day = day_at(session, on, now)
    if asked.computed is not None:
        every = list(asked.computed(session, day))
        found = Found(asked, summed(every), asked.aim(day.parameters))
    else:
        every = [line_of(row) for row in session.execute(rows_behind(asked, day))]
        found = measured(session, day, [asked])[key]
    seen = _seen(actor, asked, every)
    return Behind(found, seen, len(every) - len(seen))


def _seen(actor: Actor, asked: Figure, lines: Sequence[Line]) -> Sequence[Line]:
    """Persons, cases and tasks whom the actor may see; schools and their accounts are open to who reads reports."""
    if asked.subject == "organisation" or not lines:
        return lines
    source, name = _SOURCES[asked.subject]
    visible = policy.visible(actor, asked.subject, source)
    ids = list({line.id for line in lines})
    allowed: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        here = source.c[name].in_(ids[start : start + CHUNK])
        allowed |= set(db.session.scalars(select(source.c[name]).where(here, visible)))
    return [line for line in lines if line.id in allowed]


def ages_before(actor: Actor, on: date, now: datetime) -> list[tuple[date, Measure]]:
    """The mean age of rural teachers on the same day of the four years before, oldest first. Raises as `figures`."""
    policy.require(actor, "report.read")
    session = db.session()
    days = [day_at(session, plus_months(on, -12 * back), now) for back in range(YEARS - 1, 0, -1)]
    return [(day.on, measure) for day, measure in zip(days, mean_ages(session, days), strict=True)]
