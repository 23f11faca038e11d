"""Functions over lists of numbers, and min and max over anything that has an order."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.operators import calculate, order
from workflows.feel.values import CONTEXT, YearsMonths, kind_of

_Numbers = list[Decimal]


def _over_numbers(name: str) -> Callable[[Callable[[_Numbers], Any]], Any]:
    """Declare a function over a list of numbers, or over its arguments; null for an empty list or another kind."""

    def register(compute: Callable[[_Numbers], Any]) -> Any:
        @builtin(name, "list: list")
        @builtin(name, "n...: any")
        def run(frame: Frame, items: list[Any]) -> Any:
            if any(type(item) is not Decimal for item in items):
                return frame.warn(
                    "feel.warning.type", expected="number", found="/".join(sorted({kind_of(item) for item in items}))
                )
            if not items:
                return None
            frame.meter.charge(4 * len(items))
            try:
                return compute(items)
            except ArithmeticError:
                return frame.warn("feel.warning.value", function=name, value="...")

        return compute

    return register


def _mean(items: _Numbers) -> Decimal:
    return CONTEXT.divide(reduce(CONTEXT.add, items), Decimal(len(items)))


_over_numbers("mean")(_mean)


@_over_numbers("product")
def product(items: _Numbers) -> Decimal:
    """All numbers multiplied."""
    return reduce(CONTEXT.multiply, items)


@_over_numbers("median")
def median(items: _Numbers) -> Decimal:
    """The middle number, or the mean of the two in the middle."""
    ordered, middle = sorted(items), len(items) // 2
    return ordered[middle] if len(items) % 2 else _mean(ordered[middle - 1 : middle + 1])


@_over_numbers("stddev")
def stddev(items: _Numbers) -> Decimal | None:
    """The standard deviation of a sample; null for fewer than two numbers."""
    if len(items) < 2:
        return None
    mean = _mean(items)
    squares = [CONTEXT.multiply(gap, gap) for gap in (CONTEXT.subtract(item, mean) for item in items)]
    return CONTEXT.sqrt(CONTEXT.divide(reduce(CONTEXT.add, squares), Decimal(len(items) - 1)))


@builtin("mode", "list: list")
@builtin("mode", "n...: any")
def mode(frame: Frame, items: list[Any]) -> Any:
    """The most frequent numbers in ascending order; empty for an empty list."""
    if any(type(item) is not Decimal for item in items):
        return frame.warn("feel.warning.type", expected="number", found="list")
    counts = Counter(items)
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


@builtin("sum", "list: list")
@builtin("sum", "n...: any")
def total(frame: Frame, items: list[Any]) -> Any:
    """The sum of numbers, or of durations of one kind; null for an empty list."""
    if not items or type(items[0]) not in (Decimal, timedelta, YearsMonths):
        return None
    found = items[0]
    for item in items[1:]:
        if found is None:
            return None
        found = calculate(frame, "PLUS", found, item)
    return found


def _extreme(frame: Frame, items: list[Any], kind: str) -> Any:
    if not items:
        return None
    found = items[0]
    for item in items:
        better = order(frame, kind, item, found)
        if better is None:
            return None
        found = item if better else found
    return found


@builtin("min", "list: list")
@builtin("min", "c...: any")
def minimum(frame: Frame, items: list[Any]) -> Any:
    """The least of values of one kind; null for an empty list."""
    return _extreme(frame, items, "LT")


@builtin("max", "list: list")
@builtin("max", "c...: any")
def maximum(frame: Frame, items: list[Any]) -> Any:
    """The greatest of values of one kind; null for an empty list."""
    return _extreme(frame, items, "GT")
