"""Writes days inside another's transaction; the caller has raised the revision first, which locks out the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from service.calendar.models import CalendarDay, CalendarYear
from service.calendar.rules import LOCAL, PUBLISHED
from workflows.base import table_of
from workflows.calendar_seed import published_years, seed

_DAY, _YEAR = table_of(CalendarDay), table_of(CalendarYear)
Days = Mapping[date, tuple[bool, str]]
"""Day → whether it is a working day, and its name."""


@dataclass(frozen=True)
class Difference:
    """What a file changes in the published days: new ones, ones that say something else, ones that go."""

    added: Days
    changed: Days
    removed: Days

    @property
    def days(self) -> frozenset[date]:
        return frozenset({*self.added, *self.changed, *self.removed})


def works(session: Session, day: date) -> bool:
    """Whether offices work on a day, as the table says now."""
    found = select(_DAY.c.working).where(_DAY.c.day == day).order_by(_DAY.c.source == PUBLISHED)
    working: bool | None = session.scalar(found.limit(1))
    return day.weekday() < 5 if working is None else working


def put(session: Session, day: date, working: bool, name: str) -> None:
    """Set a day by an admin's decision, over whatever was published."""
    session.merge(CalendarDay(day=day, working=working, name=name, source=LOCAL))
    session.flush()


def take_back(session: Session, day: date) -> bool:
    """Take an admin's day out, so that the published one or its weekday holds again; False when there is none."""
    local = delete(_DAY).where(_DAY.c.day == day, _DAY.c.source == LOCAL)
    return session.connection().execute(local).rowcount > 0


def published(session: Session, year: int | None = None) -> Days:
    """The published days, of one year or all."""
    found = select(_DAY.c.day, _DAY.c.working, _DAY.c.name).where(_DAY.c.source == PUBLISHED)
    if year is not None:
        found = found.where(_DAY.c.day.between(date(year, 1, 1), date(year, 12, 31)))
    return {day: (working, name) for day, working, name in session.execute(found)}


def difference(session: Session, year: int, days: Days) -> Difference:
    """What becomes of the published days when a year's file is loaded; days of the December before are only added."""
    all_before = published(session)
    before = {day: named for day, named in all_before.items() if day.year == year or day in days}
    return Difference(
        added={day: named for day, named in days.items() if day not in before},
        changed={day: named for day, named in days.items() if day in before and before[day] != named},
        removed={day: named for day, named in before.items() if day not in days},
    )


def replace(session: Session, found: Difference) -> None:
    """Write a difference."""
    gone = [*found.changed, *found.removed]
    if gone:
        session.connection().execute(delete(_DAY).where(_DAY.c.source == PUBLISHED, _DAY.c.day.in_(gone)))
    add(session, {**found.added, **found.changed})


def missing(session: Session, years: Iterable[int] | None = None) -> Days:
    """The days that the installed software knows as published and the table does not.

    A year whose notice somebody loaded is theirs: nothing is added to it.
    """
    known = published(session)
    loaded = set(session.scalars(select(CalendarYear.year).where(CalendarYear.loaded_by != "system")))
    found = seed(published_years() if years is None else years)
    return {day: named for day, named in found.items() if day not in known and day.year not in loaded}


def add(session: Session, days: Days) -> None:
    """Insert published days."""
    rows = [
        {"day": day, "working": working, "name": name, "source": PUBLISHED} for day, (working, name) in days.items()
    ]
    if rows:
        session.connection().execute(insert(_DAY), rows)


def source_of(session: Session, year: int) -> str | None:
    """By which document a year is published; None for a provisional one."""
    source: str | None = session.scalar(select(CalendarYear.source).where(CalendarYear.year == year))
    return source


def note_years(session: Session, years: Iterable[int], source: str, by: str, now: datetime) -> None:
    """Record by which document years are published."""
    rows = [{"year": year, "source": source, "loaded_by": by, "loaded_at": now} for year in sorted(set(years))]
    session.connection().execute(delete(_YEAR).where(_YEAR.c.year.in_([row["year"] for row in rows])))
    session.connection().execute(insert(_YEAR), rows)
