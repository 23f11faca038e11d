"""Raises the revision, and records what a change may move: the work that `instances.recomputing` takes up."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.calendar.models import CalendarChange, CalendarRevision
from service.parameters.effects import effect_of

DAYS, HOURS, HOLIDAYS = "days", "hours", "holidays"
FAR = date(9999, 12, 31)
REASON_LIMIT = 300


def raise_revision(session: Session, now: datetime) -> int:
    """One up, before the days are touched: the locked row lets two admins change only one after the other."""
    raised = update(CalendarRevision).values(revision=CalendarRevision.revision + 1, at=now)
    revision: int | None = session.scalar(raised.returning(CalendarRevision.revision))
    if revision is None:
        session.add(CalendarRevision(id=1, revision=1, at=now))
        return 1
    return revision


def lock(session: Session) -> int:
    """The revision that holds, 0 before the first change; nobody else changes the calendar until the end."""
    return session.scalar(select(CalendarRevision.revision).with_for_update()) or 0


def record(session: Session, revision: int, kind: str, first: date, last: date, reason: str, now: datetime) -> None:
    """Leave the work of looking at every open deadline that the days `first` to `last` may move."""
    change = CalendarChange(
        revision=revision, kind=kind, first_day=first, last_day=last, reason=reason[:REASON_LIMIT], at=now, looked=0,
        moved=0, failed=0,
    )  # fmt: skip
    session.add(change)


@effect_of("working_hours")
def hours_changed(session: Session, first: date, source: str, now: datetime) -> None:
    """Other hours end the days from then on at another time."""
    record(session, raise_revision(session, now), HOURS, first, FAR, source, now)


@effect_of("pause_on_school_holidays")
def default_changed(session: Session, _first: date, _source: str, now: datetime) -> None:
    """Deadlines that begin from now on count otherwise; those that run keep their rule."""
    raise_revision(session, now)
