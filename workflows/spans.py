"""What a timer row's rule means after it stood still or was lengthened: the days left, and when they end (policy §4).

A row counts its rule from `start_day`, which is not counted, less the days in `used`: those that passed before it last
stood still, and, below zero, those that were granted on top; hours of work from the moment `start_at`, less the seconds
in `used`. One formula serves extension, suspension and a changed calendar, so that they may follow each other in any
order.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Protocol

from workflows.calendar import Calendar
from workflows.calendar_rules import COUNTED, CYCLE, DATE, INSTANT, PAUSING, WORKDAYS, WORKHOURS, Rule, parse_rule

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The moment of what has no deadline, or whose deadline stands still: moments are never null."""


class Row(Protocol):
    """What is read of a timer row."""

    @property
    def rule(self) -> str: ...
    @property
    def start_day(self) -> date: ...
    @property
    def start_at(self) -> datetime | None: ...
    @property
    def used(self) -> int: ...
    @property
    def due_at(self) -> datetime: ...


@dataclass(frozen=True)
class Span:
    """Where a row stands that goes on now: when it falls due, and the columns that say so."""

    due_at: datetime
    rule: str
    start_day: date
    used: int


def standing(calendar: Calendar, row: Row) -> datetime | None:
    """When the row falls due by this calendar; None when no calendar moves it.

    Exact durations, dates and moments are not counted in days; a row at NEVER stands still.
    """
    rule = parse_rule(row.rule)
    calendar = calendar.counting(rule)
    if row.due_at >= NEVER:
        return None
    if rule.measure == WORKHOURS and row.start_at is not None:
        return calendar.add_worktime(row.start_at, rule.amount - row.used)
    if rule.measure not in COUNTED:
        return None
    return calendar.end_of(calendar.last_day(rule, row.start_day, row.used))


def left(calendar: Calendar, row: Row, now: datetime) -> int:
    """What the row still has at `now`: working days, calendar days, seconds of work or (rounded up) of exact time.

    The day itself is not counted: what is left at noon of the last day is 0, and the rest of that day with it. Below
    zero by as much as the moment has passed.
    """
    rule, today = parse_rule(row.rule), now.astimezone(calendar.zone).date()
    calendar = calendar.counting(rule)
    if rule.measure in COUNTED:
        last = calendar.last_day(rule, row.start_day, row.used)
        if rule.measure == WORKDAYS:
            return calendar.workdays_between(today, last)
        rest = calendar.days_between(today, calendar.raw_end(rule, row.start_day, row.used))
        return max(rest, 0) if today <= last else rest
    if rule.measure == WORKHOURS and row.start_at is not None:
        return rule.amount - row.used - calendar.worktime_between(row.start_at, now)
    if rule.measure == DATE and rule.day is not None:
        return (rule.day - today).days
    return ceil((row.due_at - now).total_seconds())


def resumed(calendar: Calendar, row: Row, rest: int, now: datetime) -> Span:
    """The row when it goes on at `now` with what `left` found; what was in time gets at least until a day's end.

    A date or moment that was fixed is put off by as long as the case stood still.
    """
    rule, today = parse_rule(row.rule), now.astimezone(calendar.zone).date()
    calendar = calendar.counting(rule)
    if rule.measure in COUNTED:
        found = _counted(calendar, rule, row, rest, now)
        late = rest >= 0 and found.due_at < now
        return _counted(calendar, rule, row, rest + 1, now) if late else found
    if rule.measure == WORKHOURS:
        return Span(calendar.add_worktime(now, rest), row.rule, today, rule.amount - rest)
    if rule.measure == DATE:
        day = calendar.next_working(today + timedelta(days=rest))
        return Span(calendar.end_of(day), day.isoformat(), today, 0)
    moment = datetime.fromtimestamp(now.timestamp() + rest, UTC)
    return Span(moment, moment.isoformat() if rule.measure == INSTANT else row.rule, today, 0)


def reminding(calendar: Calendar, before: Rule, deadline: datetime, *, pauses: bool) -> Span:
    """A reminder so long before a deadline: nothing of its rule, less `before`, counted from the deadline's day.

    Hours of work are counted from its moment, which the row keeps as `start_at`. `pauses`: no school holiday counts.
    """
    text = f"0 {before.measure} {PAUSING}" if pauses else f"0 {before.measure}"
    rule, day = parse_rule(text), deadline.astimezone(calendar.zone).date()
    calendar = calendar.counting(rule)
    if rule.measure == WORKHOURS:
        return Span(calendar.add_worktime(deadline, -before.amount), text, day, before.amount)
    return Span(calendar.end_of(calendar.last_day(rule, day, before.amount)), text, day, before.amount)


def reminded_again(calendar: Calendar, row: Row, deadline: datetime) -> Span | None:
    """The reminder of such a row for another deadline; None for one counted forward from its start (release 0.1.0)."""
    rule = parse_rule(row.rule)
    if rule.amount or rule.measure not in (*COUNTED, WORKHOURS) or row.used <= 0:
        return None
    return reminding(calendar, replace(rule, amount=row.used), deadline, pauses=rule.pauses)


def placed(calendar: Calendar, row: Row, moment: datetime, now: datetime) -> Span:
    """The row when somebody puts it on a moment: that holds, whatever becomes of the calendar.

    The end of a working day is kept as that day. A cycle keeps its rule, for the rounds that follow from there.
    """
    rule, (today, day) = parse_rule(row.rule), (each.astimezone(calendar.zone).date() for each in (now, moment))
    if rule.unit != CYCLE:
        whole = calendar.is_working(day) and calendar.end_of(day) == moment
        return Span(moment, day.isoformat() if whole else moment.astimezone(UTC).isoformat(), today, 0)
    calendar = calendar.counting(rule)
    if rule.measure == WORKHOURS:
        return Span(moment, row.rule, today, rule.amount - calendar.worktime_between(now, moment))
    if rule.measure not in COUNTED:
        return Span(moment, row.rule, today, 0)
    count = calendar.workdays_between if rule.measure == WORKDAYS else calendar.days_between
    return Span(moment, row.rule, today, _whole(calendar, rule, today) - count(today, day))


def _whole(calendar: Calendar, rule: Rule, today: date) -> int:
    """The (working) days of a rule that is counted from today."""
    return rule.amount if rule.measure == WORKDAYS else calendar.days_between(today, calendar.raw_end(rule, today))


def _counted(calendar: Calendar, rule: Rule, row: Row, rest: int, now: datetime) -> Span:
    today = now.astimezone(calendar.zone).date()
    used = _whole(calendar, rule, today) - rest
    return Span(calendar.end_of(calendar.last_day(rule, today, used)), row.rule, today, used)
