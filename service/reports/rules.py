"""Pure rules of figures: days of a report, shares and means in whole numbers, what a target says of them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from service.posts.rules import share

Verdict = Literal["met", "missed", "undecided", "expired", "empty", "untargeted"]
YOUNGEST, OLDEST = 16, 70
"""Between these ages is whoever works and whose day of birth is not known."""


@dataclass(frozen=True)
class Measure:
    """What a figure came to: `part` of `whole`; of `unknown` rows nobody knows whether (or how much) they count.

    Rows that are unknown stand in the `whole` of a share, and outside that of a mean.
    """

    part: int
    whole: int
    unknown: int = 0


@dataclass(frozen=True)
class Aim:
    """A target in force: `value` in percent, or in the figure's unit for a mean; `until` is its year, 0: no end."""

    value: int
    sense: Literal["least", "most"] = "least"
    until: int = 0


def school_year(on: date) -> date:
    """1 September of the school year that contains the day."""
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)


def personnel_year(on: date) -> date:
    """1 January of the year of the day: the personnel year ends on 31 December."""
    return date(on.year, 1, 1)


def needed(measure: Measure, aim: Aim) -> int:
    """How many of the whole a share must reach: rounded up, exactly (8 % of 2,513 is 202)."""
    return share(measure.whole, aim.value)


def verdict(measure: Measure, aim: Aim | None, on: date, *, mean: bool = False) -> Verdict:
    """Whether the target is met, compared in whole numbers; undecided while what is unknown could turn the answer."""
    if aim is None:
        return "untargeted"
    if measure.whole == 0:
        return "empty"
    if aim.until and on.year > aim.until:
        return "expired"
    worst, best = _means(measure, aim) if mean else _shares(measure, aim)
    if worst and best:
        return "met"
    return "undecided" if worst or best else "missed"


def _shares(measure: Measure, aim: Aim) -> tuple[bool, bool]:
    reached = (100 * part for part in (measure.part, measure.part + measure.unknown))
    bound = aim.value * measure.whole
    found = [bound <= part if aim.sense == "least" else part <= bound for part in reached]
    return found[0], found[1]


def _means(measure: Measure, aim: Aim) -> tuple[bool, bool]:
    bound = aim.value * (measure.whole + measure.unknown)
    sums = [measure.part + age * measure.unknown for age in (YOUNGEST, OLDEST)]
    found = [total <= bound if aim.sense == "most" else bound <= total for total in sums]
    return found[0], found[1]


def quotient(part: int, whole: int, bound: int | None = None) -> str:
    """part ÷ whole with as many decimals, one to three, as it takes to stand on its own side of the bound.

    201 of 2,513 against 8 % is 7.998, not 8.0; empty when there is no whole.
    """
    if whole == 0:
        return ""
    for digits in (1, 2, 3):
        scaled = (2 * part * 10**digits + whole) // (2 * whole)
        text = f"{scaled // 10**digits}.{scaled % 10**digits:0{digits}d}"
        if bound is None or _side(scaled, bound * 10**digits) == _side(part, bound * whole):
            return text
    return text


def _side(value: int, bound: int) -> int:
    return (value > bound) - (value < bound)


def percent(measure: Measure, aim: Aim | None = None) -> str:
    """The share in percent."""
    return quotient(100 * measure.part, measure.whole, aim.value if aim else None)


def average(measure: Measure, aim: Aim | None = None) -> str:
    """The mean."""
    return quotient(measure.part, measure.whole, aim.value if aim else None)
