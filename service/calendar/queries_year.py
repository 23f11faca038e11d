"""Reads for the calendar's page and API: years, their documents, school holidays, who changed what, work under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import timeline
from service.audit.timeline import Event
from service.calendar import days, importing, queries
from service.calendar.commands import STREAM
from service.calendar.commands_years import ImportYear
from service.calendar.days import Days, Difference
from service.calendar.models import CalendarChange, CalendarDay, CalendarRevision, CalendarYear, SchoolHoliday
from service.calendar.rules import LOCAL
from service.db import db
from service.errors import NotFound
from workflows.calendar import Calendar

NOUN = "calendar_day"
HISTORY = 500
"""Events that are looked through for those of one day."""


@dataclass(frozen=True)
class Year:
    """Whether a year is published, and by which document; `loaded_by` is an account, `system` for what came along."""

    year: int
    provisional: bool
    source: str | None = None
    loaded_by: str | None = None
    loaded_at: datetime | None = None


@dataclass(frozen=True)
class Holiday:
    """A school holiday, both days included."""

    id: str
    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Work:
    """A change whose deadlines are being counted again: cases looked at, moved, and left to the admin."""

    revision: int
    reason: str
    at: datetime
    looked: int
    moved: int
    failed: int


@dataclass(frozen=True)
class Preview:
    """What a file would change: the difference, days of the bureau that stay over it, and the calendar that would be.

    `first` and `last` are the outermost days on which work would begin or end, None when none does.
    """

    year: int
    source: str
    days: Days
    difference: Difference
    kept: Sequence[date]
    revision: int
    calendar: Calendar
    first: date | None
    last: date | None


def years(actor: Actor) -> Sequence[Year]:
    """Every year that was loaded, in order."""
    known = queries.calendar(db.session())
    rows = db.session.scalars(select(CalendarYear).where(policy.visible(actor, NOUN)).order_by(CalendarYear.year))
    return [
        Year(row.year, known.is_provisional(date(row.year, 1, 1)), row.source, row.loaded_by, row.loaded_at)
        for row in rows
    ]


def year(actor: Actor, number: int) -> Year:
    """One year, loaded or not."""
    found = next((one for one in years(actor) if one.year == number), None)
    return found or Year(number, queries.calendar(db.session()).is_provisional(date(number, 1, 1)))


def holidays(actor: Actor, first: date, last: date) -> Sequence[Holiday]:
    """The school holidays with a day in a period, in order."""
    found = select(SchoolHoliday).where(
        SchoolHoliday.first_day <= last, SchoolHoliday.last_day >= first, policy.visible(actor, NOUN)
    )
    rows = db.session.scalars(found.order_by(SchoolHoliday.first_day, SchoolHoliday.id))
    return [Holiday(row.id, row.name, row.first_day, row.last_day) for row in rows]


def holiday(actor: Actor, holiday_id: str) -> Holiday:
    """One school holiday; NotFound `school_holiday.absent`."""
    found = select(SchoolHoliday).where(SchoolHoliday.id == holiday_id, policy.visible(actor, NOUN))
    row = db.session.scalars(found).first()
    if row is None:
        raise NotFound("school_holiday.absent")
    return Holiday(row.id, row.name, row.first_day, row.last_day)


def history(actor: Actor, limit: int = 20) -> Sequence[Event]:
    """What was changed last, newest first; nothing for who is not signed in."""
    return () if actor.is_anonymous or not policy.sees(actor, NOUN, None) else _latest(limit)


def history_of(actor: Actor, day: date) -> Sequence[Event]:
    """Who set or took back a day, newest first."""
    text = day.isoformat()
    return [event for event in history(actor, HISTORY) if event.body and event.body.get("day") == text]


def under_way(actor: Actor) -> Sequence[Work]:
    """Changes whose deadlines are not all counted again yet, the oldest first."""
    found = select(CalendarChange).where(CalendarChange.done_at.is_(None), policy.visible(actor, NOUN))
    rows = db.session.scalars(found.order_by(CalendarChange.revision))
    return [Work(row.revision, row.reason, row.at, row.looked, row.moved, row.failed) for row in rows]


def published(actor: Actor, number: int) -> Days:
    """The published days of a year, as its template begins."""
    policy.require(actor, "calendar.edit")
    return days.published(db.session(), number)


def preview(actor: Actor, command: ImportYear) -> Preview:
    """What an import would do. Raises Forbidden and what the import raises for a file with faults."""
    policy.require(actor, "calendar.edit")
    session: Session = db.session()
    found = importing.read(command.content, command.year, command.source)
    revision = session.scalar(select(CalendarRevision.revision)) or 0
    difference = days.difference(session, command.year, found)
    calendar = queries.read(session, revision, {day: works for day, (works, _) in found.items()}, command.year)
    known = queries.read(session, revision)
    moved = sorted(day for day in difference.days if known.is_working(day) != calendar.is_working(day))
    local = set(session.scalars(select(CalendarDay.day).where(CalendarDay.source == LOCAL)))
    return Preview(
        command.year, command.source.strip(), found, difference, sorted(local & set(found)), revision, calendar,
        moved[0] if moved else None, moved[-1] if moved else None,
    )  # fmt: skip


def _latest(limit: int) -> Sequence[Event]:
    return timeline.latest(db.session(), STREAM, limit=limit)
