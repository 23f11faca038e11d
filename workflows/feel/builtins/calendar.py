"""Lectern's own functions, not in the standard: working days of the calendar that the host injects in the scope.

`working days after(date, n)`: the n-th working day after a date (the day itself is not counted; n < 0 counts back).
`working days between(a, b)`: working days after a up to and including b; negative when b lies before a.
So `working days between(d, working days after(d, n)) = n`. A date and time counts as its date.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.moments import DAY

_COST = 4
"""Steps charged for asking the calendar about one day."""


@builtin("working days after", "date: date, n: number")
def working_days_after(frame: Frame, day: date, count: Decimal) -> Any:
    """The n-th working day after a date; null for a fraction, without a calendar, or beyond year 9999."""
    works = frame.scope.working_days if frame.scope else None
    if works is None:
        return frame.warn("feel.warning.calendar")
    if count != int(count):
        return frame.warn("feel.warning.value", function="working days after", value=count)
    step, left = (DAY if count > 0 else -DAY), abs(int(count))
    try:
        while left:
            frame.meter.charge(_COST)
            day += step
            left -= bool(works(day))
    except OverflowError:
        return frame.warn("feel.warning.value", function="working days after", value=count)
    return day


@builtin("working days between", "from: date, to: date")
def working_days_between(frame: Frame, start: date, end: date) -> Any:
    """How many working days lie after `from` up to and including `to`; negative when `to` is earlier."""
    works = frame.scope.working_days if frame.scope else None
    if works is None:
        return frame.warn("feel.warning.calendar")
    first, last, sign = (start, end, 1) if start <= end else (end, start, -1)
    found = 0
    while first < last:
        frame.meter.charge(_COST)
        first += DAY
        found += bool(works(first))
    return Decimal(sign * found)
