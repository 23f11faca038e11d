"""When rules fall due: working days and hours, school holidays, provisional years (policy §4); no database."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from workflows.calendar_rules import COUNTED, DATE, WORKDAYS, WORKHOURS, Rule, parse_rule
from workflows.errors import Invalid
from workflows.worktime import EVER, Dated, Worktime

D = TypeVar("D", date, datetime)
Break = tuple[date, date]
"""First and last day of a school holiday."""


@dataclass(frozen=True)
class Due:
    """When a rule falls due: `due_at` is aware and UTC; `unit` is workdays | days | workhours | instant | cycle.

    `start_day` is the local day that was not counted; `count` the days or workdays of the rule, the repetitions of a
    cycle (None: without end), else None; `provisional` says that a year on the way is not published yet.
    """

    due_at: datetime
    unit: str
    start_day: date
    rule: str
    count: int | None
    provisional: bool


class Calendar(Worktime):
    """Working days and hours in one zone, with what rules mean in them.

    `breaks` are school holidays: their days stay working days, but for rules that pause on them (`term`).
    """

    def __init__(
        self,
        days: Mapping[date, bool],
        zone: ZoneInfo,
        revision: int = 0,
        provisional_years: Collection[int] = (),
        *,
        hours: Sequence[Dated] = EVER,
        breaks: Collection[Break] = (),
    ) -> None:
        super().__init__(days, zone, hours)
        self.revision = revision
        self._days = days
        self._dated = hours
        self._provisional = frozenset(provisional_years)
        self._last_year = max((day.year for day in days), default=0)
        self.breaks = _merged(breaks)
        self._skipped: tuple[Break, ...] = ()

    @cached_property
    def term(self) -> "Calendar":
        """The same calendar for rules that pause on school holidays: no day of theirs is counted."""
        if not self.breaks:
            return self
        off = {first + timedelta(days=n): False for first, last in self.breaks for n in range((last - first).days + 1)}
        found = Calendar({**self._days, **off}, self.zone, self.revision, self._provisional, hours=self._dated)
        found._last_year = self._last_year
        found._skipped = self.breaks
        return found

    def counting(self, rule: Rule) -> "Calendar":
        """The calendar by which a rule counts."""
        return self.term if rule.pauses else self

    def add_days(self, day: date, n: int) -> date:
        """n calendar days after `day`, rolled to the next working day; backwards (n < 0) rolled to the one before."""
        try:
            end = day + timedelta(days=n)
        except OverflowError:
            raise Invalid("calendar.out_of_range", day=day.isoformat(), count=n) from None
        return self.next_working(end) if n >= 0 else self.previous_working(end)

    def days_between(self, start: date, end: date) -> int:
        """Calendar days after `start` up to and including `end`, without the holidays that are paused on."""
        if end < start:
            return -self.days_between(end, start)
        off = sum(max(0, (min(end, last) - max(start, first - _ONE)).days) for first, last in self._skipped)
        return (end - start).days - off

    def raw_end(self, rule: Rule, start: date, used: int = 0) -> date:
        """The last calendar day of a rule that counts days, before it is rolled to a working one.

        More days `used` than the rule has are counted back from `start`.
        """
        end = add_months(start, rule.months) + timedelta(days=rule.amount - used)
        for first, last in reversed(self._skipped):
            if first < start and end < start and end <= last:
                end -= min(last, start - _ONE) - first + _ONE
        for first, last in self._skipped:
            if start < last and max(first, start + _ONE) <= end:
                end += last - max(start, first - _ONE)
        return end

    def last_day(self, rule: Rule, start: date, used: int = 0) -> date:
        """The working day with which a rule that counts (working) days ends, `used` of them being gone already."""
        if rule.measure == WORKDAYS:
            return self.add_workdays(start, rule.amount - used)
        end = self.raw_end(rule, start, used)
        return self.next_working(end) if end >= start else self.previous_working(end)

    def workdays_left(self, due_at: datetime, now: datetime) -> int | None:
        """Working days from today to the deadline's day, negative when it has passed; None without a deadline."""
        if due_at.year == date.max.year:
            return None
        today, last = (moment.astimezone(self.zone).date() for moment in (now, due_at))
        return self.workdays_between(today, last)

    def is_provisional(self, day: date) -> bool:
        """Whether the calendar of this day's year is not published yet (weekends only)."""
        return day.year in self._provisional or day.year > self._last_year

    def due(self, rule: str, start: datetime) -> Due:
        """When `rule`, counted from `start` (aware), falls due.

        Rules: "5 workdays", "7 days", "4 workhours", ISO durations, "R3/…" (the first period), an aware ISO datetime, a
        date. Whole days end with the working hours of the last day; a duration with a time part (PT4H, P1DT0H) is exact
        elapsed time. Raises Invalid `calendar.rule_unreadable` (params `rule`, `remedy`), ValueError for a naive
        `start`.
        """
        if start.tzinfo is None:
            raise ValueError("a deadline starts at an aware datetime")
        parsed = parse_rule(rule)
        start_day = start.astimezone(self.zone).date()
        try:
            due_at = self.counting(parsed)._due_at(parsed, start, start_day)
        except (OverflowError, ValueError):
            raise Invalid("calendar.out_of_range", day=start_day.isoformat(), count=parsed.amount) from None
        years = range(start_day.year, due_at.year + 1)
        provisional = any(year in self._provisional or year > self._last_year for year in years)
        return Due(due_at, parsed.unit, start_day, rule, parsed.count, provisional)

    def _due_at(self, rule: Rule, start: datetime, start_day: date) -> datetime:
        if rule.instant is not None:
            return rule.instant
        if rule.measure == WORKHOURS:
            return self.add_worktime(start, rule.amount)
        if rule.measure == DATE:
            assert rule.day is not None
            return self.end_of(rule.day)
        if rule.measure not in COUNTED:
            return (add_months(start.astimezone(self.zone), rule.months).astimezone(UTC)) + rule.elapsed
        day = self.last_day(rule, start_day)
        day = day if self.end_of(day) >= start else self.add_workdays(day, 1)
        return self.end_of(day)


_ONE = timedelta(days=1)


def _merged(breaks: Collection[Break]) -> tuple[Break, ...]:
    """Holidays in order; those that touch or overlap are one, so that no day is skipped twice."""
    found: list[Break] = []
    for first, last in sorted(breaks):
        if found and first <= found[-1][1] + _ONE:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def add_months(day: D, months: int) -> D:
    """The same day of the month `months` later, or the last of that month."""
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
