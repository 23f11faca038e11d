"""Which open deadlines a change of the calendar may move, and where each stands by the new one; reads only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from service.calendar.changes import HOLIDAYS
from service.tasks.deadlines import REMIND
from service.tasks.models import Overdue, Task
from service.tasks.moving import Move
from workflows import spans
from workflows.base import table_of
from workflows.calendar import Calendar
from workflows.calendar_rules import CYCLE, DAYS, WORKDAYS, WORKHOURS
from workflows.models import Timer
from workflows.spans import NEVER

UNITS = (WORKDAYS, DAYS, WORKHOURS, CYCLE)
"""Units of rows that a calendar may move; a cycle of exact time is looked at and stays."""

_TIMER = table_of(Timer)
_OVERDUE, _TASK = table_of(Overdue), table_of(Task)


@dataclass(frozen=True)
class Window:
    """What changed: rows counted by a revision before `revision` over any day from `first` to `last`."""

    revision: int
    kind: str
    first: date
    last: date


def dependent(window: Window, calendar: Calendar) -> Select[Any]:
    """The rows that a change may move, those of suspended cases too; the caller orders and limits.

    Reminders are counted back from their deadline: a change between the two moves them as well.
    """
    begin = datetime.combine(window.first, time(), calendar.zone).astimezone(UTC)
    forward = and_(_TIMER.c.due_at >= begin, _TIMER.c.start_day <= window.last)
    back = and_(_TIMER.c.kind == REMIND, _TIMER.c.start_day >= window.first)
    found = select(*_TIMER.c).where(
        or_(forward, back),
        _TIMER.c.calendar_revision < window.revision,
        _TIMER.c.unit.in_(UNITS),
    )
    return found.where(_outside_holidays(_TIMER.c.rule)) if window.kind == HOLIDAYS else found


def _outside_holidays(rule: ColumnElement[str | None] | ColumnElement[str]) -> ColumnElement[bool]:
    return or_(rule.like("%outside holidays"), rule.like("%寒暑假除外%"))


def after(
    session: Session, window: Window, calendar: Calendar, cursor: tuple[datetime, str] | None, limit: int
) -> Sequence[Row[Any]]:
    """The next dependent rows behind a cursor, in the order of the index on due rows; read without a lock."""
    found = dependent(window, calendar)
    if cursor is not None:
        found = found.where(tuple_(_TIMER.c.due_at, _TIMER.c.id) > cursor)
    return session.execute(found.order_by(_TIMER.c.due_at, _TIMER.c.id).limit(limit)).all()


def late(session: Session, window: Window, calendar: Calendar, limit: int) -> Sequence[Row[Any]]:
    """Steps (`task_id`, `instance_id`) that counted as late over days that a change touches, not yet counted again."""
    begin = datetime.combine(window.first, time(), calendar.zone).astimezone(UTC)
    found: Select[Any] = (
        select(_OVERDUE.c.task_id, _TASK.c.instance_id)
        .join(_TASK, _TASK.c.id == _OVERDUE.c.task_id)
        .where(_OVERDUE.c.rule.is_not(None), _OVERDUE.c.calendar_revision < window.revision)
        .where(_OVERDUE.c.start_day <= window.last, _TASK.c.due_at >= begin, _TASK.c.due_at < NEVER)
    )
    found = found.where(_outside_holidays(_OVERDUE.c.rule)) if window.kind == HOLIDAYS else found
    return session.execute(found.order_by(_OVERDUE.c.task_id).limit(limit)).all()


def all_rows(session: Session, window: Window, calendar: Calendar, chunk: int = 2000) -> Iterator[Row[Any]]:
    """Every dependent row, read in chunks."""
    cursor = None
    while rows := after(session, window, calendar, cursor, chunk):
        yield from rows
        cursor = (rows[-1].due_at, rows[-1].id)


def moment(calendar: Calendar, row: Row[Any], now: datetime) -> datetime:
    """Where a running row stands by this calendar.

    Nothing is moved into the past: what would have been due already is due with the present working day, or stays where
    it is when that is earlier, so that nobody hears of a deadline when it has passed.
    """
    old: datetime = row.due_at
    found = spans.standing(calendar, row)
    if found is None:
        return old
    if old <= now:
        return max(found, old)
    if found >= now:
        return found
    return min(old, calendar.present_end(now))


def moved(calendar: Calendar, row: Row[Any], now: datetime, stopped: datetime | None) -> Move | None:
    """The move of a row to where it stands now, None when that is where it is; `stopped` is when its case stood still.

    Of a row that stands still, what is left is counted again over the days before it stopped.
    """
    if row.due_at >= NEVER:
        if row.paused is None or stopped is None:
            return None
        rest = spans.left(calendar, row, stopped)
        return (
            None if rest == row.paused else Move(row, NEVER, {"paused": rest, "calendar_revision": calendar.revision})
        )
    due_at = moment(calendar, row, now)
    return None if due_at == row.due_at else Move(row, due_at, {"calendar_revision": calendar.revision})


def window_of(change: Mapping[str, Any]) -> Window:
    """The window of a stored change."""
    return Window(change["revision"], change["kind"], change["first_day"], change["last_day"])
