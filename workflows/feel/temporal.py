"""Dates, times and durations: reading and writing them as the standard spells them, and adding them.

Years reach from 1 to 9999 and seconds to the microsecond: the limits of Python's datetime.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.values import CONTEXT, YearsMonths

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z]\w*(?:/[\w+-]+){0,3})?", re.ASCII
)
_DAYS = re.compile(
    r"(-?)P(?:(\d{1,9})D)?(?:(T)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{0,9}))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-?)P(?:(\d{1,9})Y)?(?:(\d{1,10})M)?", re.ASCII)
_LONGEST = 64
_MOST_SECONDS = 10**14
DAY = timedelta(days=1)


def parse_date(text: str) -> date | None:
    """YYYY-MM-DD, or None."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_zone(text: str) -> tzinfo | None:
    """Z, +08:00 or @Asia/Shanghai; raises ValueError for a zone that does not exist."""
    if text == "Z":
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (KeyError, OSError) as error:
            raise ValueError(text) from error
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 14 or minutes > 59 or sum(seconds) > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC


def parse_time(text: str) -> time | None:
    """hh:mm:ss with fraction and zone, or None."""
    match = _TIME.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    micro = int(((match[4] or "") + "000000")[:6])
    try:
        zone = parse_zone(match[5]) if match[5] else None
        return time(int(match[1]), int(match[2]), int(match[3]), micro, zone)
    except ValueError:
        return None


def parse_datetime(text: str) -> datetime | None:
    """Date, T and time; a date alone is its midnight; or None."""
    day, mark, clock = text.partition("T")
    found = parse_date(day)
    moment = parse_time(clock) if mark else time()
    return datetime.combine(found, moment) if found is not None and moment is not None else None


def parse_days(text: str) -> timedelta | None:
    """A days and time duration (P1DT2H3M4.5S), or None."""
    match = _DAYS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or not any(match[part] for part in (2, 4, 5, 6)) or (match[3] and not any(match.group(4, 5, 6))):
        return None
    days, hours, minutes, seconds = (int(match[part] or 0) for part in (2, 4, 5, 6))
    micro = int(((match[7] or "") + "000000")[:6])
    try:
        found = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)
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


def parse_literal(text: str) -> Any:
    """What @"…" means: the first of date, date and time, time and duration that fits, or None."""
    for parse in (parse_date, parse_datetime, parse_time, parse_duration):
        found = parse(text)
        if found is not None:
            return found
    return None


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


def text_of(value: date | time | timedelta | YearsMonths) -> str:
    """Any temporal value as the standard writes it."""
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{time_text(value)}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return time_text(value)
    return days_text(value) if isinstance(value, timedelta) else months_text(value)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, the last of the month when that is shorter; raises ValueError out of range."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def add_days(moment: date, duration: timedelta) -> date:
    """A date or date and time plus a duration; a date keeps to whole days. Raises OverflowError out of range."""
    if isinstance(moment, datetime):
        return moment + duration
    return (datetime.combine(moment, time()) + duration).date()


def add_time(moment: time, duration: timedelta) -> time:
    """A time plus a duration, round the clock."""
    return (datetime.combine(date(2000, 1, 2), moment) + duration % DAY).timetz()


def seconds_of(duration: timedelta) -> Decimal:
    """A days and time duration in seconds, exactly."""
    return CONTEXT.scaleb(Decimal(duration // timedelta(microseconds=1)), -6)


def from_seconds(seconds: Decimal) -> timedelta:
    """The duration of so many seconds, to the microsecond; raises OverflowError out of range."""
    if abs(seconds) > _MOST_SECONDS:
        raise OverflowError(seconds)
    return timedelta(microseconds=int(CONTEXT.scaleb(seconds, 6).to_integral_value()))


def as_datetime(day: date, like: datetime | None = None) -> datetime:
    """A date as its midnight in UTC, or without a zone when the other side has none."""
    if isinstance(day, datetime):
        return day
    return datetime.combine(day, time(), UTC if like is None or like.tzinfo is not None else None)
