"""Writes days inside another's transaction, and raises the revision with them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.calendar.models import CalendarDay, CalendarRevision
from service.calendar.rules import LOCAL, PUBLISHED
from workflows.calendar_seed import published_years, seed


def put(session: Session, day: date, working: bool, name: str, now: datetime) -> int:
    """Set a day by an admin's decision, over whatever was published; returns the new revision."""
    revision = raise_revision(session, now)
    session.merge(CalendarDay(day=day, working=working, name=name, source=LOCAL))
    return revision


def take_back(session: Session, day: date, now: datetime) -> int | None:
    """Take an admin's day out, so that the published one or its weekday holds again; None when there is none."""
    revision = raise_revision(session, now)
    local = delete(CalendarDay).where(CalendarDay.day == day, CalendarDay.source == LOCAL)
    if session.connection().execute(local).rowcount == 0:
        return None
    _add(session, {known: named for known, named in seed([day.year]).items() if known == day})
    return revision


def load_published(session: Session, now: datetime, years: Iterable[int] | None = None) -> Sequence[date]:
    """Add the published days that are not in the table yet, all known years by default; local days stay as they are.

    Returns the days added; the revision rises only when there are any.
    """
    known = set(session.scalars(select(CalendarDay.day)))
    found = seed(published_years() if years is None else years)
    missing = {day: named for day, named in found.items() if day not in known}
    if missing:
        raise_revision(session, now)
        _add(session, missing)
    return list(missing)


def _add(session: Session, days: Mapping[date, tuple[bool, str]]) -> None:
    session.add_all(
        CalendarDay(day=day, working=working, name=name, source=PUBLISHED) for day, (working, name) in days.items()
    )


def raise_revision(session: Session, now: datetime) -> int:
    """One up, before the days are touched: the locked row lets two admins change only one after the other."""
    raised = update(CalendarRevision).values(revision=CalendarRevision.revision + 1, at=now)
    revision: int | None = session.scalar(raised.returning(CalendarRevision.revision))
    if revision is None:
        session.add(CalendarRevision(id=1, revision=1, at=now))
        return 1
    return revision
