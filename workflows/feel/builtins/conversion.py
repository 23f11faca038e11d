"""Conversion functions: numbers, strings, dates, times, durations and ranges from text or parts."""

import re
from collections.abc import Callable, Sequence
from datetime import time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from workflows.feel import moments, temporal
from workflows.feel.builtins.registry import CONVERSIONS, builtin
from workflows.feel.far import Day, combined, dated
from workflows.feel.frame import Frame
from workflows.feel.operators import order
from workflows.feel.printing import show
from workflows.feel.values import CONTEXT, MISSING, Range, YearsMonths

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
_RANGE = re.compile(r"\s*([\[\](])([^\[\]]*?)\.\.([^\[\]]*)([\]\[)])\s*")
_READING_COST = 20
"""Steps charged for reading a date, time or duration."""
_QUOTED = re.compile(r'(@|(?:date and time|date|time|duration)\s*\(\s*)?"([^"\\]*)"\s*\)?')
_CONSTRUCTORS: dict[str, Callable[[str], Any]] = {
    "@": temporal.parse_literal,
    "date and time": temporal.parse_datetime,
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "duration": temporal.parse_duration,
}


def _or_warn(frame: Frame, name: str, value: Any, found: Any) -> Any:
    frame.meter.charge(_READING_COST)
    return found if found is not None else frame.warn("feel.warning.value", function=name, value=value)


@builtin("date", "from: string")
def date_from_text(frame: Frame, text: str) -> Any:
    """YYYY-MM-DD."""
    return _or_warn(frame, "date", text, temporal.parse_date(text))


@builtin("date", "from: date")
def date_from_date(_: Frame, day: Day) -> Day:
    """The date of a date and time."""
    return day


def _whole(*parts: Decimal) -> list[int]:
    """Numbers as integers; raises ValueError for a fraction."""
    if any(part != part.to_integral_value() for part in parts):
        raise ValueError(parts)
    return [int(part) for part in parts]


def _clock(parts: Sequence[Decimal], zone: tzinfo | None) -> time:
    """A time of hour, minute and second; the second alone may have a fraction. Raises ValueError."""
    hour, minute = _whole(*parts[:2])
    second = int(parts[2])
    return time(hour, minute, second, int(CONTEXT.scaleb(parts[2] - second, 6)), zone)


def _invalid(frame: Frame, name: str, *parts: Any) -> None:
    return frame.warn("feel.warning.value", function=name, value=", ".join(str(part) for part in parts))


@builtin("date", "year: number, month: number, day: number")
def date_from_parts(frame: Frame, year: Decimal, month: Decimal, day: Decimal) -> Any:
    """A date from its parts; null when there is no such day."""
    try:
        return dated(*_whole(year, month, day))
    except (ValueError, OverflowError):
        return _invalid(frame, "date", year, month, day)


@builtin("date and time", "from: string")
def datetime_from_text(frame: Frame, text: str) -> Any:
    """YYYY-MM-DDThh:mm:ss with fraction and zone as needed; a date alone is its midnight."""
    return _or_warn(frame, "date and time", text, temporal.parse_datetime(text))


@builtin("date and time", "from: day")
def datetime_from_day(_: Frame, day: Day) -> Day:
    """A date at midnight UTC; a date and time stays itself."""
    return moments.as_datetime(day)


@builtin("date and time", "date: date, time: time")
def datetime_from_date_and_time(_: Frame, day: Day, moment: time) -> Day:
    """The date of the first at the time of the second."""
    return combined(day, moment)


def _moment(frame: Frame, parts: list[Decimal], zone: Callable[[], tzinfo | None]) -> Any:
    try:
        return combined(dated(*_whole(*parts[:3])), _clock(parts[3:], zone()))
    except (ValueError, ArithmeticError):
        return _invalid(frame, "date and time", *parts)


_PARTS = "year: number, month: number, day: number, hour: number, minute: number, second: number"


@builtin("date and time", _PARTS + ", timezone: string")
def datetime_in_zone(frame: Frame, *given: Any) -> Any:
    """A date and time from its parts, in a zone such as "Asia/Shanghai"."""
    return _moment(frame, list(given[:6]), lambda: temporal.parse_zone("@" + given[6]))


