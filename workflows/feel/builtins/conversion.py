"""Conversion functions: numbers, strings, dates, times, durations and ranges from text or parts."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from workflows.feel import temporal
from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.operators import order
from workflows.feel.printing import show
from workflows.feel.values import CONTEXT, Range, YearsMonths

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
def date_from_date(_: Frame, day: date) -> date:
    """The date of a date and time."""
    return day


@builtin("date", "year: number, month: number, day: number")
def date_from_parts(frame: Frame, year: Decimal, month: Decimal, day: Decimal) -> Any:
    """A date from its parts; null when there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return frame.warn("feel.warning.value", function="date", value=f"{year}-{month}-{day}")


@builtin("date and time", "from: string")
def datetime_from_text(frame: Frame, text: str) -> Any:
    """YYYY-MM-DDThh:mm:ss with fraction and zone as needed."""
    return _or_warn(frame, "date and time", text, temporal.parse_datetime(text))


@builtin("date and time", "from: day")
def datetime_from_day(_: Frame, day: date) -> datetime:
    """A date at midnight UTC; a date and time stays itself."""
    return temporal.as_datetime(day)


@builtin("date and time", "date: date, time: time")
def datetime_from_date_and_time(_: Frame, day: date, moment: time) -> datetime:
    """The date of the first at the time of the second."""
    return datetime.combine(day, moment)


@builtin("time", "from: string")
def time_from_text(frame: Frame, text: str) -> Any:
    """hh:mm:ss with fraction and zone as needed."""
    return _or_warn(frame, "time", text, temporal.parse_time(text))


@builtin("time", "from: moment")
def time_from_moment(_: Frame, moment: date | time) -> time:
    """The time of a date and time; midnight UTC of a date."""
    if isinstance(moment, time):
        return moment
    return temporal.as_datetime(moment).timetz()


@builtin("time", "hour: number, minute: number, second: number, offset?: days and time duration?")
def time_from_parts(frame: Frame, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> Any:
    """A time from its parts; seconds may have a fraction."""
    try:
        micro = int(CONTEXT.scaleb(second - int(second), 6))
        zone = None if offset is None else timezone(offset)
        return time(int(hour), int(minute), int(second), micro, zone)
    except (ValueError, ArithmeticError):
        return frame.warn("feel.warning.value", function="time", value=f"{hour}:{minute}:{second}")


@builtin("duration", "from: string")
def duration_from_text(frame: Frame, text: str) -> Any:
    """P1DT2H3M4S or P1Y2M."""
    return _or_warn(frame, "duration", text, temporal.parse_duration(text))


@builtin("duration", "from: duration")
def duration_from_duration(_: Frame, duration: Any) -> Any:
    """A duration stays itself."""
    return duration


@builtin("years and months duration", "from: day, to: day")
def months_between(_: Frame, start: date, end: date) -> YearsMonths:
    """The whole months from one date to another; negative when the second is earlier."""
    sign = 1
    if (start.year, start.month, start.day) > (end.year, end.month, end.day):
        start, end, sign = end, start, -1
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return YearsMonths(sign * months)


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
    """The value of an end of a range written as a literal; None when it is not one."""
    if _NUMBER.fullmatch(text):
        return CONTEXT.create_decimal(text)
    match = _QUOTED.fullmatch(text)
    if match is None:
        return None
    return match[2] if not match[1] else _CONSTRUCTORS[match[1].rstrip("( ")](match[2])


@builtin("range", "from: string")
def range_from_text(frame: Frame, text: str) -> Any:
    """A range from its text, such as [1..10) or ["a".."z"]; its ends are literals of one kind."""
    match = _RANGE.fullmatch(text)
    if match is not None:
        low, high = (_literal(part.strip()) for part in match.group(2, 3))
        if low is not None and type(low) is type(high) and order(frame, "LE", low, high):
            return Range(low, high, match[1] == "[", match[4] == "]")
    return frame.warn("feel.warning.value", function="range", value=text)
