"""Counting seconds of work: over lunch, nights, weekends and moved days, with hours that change on a date."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workflows.errors import Invalid
from workflows.hours import STANDARD_HOURS, Hours, parse_hours
from workflows.workdays import Workdays

Dated = tuple[date, Hours]
"""Hours and the day from which they hold."""

_STANDARD = parse_hours(STANDARD_HOURS)
assert _STANDARD is not None
EVER: tuple[Dated, ...] = ((date.min, _STANDARD),)


class Worktime(Workdays):
    """Working days with their hours in one zone; the hours of the first entry hold before its day as well.

    Seconds of work from the beginning of time are counted in closed form within each period of equal hours, so that
    adding and subtracting cost a few binary searches, whatever the distance.
    """

    def __init__(self, days: Mapping[date, bool], zone: ZoneInfo, hours: Sequence[Dated] = EVER) -> None:
        super().__init__(days)
        self.zone = zone
        self._hours = [found for _, found in hours]
        self._totals = [found.total for found in self._hours]
        self._since = [1, *(day.toordinal() for day, _ in hours[1:])]
        self._ranks_before = [self._rank(ordinal - 1) for ordinal in self._since]
        self._worked_before = [0]
        for index, rank in enumerate(self._ranks_before[1:]):
            worked = (rank - self._ranks_before[index]) * self._totals[index]
            self._worked_before.append(self._worked_before[-1] + worked)

    def hours_of(self, day: date) -> Hours:
        """The hours that hold on a day, were it a working day."""
        return self._hours[self._period(day.toordinal())]

    def end_of(self, day: date) -> datetime:
        """The end of the working hours of a day, UTC."""
        return datetime.combine(day, self.hours_of(day).end, self.zone).astimezone(UTC)

    def present_end(self, now: datetime) -> datetime:
        """The end of the present working day, of the next one when work is over or this is a day off; UTC."""
        today = self.next_working(now.astimezone(self.zone).date())
        end = self.end_of(today)
        return end if end > now else self.end_of(self.next_working(today + timedelta(days=1)))

    def add_worktime(self, start: datetime, seconds: int) -> datetime:
        """The moment at which so many seconds of work have passed since `start` (aware); UTC.

        What is done when a span of work ends is due at its end, not when the next one begins. Backwards (`seconds` < 0)
        the latest moment from which so much work is left until `start`. Raises Invalid `calendar.out_of_range`.
        """
        if seconds > 0:
            return self._moment(self._worked(start) + seconds)
        return start if seconds == 0 else self._moment(self._worked(start) + seconds + 1) - timedelta(seconds=1)

    def worktime_between(self, start: datetime, end: datetime) -> int:
        """Seconds of work from `start` to `end`; negative when `end` is earlier. A begun second has not passed yet."""
        return self._worked(end) - self._worked(start)

    def _period(self, ordinal: int) -> int:
        return bisect_right(self._since, ordinal) - 1

    def _worked(self, moment: datetime) -> int:
        """Seconds of work before a moment (a begun second counts as passed) since the beginning of time."""
        local = moment.astimezone(self.zone)
        ordinal = local.toordinal()
        second = local.hour * 3600 + local.minute * 60 + local.second + (local.microsecond > 0)
        index = self._period(ordinal)
        rank = self._rank(ordinal - 1)
        worked = self._worked_before[index] + (rank - self._ranks_before[index]) * self._totals[index]
        return worked + (self._hours[index].passed(second) if self._rank(ordinal) > rank else 0)

    def _moment(self, worked: int) -> datetime:
        """The earliest moment before which so many seconds of work lie."""
        index = bisect_left(self._worked_before, worked) - 1
        if index < 0:
            raise Invalid("calendar.out_of_range", rank=worked)
        days, rest = divmod(worked - self._worked_before[index] - 1, self._totals[index])
        day = self._nth(self._ranks_before[index] + days + 1)
        second = self._hours[index].after(rest + 1)
        midnight = datetime.combine(day + timedelta(days=second // 86_400), datetime.min.time(), self.zone)
        return midnight.replace(hour=second // 3600 % 24, minute=second // 60 % 60, second=second % 60).astimezone(UTC)
