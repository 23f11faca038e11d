"""Dates beyond Python's years 1 to 9999, up to the standard's 999 999 999 before and after year 0.

The Gregorian calendar repeats every 400 years (146 097 days, whole weeks): such a date is the date of the years 2000 to
2399 that looks alike, and the number of cycles it lies away from there.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeVar

CYCLE_DAYS = 146_097
MOST_YEARS = 999_999_999
_CYCLE = 400
_FIRST = 2000
_MICROSECOND = timedelta(microseconds=1)
_Near = TypeVar("_Near", date, datetime)


@dataclass(frozen=True, slots=True)
class FarDate:
    """A date that Python's date cannot hold."""

    near: date
    cycles: int

    @property
    def year(self) -> int:
        """The year itself, negative before year 0."""
        return self.near.year + _CYCLE * self.cycles

    @property
    def month(self) -> int:
        """1 to 12."""
        return self.near.month

    @property
    def day(self) -> int:
        """1 to 31."""
        return self.near.day


@dataclass(frozen=True, slots=True)
class FarMoment(FarDate):
    """A date and time that Python's datetime cannot hold."""

    near: datetime

    @property
    def tzinfo(self) -> tzinfo | None:
        """The zone, as datetime has it."""
        return self.near.tzinfo


Day = date | FarDate
"""A date or a date and time of any year."""


def placed(near: date, cycles: int) -> Day:
    """The date so many cycles away from another; raises OverflowError beyond the years of the standard."""
    shift, offset = divmod(near.year - _FIRST, _CYCLE)
    year = _FIRST + offset + _CYCLE * (cycles + shift)
    if 1 <= year <= 9999:
        return near.replace(year=year)
    if abs(year) > MOST_YEARS:
        raise OverflowError(year)
    base = near.replace(year=_FIRST + offset)
    return FarMoment(base, cycles + shift) if isinstance(base, datetime) else FarDate(base, cycles + shift)


def split(value: Day) -> tuple[date, int]:
    """The date of the years 2000 to 2399 that looks alike, and the cycles it lies away from there."""
    if isinstance(value, FarDate):
        return value.near, value.cycles
    cycles, offset = divmod(value.year - _FIRST, _CYCLE)
    return value.replace(year=_FIRST + offset), cycles


def near(value: Day) -> date:
    """A Python date with the same month, day, weekday, week and time."""
    return value.near if isinstance(value, FarDate) else value


def dated(year: int, month: int, day: int) -> Day:
    """The date of these numbers; raises ValueError when there is no such day, OverflowError beyond the standard."""
    if 1 <= year <= 9999:
        return date(year, month, day)
    cycles, offset = divmod(year - _FIRST, _CYCLE)
    return placed(date(_FIRST + offset, month, day), cycles)


def combined(day: Day, moment: time) -> Day:
    """The date and time of a date, or of the date of a date and time, and a time."""
    if isinstance(day, FarDate):
        return FarMoment(datetime.combine(day.near, moment), day.cycles)
    return datetime.combine(day, moment)


def date_part(value: Day) -> Day:
    """The date of a date and time; a date stays itself."""
    if isinstance(value, FarMoment):
        return FarDate(value.near.date(), value.cycles)
    return value.date() if isinstance(value, datetime) else value


def ticks(value: Day) -> int:
    """Microseconds since a fixed moment, in UTC when there is a zone: what any two values are compared by."""
    base, cycles = split(value)
    start = datetime(_FIRST, 1, 1)  # noqa: DTZ001  # compared with what has no zone, or brought to UTC below
    moment = base if isinstance(base, datetime) else datetime.combine(base, time())
    own = near(value)
    offset = (own.utcoffset() if isinstance(own, datetime) else None) or timedelta()
    return (moment.replace(tzinfo=None) - start - offset) // _MICROSECOND + cycles * CYCLE_DAYS * 86_400_000_000
