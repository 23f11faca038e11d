"""Working-day arithmetic on a table of exceptional days (policy §4); no database, no clock."""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from workflows.calendar_rules import DATE, DAYS, WORKDAYS, Rule, parse_rule
from workflows.errors import Invalid

DAY_END = time(18, 0)

D = TypeVar("D", date, datetime)


@dataclass(frozen=True)
class Due:
    """When a rule falls due: `due_at` is aware and UTC; `unit` is workdays | days | instant | cycle.

    `start_day` is the local day that was not counted; `count` the days or workdays of the rule, the repetitions of a
    cycle (None: without end), else None; `provisional` says that a year on the way is not published yet.
    """

    due_at: datetime
    unit: str
    start_day: date
    rule: str
    count: int | None
    provisional: bool


class Calendar:
    """Weekends and a table of exceptional days (True: a working day, False: a day off), in one zone.

    Working days up to any day are counted in closed form for plain weeks plus a running sum over the exceptions, so
    every answer costs two binary searches over the exceptions, whatever the distance.
    """

    def __init__(
        self,
        days: Mapping[date, bool],
        zone: ZoneInfo,
        revision: int = 0,
        provisional_years: Collection[int] = (),
        *,
        day_end: time = DAY_END,
    ) -> None:
        self.zone = zone
        self.revision = revision
        self.day_end = day_end
        self._provisional = frozenset(provisional_years)
        self._last_year = max((day.year for day in days), default=0)
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

    def add_days(self, day: date, n: int) -> date:
        """n calendar days after `day`, rolled to the next working day; backwards (n < 0) rolled to the one before."""
        try:
            end = day + timedelta(days=n)
        except OverflowError:
            raise Invalid("calendar.out_of_range", day=day.isoformat(), count=n) from None
        return self.next_working(end) if n >= 0 else self.previous_working(end)

    def is_provisional(self, day: date) -> bool:
        """Whether the calendar of this day's year is not published yet (weekends only)."""
        return day.year in self._provisional or day.year > self._last_year

    def end_of(self, day: date) -> datetime:
        """The end of the working hours of a day, UTC."""
        return datetime.combine(day, self.day_end, self.zone).astimezone(UTC)

    def due(self, rule: str, start: datetime) -> Due:
        """When `rule`, counted from `start` (aware), falls due.

        Rules: "5 workdays", "7 days", ISO durations, "R3/…" (the first period), an aware ISO datetime, a date. Whole
        days end with the working hours of the last day; a duration with a time part (PT4H, P1DT0H) is exact elapsed
        time. Raises Invalid `calendar.rule_unreadable` (params `rule`, `remedy`), ValueError for a naive `start`.
        """
        if start.tzinfo is None:
            raise ValueError("a deadline starts at an aware datetime")
        parsed = parse_rule(rule)
        start_day = start.astimezone(self.zone).date()
        due_at = self._due_at(parsed, start, start_day)
        years = range(start_day.year, due_at.year + 1)
        provisional = any(year in self._provisional or year > self._last_year for year in years)
        return Due(due_at, parsed.unit, start_day, rule, parsed.count, provisional)

    def _due_at(self, rule: Rule, start: datetime, start_day: date) -> datetime:
        if rule.instant is not None:
            return rule.instant
        if rule.measure == DATE:
            assert rule.day is not None
            return self.end_of(rule.day)
        try:
            if rule.measure not in (WORKDAYS, DAYS):
                return (add_months(start.astimezone(self.zone), rule.months).astimezone(UTC)) + rule.elapsed
            day = self._last_day(rule, start_day)
        except (OverflowError, ValueError):
            raise Invalid("calendar.out_of_range", day=start_day.isoformat(), count=rule.amount) from None
        due_at = self.end_of(day)
        return due_at if due_at >= start else self.end_of(self.add_workdays(day, 1))

    def _last_day(self, rule: Rule, start_day: date) -> date:
        if rule.measure == WORKDAYS:
            return self.add_workdays(start_day, rule.amount)
        return self.add_days(add_months(start_day, rule.months), rule.amount)

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


def add_months(day: D, months: int) -> D:
    """The same day of the month `months` later, or the last of that month."""
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
