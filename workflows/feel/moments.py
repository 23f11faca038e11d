"""Arithmetic with dates, times and durations, and the instants by which dates and times are compared.

A moment with a zone moves along UTC: a day later is 24 hours later, across a change of summer time as well.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.far import CYCLE_DAYS, Day, FarDate, FarMoment, combined, date_part, placed, split, ticks
from workflows.feel.values import CONTEXT, YearsMonths

DAY = timedelta(days=1)
_NOON = date(2000, 1, 2)
_MICROSECOND = timedelta(microseconds=1)
_MOST_SECONDS = 10**14
_MOST_MONTHS = 10**11


def as_datetime(day: Day) -> Day:
    """A date as its midnight in UTC, as the standard converts it; a date and time stays itself."""
    return day if isinstance(day, datetime | FarMoment) else combined(day, time(tzinfo=UTC))


def zone(value: Any) -> tzinfo | None:
    """The zone of a date and time or time."""
    found: tzinfo | None = value.tzinfo
    return found


def _with_zone(value: Any, other: tzinfo) -> Any:
    if isinstance(value, FarMoment):
        return FarMoment(value.near.replace(tzinfo=other), value.cycles)
    return value.replace(tzinfo=other)


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two dates, dates and times, or times as what they are compared by.

    Of two of which one is local, the local one takes the zone of the other (DMN 1.5, tables of equality and order). A
    time with a zone id has no offset of its own: such times are compared by the clock.
    """
    if isinstance(left, date | FarDate) and not isinstance(left, datetime | FarMoment):
        return ticks(left), ticks(right)
    zones = zone(left), zone(right)
    if zones[0] is None and zones[1] is not None:
        left = _with_zone(left, zones[1])
    if zones[1] is None and zones[0] is not None:
        right = _with_zone(right, zones[0])
    if not isinstance(left, time):
        return ticks(left), ticks(right)
    if isinstance(left.tzinfo, ZoneInfo) or isinstance(right.tzinfo, ZoneInfo):
        return left.replace(tzinfo=None), right.replace(tzinfo=None)
    return left, right


def add_days(moment: Day, duration: timedelta) -> Day:
    """A date or date and time plus a duration; a date keeps to whole days. Raises OverflowError out of range."""
    base = moment if isinstance(moment, datetime | FarMoment) else combined(moment, time())
    start, cycles = (base.near, base.cycles) if isinstance(base, FarDate) else (base, 0)
    assert isinstance(start, datetime)
    there = start if start.tzinfo is None else start.astimezone(UTC)
    try:
        there += duration
    except OverflowError:
        near, more = split(there)
        shift, rest = divmod(duration, CYCLE_DAYS * DAY)
        there, cycles = near + rest, cycles + more + shift  # type: ignore[assignment]  # near of a datetime is one
    found = placed(there if start.tzinfo is None else there.astimezone(start.tzinfo), cycles)
    return found if base is moment else date_part(found)


def add_months(day: Day, months: int) -> Day:
    """The same day so many months on, the last of the month when that is shorter; raises OverflowError out of range."""
    near, cycles = split(day)
    shift, month = divmod((near.year - 2000) * 12 + near.month - 1 + months, 12)
    more, year = divmod(shift, 400)
    last = monthrange(2000 + year, month + 1)[1]
    return placed(near.replace(year=2000 + year, month=month + 1, day=min(near.day, last)), cycles + more)


def add_time(moment: time, duration: timedelta) -> time:
    """A time plus a duration, round the clock."""
    return (datetime.combine(_NOON, moment) + duration % DAY).timetz()


def subtract(left: Day, right: Day) -> timedelta:
    """What lies between two dates or dates and times; raises TypeError when one of them alone has a zone.

    Beside a date and time a date is its midnight in UTC (DMN 1.5, table of addition and subtraction).
    """
    if isinstance(left, datetime | FarMoment) or isinstance(right, datetime | FarMoment):
        left, right = as_datetime(left), as_datetime(right)
        if (zone(left) is None) != (zone(right) is None):
            raise TypeError("one is local")
    return (ticks(left) - ticks(right)) * _MICROSECOND


def subtract_times(left: time, right: time) -> timedelta:
    """What lies between two times; raises TypeError when one of them alone has a zone."""
    return datetime.combine(_NOON, left) - datetime.combine(_NOON, right)


def months(count: Any) -> YearsMonths:
    """A duration of so many months, without the fraction; raises OverflowError out of range."""
    if abs(count) >= _MOST_MONTHS:
        raise OverflowError(count)
    return YearsMonths(int(count))


def months_between(start: Day, end: Day) -> YearsMonths:
    """The whole months from one date to another; negative when the second is earlier."""
    sign = 1
    if (start.year, start.month, start.day) > (end.year, end.month, end.day):
        start, end, sign = end, start, -1
    found = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return YearsMonths(sign * found)


def seconds_of(duration: timedelta) -> Decimal:
    """A days and time duration in seconds, exactly."""
    return CONTEXT.scaleb(Decimal(duration // _MICROSECOND), -6)


def from_seconds(seconds: Decimal) -> timedelta:
    """The duration of so many seconds, to the microsecond; raises OverflowError out of range."""
    if abs(seconds) > _MOST_SECONDS:
        raise OverflowError(seconds)
    return timedelta(microseconds=int(CONTEXT.scaleb(seconds, 6).to_integral_value()))
