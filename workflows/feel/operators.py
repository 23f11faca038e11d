"""Equality, order, arithmetic and membership of touched FEEL values; what has no result is null."""

import operator
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from workflows.feel import moments
from workflows.feel.far import FarDate, FarMoment
from workflows.feel.frame import Frame
from workflows.feel.values import CONTEXT, DAYS, ORDERED, Range, YearsMonths, is_context, kind_of, touch

ORDERINGS: dict[str, Callable[[Any, Any], Any]] = {
    "LT": operator.lt, "LE": operator.le, "GT": operator.gt, "GE": operator.ge,
}  # fmt: skip
SIGNS = {
    "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "=", "NE": "!=",
    "PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "POW": "**",
}  # fmt: skip


_INSTANTS = frozenset((datetime, time, FarDate, FarMoment))
"""What is not compared as Python compares: by its instant, with or without a zone, in any year."""


def equal(frame: Frame, left: Any, right: Any) -> bool | None:
    """FEEL's "=": null for two kinds that cannot be compared, never null when one side is null."""
    kind = type(left)
    if kind is type(right) and kind not in _INSTANTS:
        if kind is list or kind is dict:
            return _same(frame, left, right)
        if kind is str and len(left) > _LONG_TEXT:
            frame.meter.charge(len(left) >> 6)
        return _same_ends(frame, left, right) if kind is Range else bool(left == right)
    if left is None or right is None:
        return False
    if is_context(left) and is_context(right):
        return _same(frame, dict(left), dict(right))
    if kind_of(left) == kind_of(right):
        first, second = moments.alike(left, right)
        return bool(first == second)
    frame.warn("feel.warning.operands", left=kind_of(left), operator="=", right=kind_of(right))
    return None


def _same_ends(frame: Frame, left: Range, right: Range) -> bool:
    """Ranges are equal when they have equal ends, open or closed alike."""
    if (left.low_closed, left.high_closed) != (right.low_closed, right.high_closed):
        return False
    return equal(frame, left.low, right.low) is True and equal(frame, left.high, right.high) is True


def _same(frame: Frame, left: Any, right: Any) -> bool | None:
    """Lists by their items in order, contexts by their entries."""
    if len(left) != len(right):
        return False
    frame.meter.charge(3 * len(left))
    frame.meter.enter()
    if isinstance(left, list):
        found = all(equal(frame, touch(a), touch(b)) for a, b in zip(left, right, strict=True))
    else:
        found = left.keys() == right.keys() and all(equal(frame, touch(left[k]), touch(right[k])) for k in left)
    frame.meter.leave()
    return found


def order(frame: Frame, kind: str, left: Any, right: Any) -> bool | None:
    """FEEL's "<", "<=", ">", ">=" (by token name): null unless both sides are of one ordered kind."""
    first = type(left)
    if first in _INSTANTS or type(right) in _INSTANTS:
        if kind_of(left) == kind_of(right):
            return bool(ORDERINGS[kind](*moments.alike(left, right)))
    elif first is type(right) and first in ORDERED:
        if first is str and len(left) > _LONG_TEXT:
            frame.meter.charge(len(left) >> 6)
        return bool(ORDERINGS[kind](left, right))
    frame.warn("feel.warning.operands", left=kind_of(left), operator=SIGNS[kind], right=kind_of(right))
    return None


