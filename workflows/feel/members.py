"""Members of values: keys of contexts, parts of dates, times and durations, ends of ranges; lists give lists."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.far import FarDate, FarMoment, near
from workflows.feel.frame import Frame
from workflows.feel.values import MISSING, Range, YearsMonths, is_context, kind_of, touch

_Get = Callable[[Any], Any]


def _signed(duration: timedelta, unit: int, cycle: int) -> Decimal:
    """A part of a days and time duration with the sign of the whole."""
    seconds = abs(duration) // timedelta(seconds=1)
    value = seconds // unit % cycle if cycle else seconds // unit
    return Decimal(-value if duration < timedelta() else value)


def _signed_months(duration: YearsMonths, years: bool) -> Decimal:
    value = abs(duration.months) // 12 if years else abs(duration.months) % 12
    return Decimal(-value if duration.months < 0 else value)


def _zone(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


_DATE: dict[str, _Get] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(near(value).isoweekday()),
}
_TIME: dict[str, _Get] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: Decimal(value.second),
    "time offset": lambda value: value.utcoffset(),
    "timezone": _zone,
}


def _of_near(get: _Get) -> _Get:
    return lambda value: get(near(value))


MEMBERS: dict[type, dict[str, _Get]] = {
    date: _DATE,
    time: _TIME,
    datetime: _DATE | _TIME,
    FarDate: _DATE,
    FarMoment: _DATE | {name: _of_near(get) for name, get in _TIME.items()},
    timedelta: {
        "days": lambda value: _signed(value, 86400, 0),
        "hours": lambda value: _signed(value, 3600, 24),
        "minutes": lambda value: _signed(value, 60, 60),
        "seconds": lambda value: _signed(value, 1, 60),
    },
    YearsMonths: {
        "years": lambda value: _signed_months(value, True),
        "months": lambda value: _signed_months(value, False),
    },
    Range: {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}
SPACED_MEMBERS = ("time offset", "start included", "end included")


def member(frame: Frame, value: Any, name: str) -> Any:
    """The named member of a touched value; of a list, the list of its items' members; null with a warning if none."""
    if type(value) is list:
        frame.meter.charge(len(value))
        frame.meter.enter()
        found = [member(frame, touch(item), name) for item in value]
        frame.meter.leave()
        return found
    if is_context(value):
        inner = value.get(name, MISSING)
        if inner is not MISSING:
            return touch(inner)
    get = MEMBERS.get(type(value), {}).get(name)
    if get is not None:
        return get(value)
    return frame.warn("feel.warning.member", kind=kind_of(value), name=name) if value is not None else None
