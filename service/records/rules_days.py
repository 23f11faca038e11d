"""Pure rules of spans of days [first, until): whole months and years, spans laid together or cut out."""

import calendar
from collections.abc import Iterable
from datetime import date

Span = tuple[date, date]


def plus_months(day: date, months: int) -> date:
    """The same day so many months later (earlier when negative), else the last of that month (民法典 art 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(first: date, until: date) -> int:
    """Full months from `first` to the day before `until`; 0 when it is not later."""
    if until <= first:
        return 0
    months = (until.year - first.year) * 12 + until.month - first.month
    return months if plus_months(first, months) <= until else months - 1


def whole_years(first: date, until: date) -> int:
    """Full years from `first` to the day before `until`."""
    return whole_months(first, until) // 12


def passed(first: date, until: date | None, on: date) -> Span | None:
    """The part of a span that had passed when `on` began; None: nothing of it."""
    last = on if until is None else min(until, on)
    return (first, last) if first < last else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days as few spans, in order; spans that touch are one, so that nothing counts twice."""
    result: list[Span] = []
    for first, until in sorted(spans):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], until))
        elif until > first:
            result.append((first, until))
    return result


def months_of(spans: Iterable[Span]) -> int:
    """Full months of each stretch of days, added up."""
    return sum(whole_months(first, until) for first, until in merged(spans))


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The days of `spans` that are in none of `others`, in order."""
    left = merged(spans)
    for first, until in merged(others):
        left = [part for span in left for part in ((span[0], min(span[1], first)), (max(span[0], until), span[1]))]
        left = [span for span in left if span[0] < span[1]]
    return left