def both(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued "and" of two values, null for anything that is no boolean."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def within(frame: Frame, value: Any, target: Any) -> bool | None:
    """FEEL's "in" for one target: a range, a list of values, ranges and tests, or a single value."""
    if type(target) is Range:
        return in_range(frame, value, target)
    if type(target) is list:
        frame.meter.charge(len(target))
        if type(value) is list and equal(frame, value, target) is True:
            return True
        found = [_matches(frame, value, touch(item)) for item in target]
        return True if True in found else (False if None not in found else None)
    return equal(frame, value, target)


def _matches(frame: Frame, value: Any, item: Any) -> bool | None:
    if type(item) is Range:
        return in_range(frame, value, item)
    if type(item) is list and type(value) is not list:
        return within(frame, value, item)
    return equal(frame, value, item) is True if type(item) is not type(value) else equal(frame, value, item)


def in_range(frame: Frame, value: Any, target: Range) -> bool | None:
    """Whether a value lies in a range; null when they cannot be compared."""
    low = high = True if value is not None else None
    if target.low is not None:
        low = order(frame, "GE" if target.low_closed else "GT", value, target.low)
    if target.high is not None:
        high = order(frame, "LE" if target.high_closed else "LT", value, target.high)
    return both(low, high)


def _scale_days(duration: timedelta, factor: Decimal) -> timedelta:
    return moments.from_seconds(CONTEXT.multiply(moments.seconds_of(duration), factor))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    """What IEEE 754 says of 0 to the power of 0: 1."""
    return CONTEXT.power(base, exponent) if exponent else Decimal(1)


_POWER_COST = 200
"""Steps charged for a power: a fractional exponent costs about as much as 200 additions."""
_TEMPORAL_COST = 10
"""Steps charged for arithmetic with dates and durations."""
_LONG_TEXT = 1024
_Operation = Callable[[Any, Any], Any]
OPERATIONS: dict[tuple[str, type, type], _Operation] = {
    ("PLUS", Decimal, Decimal): CONTEXT.add,
    ("MINUS", Decimal, Decimal): CONTEXT.subtract,
    ("STAR", Decimal, Decimal): CONTEXT.multiply,
    ("SLASH", Decimal, Decimal): CONTEXT.divide,
    ("POW", Decimal, Decimal): _power,
    ("PLUS", timedelta, timedelta): operator.add,
    ("MINUS", timedelta, timedelta): operator.sub,
    ("PLUS", YearsMonths, YearsMonths): lambda a, b: moments.months(a.months + b.months),
    ("MINUS", YearsMonths, YearsMonths): lambda a, b: moments.months(a.months - b.months),
    ("STAR", timedelta, Decimal): _scale_days,
    ("STAR", Decimal, timedelta): lambda a, b: _scale_days(b, a),
    ("SLASH", timedelta, Decimal): lambda a, b: moments.from_seconds(CONTEXT.divide(moments.seconds_of(a), b)),
    ("SLASH", timedelta, timedelta): lambda a, b: CONTEXT.divide(moments.seconds_of(a), moments.seconds_of(b)),
    ("STAR", YearsMonths, Decimal): lambda a, b: moments.months(CONTEXT.multiply(Decimal(a.months), b)),
    ("STAR", Decimal, YearsMonths): lambda a, b: moments.months(CONTEXT.multiply(Decimal(b.months), a)),
    ("SLASH", YearsMonths, Decimal): lambda a, b: moments.months(CONTEXT.divide(Decimal(a.months), b)),
    ("SLASH", YearsMonths, YearsMonths): lambda a, b: CONTEXT.divide(Decimal(a.months), Decimal(b.months)),
    ("MINUS", time, time): moments.subtract_times,
    ("PLUS", time, timedelta): moments.add_time,
    ("PLUS", timedelta, time): lambda a, b: moments.add_time(b, a),
    ("MINUS", time, timedelta): lambda a, b: moments.add_time(a, -b),
}
OPERATIONS |= {("MINUS", left, right): moments.subtract for left in DAYS for right in DAYS}
for _kind in DAYS:
    OPERATIONS |= {
        ("PLUS", _kind, timedelta): moments.add_days,
        ("PLUS", timedelta, _kind): lambda a, b: moments.add_days(b, a),
        ("MINUS", _kind, timedelta): lambda a, b: moments.add_days(a, -b),
        ("PLUS", _kind, YearsMonths): lambda a, b: moments.add_months(a, b.months),
        ("PLUS", YearsMonths, _kind): lambda a, b: moments.add_months(b, a.months),
        ("MINUS", _kind, YearsMonths): lambda a, b: moments.add_months(a, -b.months),
    }


def calculate(frame: Frame, sign: str, left: Any, right: Any) -> Any:
    """One arithmetic operation by token name; null with a warning when it has no result."""
    if sign == "PLUS" and type(left) is str and type(right) is str:
        frame.meter.text(len(left) + len(right))
        return left + right
    operation = OPERATIONS.get((sign, type(left), type(right)))
    if operation is None:
        return frame.warn("feel.warning.operands", left=kind_of(left), operator=SIGNS[sign], right=kind_of(right))
    if sign == "POW":
        frame.meter.charge(_POWER_COST)
    elif type(left) is not Decimal or type(right) is not Decimal:
        frame.meter.charge(_TEMPORAL_COST)
    try:
        return operation(left, right)
    except (ArithmeticError, ValueError, TypeError):
        return frame.warn("feel.warning.arithmetic", left=left, operator=SIGNS[sign], right=right)
