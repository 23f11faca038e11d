"""The calendar that deadlines are counted by, kept in the process and read again when its revision rose."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from weakref import WeakKeyDictionary

from flask import current_app
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.calendar.models import CalendarDay, CalendarRevision
from service.calendar.rules import PUBLISHED, provisional_years
from service.db import db
from workflows.calendar import Calendar

FRESH = 5.0
EDGE_FRESH = 2.0

_REVISION = select(CalendarRevision.revision)
_DAYS = select(CalendarDay.day, CalendarDay.working, CalendarDay.source)


@dataclass(frozen=True)
class _Kept:
    calendar: Calendar
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
    engine = session.get_bind().engine
    kept, now = _kept.get(engine), time.monotonic()
    if kept is not None and now - kept.checked < fresh:
        return kept.calendar
    revision = session.scalar(_REVISION) or 0
    if kept is None or kept.calendar.revision != revision:
        kept = _Kept(_read(session, revision), now)
    _kept[engine] = replace(kept, checked=now)
    return kept.calendar


def keep_fresh() -> None:
    """Look whether the days have changed, unless that was done within EDGE_FRESH seconds; the edge calls it."""
    calendar(db.session(), fresh=EDGE_FRESH)


def installed() -> Calendar:
    """The calendar of the installation that this request is of."""
    return calendar(db.session())


def next_moved_day(today: date, ahead: int = 14) -> tuple[date, bool] | None:
    """The next day within `ahead` days on which offices work on a weekend or rest on a weekday: (day, works)."""
    known = installed()
    days = (today + timedelta(days=number) for number in range(1, ahead + 1))
    moved = ((day, known.is_working(day)) for day in days)
    return next(((day, works) for day, works in moved if works != (day.weekday() < 5)), None)


def forget(session: Session) -> None:
    """Make this process read the days again at once; others notice within FRESH seconds."""
    _kept.pop(session.get_bind().engine, None)


def days(actor: Actor, year: int) -> Sequence[Day]:
    """The exceptional days of a year, in order."""
    columns = (CalendarDay.day, CalendarDay.working, CalendarDay.name, CalendarDay.source)
    of_year = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    found = select(*columns).where(of_year, policy.visible(actor, "calendar_day")).order_by(CalendarDay.day)
    return [Day(*row) for row in db.session.execute(found)]


def _read(session: Session, revision: int) -> Calendar:
    """Days are read after the revision: should they be newer, the next check reads them again."""
    rows = session.execute(_DAYS).all()
    published = [day for day, _, source in rows if source == PUBLISHED]
    moved = {day: working for day, working, _ in rows}
    return Calendar(
        moved, current_app.extensions["lectern.settings"].zone, revision, provisional_years(published, moved)
    )
