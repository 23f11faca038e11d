"""Counting working days over a table of exceptional days, in closed form; no zone, no clock, no database."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date

from workflows.errors import Invalid


class Workdays:
    """Weekends and a table of exceptional days (True: a working day, False: a day off).

    Working days up to any day are counted in closed form for plain weeks plus a running sum over the exceptions, so
    every answer costs two binary searches over the exceptions, whatever the distance.
    """

    def __init__(self, days: Mapping[date, bool]) -> None:
        moved = sorted((day.toordinal(), working) for day, working in days.items() if working != (day.weekday() < 5))
        self._exceptions = [ordinal for ordinal, _ in moved]
        self._working = dict(moved)
        self._shift = [0]
        for _, working in moved:
            self._shift.append(self._shift[-1] + (1 if working else -1))
        self._ranks = [self._rank(ordinal) for ordinal in self._exceptions]

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day."""
        return self._working.get(day.toordinal(), day.weekday() < 5)

    def next_working(self, day: date) -> date:
        """The first working day on or after `day`."""
        return self._nth(self._rank(day.toordinal() - 1) + 1)

    def previous_working(self, day: date) -> date:
        """The last working day on or before `day`."""
        return self._nth(self._rank(day.toordinal()))

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it when n < 0); `day` itself is not counted.

        n = 0 gives `day`, rolled to the next working day. Raises Invalid `calendar.out_of_range` outside years 1–9999.
        """
        ordinal = day.toordinal()
        if n > 0:
            return self._nth(self._rank(ordinal) + n)
        return self._nth(self._rank(ordinal - 1) + n + 1)

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier (then `end` counts,
        `start` does not), so `add_workdays(start, result)` is `end` whenever `end` is another working day."""
        first, last = start.toordinal(), end.toordinal()
        if last >= first:
            return self._rank(last) - self._rank(first)
        return self._rank(last - 1) - self._rank(first - 1)

    def _rank(self, ordinal: int) -> int:
        """Working days up to and including `ordinal` (day 1 is a Monday)."""
        weeks, rest = divmod(ordinal, 7)
        return 5 * weeks + min(rest, 5) + self._shift[bisect_right(self._exceptions, ordinal)]

    def _nth(self, rank: int) -> date:
        """The working day whose rank is `rank`."""
        before = bisect_left(self._ranks, rank)
        weeks, rest = divmod(rank - self._shift[before] - 1, 5)
        ordinal = 7 * weeks + rest + 1
        if before < len(self._exceptions):
            ordinal = min(ordinal, self._exceptions[before])
        if not 1 <= ordinal <= date.max.toordinal():
            raise Invalid("calendar.out_of_range", rank=rank)
        return date.fromordinal(ordinal)
