"""Moments that come again and again from a first one: what starts cases by itself, such as the batch of every year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.errors import Invalid

REMEDY = {
    "zh": "请写成一个时间（2027-03-01T09:00:00+08:00），或“R/首次时间/间隔”（R/2027-03-01T09:00:00+08:00/P1Y）。",
    "en": 'Write a moment (2027-03-01T09:00:00+08:00), or "R/first moment/period" (R/2027-03-01T09:00:00+08:00/P1Y).',
}
LONGEST_MONTH = timedelta(days=31)

_REPEATED = re.compile(
    r"R(\d{0,6})/([^/]+)/P(?=\d|T\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?)?"
)


@dataclass(frozen=True)
class Series:
    """Every `months` and `elapsed` from `first` on, `count` times (None: without end); never rolled to a working day.

    Each moment is counted from the first, by the clock on the wall: what begins on the 31st or on 29 February comes
    back to it after a shorter month or year.
    """

    first: datetime
    months: int = 0
    elapsed: timedelta = timedelta(0)
    count: int | None = 1

    def after(self, moment: datetime) -> datetime | None:
        """The first moment of the series later than `moment` (UTC); None when there is none."""
        number = 0
        if self.count != 1 and moment >= self.first:
            number = int((moment - self.first) / (self.months * LONGEST_MONTH + self.elapsed))
        while (self.count is None or number < self.count) and (found := self._at(number)) is not None:
            if found > moment:
                return found.astimezone(UTC)
            number += 1
        return None

    def _at(self, number: int) -> datetime | None:
        try:
            year, month = divmod(self.first.year * 12 + self.first.month - 1 + number * self.months, 12)
            day = min(self.first.day, monthrange(year, month + 1)[1])
            return self.first.replace(year=year, month=month + 1, day=day) + number * self.elapsed
        except (OverflowError, ValueError):
            return None


def parse_series(text: str, zone: ZoneInfo) -> Series:
    """What `text` says; a day begins at midnight, and a time without its zone is the bureau's.

    Invalid("series.unreadable") with the remedy in both languages.
    """
    match = _REPEATED.fullmatch(text.strip())
    try:
        if match is None:
            return Series(_moment(text.strip(), zone))
        years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[2:])
        elapsed = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
        count = int(match[1]) if match[1] else None
        series = Series(_moment(match[2], zone), 12 * years + months, elapsed, count)
    except (ValueError, OverflowError):
        raise _unreadable(text) from None
    if series.count == 0 or not (series.months or series.elapsed):
        raise _unreadable(text)
    return series


def _moment(text: str, zone: ZoneInfo) -> datetime:
    if len(text) == len("2027-03-01"):
        return datetime.combine(date.fromisoformat(text), time(), zone)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _unreadable(text: str) -> Invalid:
    return Invalid("series.unreadable", rule=text, remedy=REMEDY["zh"], remedy_en=REMEDY["en"])
