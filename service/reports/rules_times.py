"""Pure rules of times: median and P90 by nearest rank, and how a time stands to its limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Heat = Literal["half", "near", "within", "over", "far", "unlimited"]


@dataclass(frozen=True)
class Times:
    """How often something was done, and in how many working days: the median and what nine in ten did not exceed."""

    number: int
    median: int
    p90: int


def times(days: Sequence[int]) -> Times:
    """Of at least one number; both by nearest rank, so that each is a time that really was taken."""
    ordered = sorted(days)
    return Times(len(ordered), _rank(ordered, 50), _rank(ordered, 90))


def _rank(ordered: Sequence[int], percent: int) -> int:
    return ordered[-(-len(ordered) * percent // 100) - 1]


def heat(days: int, limit: int | None) -> Heat:
    """≤ half, ≤ 80 %, ≤ the limit, over it, over it by more than half."""
    if not limit:
        return "unlimited"
    if 2 * days <= limit:
        return "half"
    if 5 * days <= 4 * limit:
        return "near"
    if days <= limit:
        return "within"
    return "over" if 2 * days <= 3 * limit else "far"
