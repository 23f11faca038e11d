"""Dates, times and durations as the standard spells them (XML Schema, with zone ids of its own): reading and writing.

Years reach from -999 999 999 to 999 999 999; seconds are kept to the microsecond, further digits are dropped.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.far import Day, FarDate, FarMoment, combined, dated, placed, split
from workflows.feel.values import YearsMonths

_DATE = re.compile(r"(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z]\w*(?:[/-][\w+-]+){0,3})?", re.ASCII
)
_DAYS = re.compile(
    r"(-?)P(?:(\d{1,9})D)?(?:(T)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d+))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-?)P(?:(\d{1,9})Y)?(?:(\d{1,10})M)?", re.ASCII)
_LONGEST = 64
_WIDEST_OFFSET = timedelta(hours=14)


def _micro(digits: str | None) -> int:
    return int(((digits or "") + "000000")[:6])


def parse_date(text: str) -> Day | None:
    """YYYY-MM-DD, with more digits or a minus for far years, or None."""
    match = _DATE.fullmatch(text)
    if match is None or (match[1] and match[2] == "0000"):
        return None
    try:
        return dated(int(match[1] + match[2]), int(match[3]), int(match[4]))
    except (ValueError, OverflowError):
        return None


def parse_zone(text: str) -> tzinfo | None:
    """Z, +08:00 or @Asia/Shanghai; raises ValueError for a zone that does not exist."""
    if text in "Zz":
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (KeyError, OSError) as error:
            raise ValueError(text) from error
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if minutes > 59 or sum(seconds) > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return zone_of(-offset if text[0] == "-" else offset)


def zone_of(offset: timedelta) -> tzinfo:
    """The zone of an offset from UTC; raises ValueError beyond 14 hours and for parts of a second."""
    if abs(offset) > _WIDEST_OFFSET or offset.microseconds:
        raise ValueError(offset)
    return timezone(offset) if offset else UTC


def _clock(text: str) -> tuple[time, bool] | None:
    """A time and whether it is the 24:00:00 that ends a day; None for anything else."""
    match = _TIME.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    hour, minute, second, micro = int(match[1]), int(match[2]), int(match[3]), _micro(match[4])
    ends = hour == 24 and not int(match[4] or 0) and not minute and not second
    try:
        zone = parse_zone(match[5]) if match[5] else None
        return time(0 if ends else hour, minute, second, micro, zone), ends
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """hh:mm:ss with fraction and zone, or None; 24:00:00 is midnight, a 60th second does not exist (XML Schema)."""
    found = _clock(text)
    return found[0] if found is not None else None


def parse_datetime(text: str) -> Day | None:
    """Date, T and time; a date alone is its midnight, 24:00:00 the midnight that follows; or None."""
    day, mark, clock = text.partition("T")
    found = parse_date(day)
    moment = _clock(clock) if mark else (time(), False)
    if found is None or moment is None:
        return None
    made = combined(found, moment[0])
    if not moment[1]:
        return made
    near, cycles = split(made)
    try:
        return placed(near + timedelta(days=1), cycles)
    except OverflowError:
        return None


def parse_days(text: str) -> timedelta | None:
    """A days and time duration (P1DT2H3M4.5S), or None."""
    match = _DAYS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or not any(match[part] for part in (2, 4, 5, 6)) or (match[3] and not any(match.group(4, 5, 6))):
        return None
    days, hours, minutes, seconds = (int(match[part] or 0) for part in (2, 4, 5, 6))
    try:
        found = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=_micro(match[7]))
    except OverflowError:
        return None
    return -found if match[1] else found


def parse_months(text: str) -> YearsMonths | None:
    """A years and months duration (P1Y2M), or None."""
    match = _MONTHS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or not any(match.group(2, 3)):
        return None
    months = int(match[2] or 0) * 12 + int(match[3] or 0)
    return YearsMonths(-months if match[1] else months)


def parse_duration(text: str) -> timedelta | YearsMonths | None:
    """Either kind of duration, or None."""
    months = parse_months(text)
    return months if months is not None else parse_days(text)


_LITERALS: tuple[Callable[[str], Any], ...] = (parse_date, parse_datetime, parse_time, parse_duration)


def parse_literal(text: str) -> Any:
    """What @"…" means: the first of date, date and time, time and duration that fits, or None."""
    return next((found for parse in _LITERALS if (found := parse(text)) is not None), None)


def zone_text(zone: tzinfo | None, offset: timedelta | None) -> str:
    """The zone as the standard writes it: nothing, Z, +08:00 or @Asia/Shanghai."""
    if isinstance(zone, ZoneInfo):
        return "@" + zone.key
    if zone is None or offset is None:
        return ""
    if not offset:
        return "Z"
    seconds = int(abs(offset).total_seconds())
    tail = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{'-' if offset < timedelta() else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}{tail}"


def time_text(moment: time | datetime) -> str:
    """hh:mm:ss with the fraction as far as needed, and the zone."""
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    clock = f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}{fraction}"
    return clock + zone_text(moment.tzinfo, moment.utcoffset())


def days_text(duration: timedelta) -> str:
    """A days and time duration in its shortest form; PT0S for none."""
    sign, rest = ("-", -duration) if duration < timedelta() else ("", duration)
    hours, minutes, seconds = rest.seconds // 3600, rest.seconds // 60 % 60, rest.seconds % 60
    fraction = f".{rest.microseconds:06}".rstrip("0") if rest.microseconds else ""
    clock = "".join(f"{value}{unit}" for value, unit in ((hours, "H"), (minutes, "M")) if value)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    day = f"{rest.days}D" if rest.days else ""
    return f"{sign}P{day}{'T' + clock if clock else ''}" if day or clock else "PT0S"


def months_text(duration: YearsMonths) -> str:
    """A years and months duration in its shortest form; P0M for none."""
    years, months = divmod(abs(duration.months), 12)
    parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if duration.months < 0 else ''}P{parts or '0M'}"


def _day_text(day: Day) -> str:
    return f"{'-' if day.year < 0 else ''}{abs(day.year):04}-{day.month:02}-{day.day:02}"


def text_of(value: Day | time | timedelta | YearsMonths) -> str:
    """Any temporal value as the standard writes it."""
    if isinstance(value, datetime):
        return f"{_day_text(value)}T{time_text(value)}"
    if isinstance(value, FarMoment):
        return f"{_day_text(value)}T{time_text(value.near)}"
    if isinstance(value, date | FarDate):
        return _day_text(value)
    if isinstance(value, time):
        return time_text(value)
    return days_text(value) if isinstance(value, timedelta) else months_text(value)