@builtin("date and time", _PARTS + ", offset?: days and time duration?")
def datetime_from_parts(frame: Frame, *given: Any) -> Any:
    """A date and time from its parts, local without an offset."""
    return _moment(frame, list(given[:6]), lambda: None if given[6] is None else temporal.zone_of(given[6]))


@builtin("time", "from: string")
def time_from_text(frame: Frame, text: str) -> Any:
    """hh:mm:ss with fraction and zone as needed."""
    return _or_warn(frame, "time", text, temporal.parse_time(text))


@builtin("time", "from: moment")
def time_from_moment(_: Frame, moment: Day | time) -> Any:
    """The time of a date and time; midnight UTC of a date."""
    return moment if isinstance(moment, time) else CONVERSIONS["time"](moments.as_datetime(moment))


@builtin("time", "hour: number, minute: number, second: number, offset?: days and time duration?")
def time_from_parts(frame: Frame, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> Any:
    """A time from its parts; seconds may have a fraction."""
    try:
        return _clock((hour, minute, second), None if offset is None else temporal.zone_of(offset))
    except (ValueError, ArithmeticError):
        return _invalid(frame, "time", hour, minute, second)


@builtin("duration", "from: string")
def duration_from_text(frame: Frame, text: str) -> Any:
    """P1DT2H3M4S or P1Y2M."""
    return _or_warn(frame, "duration", text, temporal.parse_duration(text))


@builtin("duration", "from: duration")
def duration_from_duration(_: Frame, duration: Any) -> Any:
    """A duration stays itself."""
    return duration


@builtin("years and months duration", "from: day, to: day")
def months_between(_: Frame, start: Day, end: Day) -> YearsMonths:
    """The whole months from one date to another; negative when the second is earlier."""
    return moments.months_between(start, end)


@builtin("number", "from: string, grouping separator?: string?, decimal separator?: string?")
def number_from_text(frame: Frame, text: str, grouping: str | None, point: str | None) -> Any:
    """A number from text; grouping may be blank, comma or point, the decimal separator comma or point."""
    plain = text
    bad = grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (point and point == grouping)
    if grouping:
        plain = plain.replace(grouping, "")
    if point:
        plain = plain.replace(point, ".") if point == "." or "." not in plain else "?"
    if bad or len(plain) > 4000 or not _NUMBER.fullmatch(plain):
        return frame.warn("feel.warning.value", function="number", value=text)
    try:
        return CONTEXT.create_decimal(plain)
    except ArithmeticError:
        return frame.warn("feel.warning.value", function="number", value=text)


@builtin("number", "from: number")
def number_from_number(_: Frame, value: Decimal) -> Decimal:
    """A number stays itself."""
    return value


@builtin("string", "from: any")
def string(frame: Frame, value: Any) -> str:
    """Any value as text; a string stays itself."""
    return show(value, frame.meter)


def _literal(text: str) -> Any:
    """The value of an end of a range: null where none stands, MISSING for what is no literal."""
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return CONTEXT.create_decimal(text)
    match = _QUOTED.fullmatch(text)
    if match is None:
        return MISSING
    found = match[2] if not match[1] else _CONSTRUCTORS[match[1].rstrip("( ")](match[2])
    return MISSING if found is None else found


@builtin("range", "from: string")
def range_from_text(frame: Frame, text: str) -> Any:
    """A range from its text, such as [1..10) or ["a".."z"]; its ends are literals of one kind, in order.

    One end may be left out where the range is open: [5..) and (..5]. Null for anything else (DMN 1.5, table 72).
    """
    match = _RANGE.fullmatch(text)
    if match is not None:
        low, high = (_literal(part.strip()) for part in match.group(2, 3))
        closed = match[1] == "[", match[4] == "]"
        if MISSING not in (low, high) and _fits(frame, low, high, closed):
            return Range(low, high, *closed)
    return frame.warn("feel.warning.value", function="range", value=text)


def _fits(frame: Frame, low: Any, high: Any, closed: tuple[bool, bool]) -> bool:
    if low is None or high is None:
        open_there = (low is not None or not closed[0]) and (high is not None or not closed[1])
        return open_there and (low is not None or high is not None)
    return order(frame, "LE", low, high) is True
