"""The calendar that deadlines are counted by, kept in the process and read again when its revision rose."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.calendar.models import CalendarDay, CalendarRevision, CalendarYear, SchoolHoliday
from service.calendar.rules import LOCAL, PUBLISHED, provisional_years
from service.db import db
from service.parameters import queries as parameters
from workflows.calendar import Calendar
from workflows.hours import parse_hours
from workflows.worktime import Dated

FRESH = 5.0
EDGE_FRESH = 2.0

_REVISION = select(CalendarRevision.revision)
_DAYS = select(CalendarDay.day, CalendarDay.working, CalendarDay.source).order_by(CalendarDay.source == LOCAL)
"""The local row of a day after the published one, over which it holds."""


@dataclass(frozen=True)
class _Kept:
    calendar: Calendar
    pausing: Sequence[tuple[date, bool]]
    checked: float


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


@dataclass(frozen=True)
class Day:
    """A row of the day table; `source` is published | local."""

    day: date
    working: bool
    name: str
    source: str


def calendar(session: Session, *, fresh: float = FRESH) -> Calendar:
    """The calendar of this database; no statement while it was checked less than `fresh` seconds ago.

    Older than that it costs one statement (the revision), and a second one when that rose. The edge asks with
    EDGE_FRESH before each request, so that a command almost never pays for it.
    """
    return _known(session, fresh).calendar


def pauses(session: Session, on: date) -> bool:
    """Whether deadlines of steps that begin on a day pause on school holidays unless their step says otherwise."""
    return [flag for since, flag in _known(session, FRESH).pausing if since <= on][-1]


def _known(session: Session, fresh: float) -> _Kept:
    engine = session.get_bind().engine
    kept, now = _kept.get(engine), time.monotonic()
    if kept is not None and now - kept.checked < fresh:
        return kept
    revision = session.scalar(_REVISION) or 0
    if kept is None or kept.calendar.revision != revision:
        pausing = [(since, bool(flag)) for since, flag in parameters.over_time(session, "pause_on_school_holidays")]
        kept = _Kept(read(session, revision), pausing, now)
    _kept[engine] = replace(kept, checked=now)
    return kept


def keep_fresh() -> None:
    """Look whether the days have changed, unless that was done within EDGE_FRESH seconds; the edge calls it."""
    calendar(db.session(), fresh=EDGE_FRESH)


def installed() -> Calendar:
    """The calendar of the installation that this request is of."""
    return calendar(db.session())


def zone_of(session: Session) -> ZoneInfo:
    """The zone of the bureau's days."""
    return calendar(session).zone


def next_moved_day(today: date, ahead: int = 14) -> tuple[date, bool] | None:
    """The next day within `ahead` days on which offices work on a weekend or rest on a weekday: (day, works)."""
    known = installed()
    days = (today + timedelta(days=number) for number in range(1, ahead + 1))
    moved = ((day, known.is_working(day)) for day in days)
    return next(((day, works) for day, works in moved if works != (day.weekday() < 5)), None)


def forget(session: Session) -> None:
    """Make this process read the days again at once; others notice within FRESH seconds."""
    _kept.pop(session.get_bind().engine, None)


def days(actor: Actor, first: date, last: date) -> Sequence[Day]:
    """The exceptional days of a period, in order; where an admin set a day, that and not what was published."""
    columns = (CalendarDay.day, CalendarDay.working, CalendarDay.name, CalendarDay.source)
    found = select(*columns).where(CalendarDay.day.between(first, last), policy.visible(actor, "calendar_day"))
    rows = db.session.execute(found.order_by(CalendarDay.source == LOCAL))
    return sorted({row.day: Day(*row) for row in rows}.values(), key=lambda row: row.day)


def read(session: Session, revision: int, instead: Mapping[date, bool] | None = None, year: int = 0) -> Calendar:
    """The calendar as the tables say it; days are read after the revision: the next check reads newer ones again.

    With `instead` the published days of `year`, and those that it names, are what it says: what would be.
    """
    rows = session.execute(_DAYS).all()
    kept = [row for row in rows if instead is None or row.source == LOCAL or not _replaced(row.day, instead, year)]
    published = [day for day, _, source in kept if source == PUBLISHED] + list(instead or ())
    moved = {day: working for day, working, source in kept if source == PUBLISHED} | dict(instead or {})
    moved |= {day: working for day, working, source in kept if source == LOCAL}
    years = [date(loaded, 1, 1) for loaded in session.scalars(select(CalendarYear.year))]
    return Calendar(
        moved,
        current_app.extensions["lectern.settings"].zone,
        revision,
        provisional_years([*published, *years], moved),
        hours=_hours(session),
        breaks=[(first, last) for first, last in session.execute(_BREAKS)],
    )


_BREAKS = select(SchoolHoliday.first_day, SchoolHoliday.last_day)


def _replaced(day: date, instead: Mapping[date, bool], year: int) -> bool:
    return day.year == year or day in instead


def _hours(session: Session) -> Sequence[Dated]:
    """The hours of work over time; a text is checked before it is stored."""
    read_hours = ((since, parse_hours(str(text))) for since, text in parameters.over_time(session, "working_hours"))
    return [(since, found) for since, found in read_hours if found is not None]
