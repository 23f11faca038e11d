"""Equality, order, arithmetic and membership of touched FEEL values; what has no result is null."""

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel import temporal
from workflows.feel.frame import Frame
from workflows.feel.values import CONTEXT, ORDERED, Range, YearsMonths, is_context, kind_of, touch

ORDERINGS: dict[str, Callable[[Any, Any], Any]] = {
    "LT": operator.lt, "LE": operator.le, "GT": operator.gt, "GE": operator.ge,
}  # fmt: skip
SIGNS = {
    "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "=", "NE": "!=",
    "PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "POW": "**",
}  # fmt: skip


def _zoned(value: Any) -> tuple[Any, str]:
    """A time with a zone id apart from its zone: Python gives such a time no offset to compare by."""
    key = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""
    return (value.replace(tzinfo=None) if key else value), key


def equal(frame: Frame, left: Any, right: Any) -> bool | None:
    """FEEL's "=": null for two kinds that cannot be compared, never null when one side is null."""
    kind = type(left)
    if kind is type(right):
        if kind is list or kind is dict:
            return _same(frame, left, right)
        if kind is str and len(left) > _LONG_TEXT:
            frame.meter.charge(len(left) >> 6)
        if kind is time:
            return _zoned(left) == _zoned(right)
        return bool(left == right)
    if left is None or right is None:
        return False
    if is_context(left) and is_context(right):
        return _same(frame, dict(left), dict(right))
    frame.warn("feel.warning.operands", left=kind_of(left), operator="=", right=kind_of(right))
    return None


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
    if type(left) is type(right) and type(left) in ORDERED:
        if type(left) is str and len(left) > _LONG_TEXT:
            frame.meter.charge(len(left) >> 6)
        if type(left) is time:
            left, right = _zoned(left)[0], _zoned(right)[0]
        try:
            return bool(ORDERINGS[kind](left, right))
        except TypeError:
            pass
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
    return temporal.from_seconds(CONTEXT.multiply(temporal.seconds_of(duration), factor))


def _months(count: Any) -> YearsMonths:
    if abs(count) >= _MOST_MONTHS:
        raise OverflowError(count)
    return YearsMonths(int(count))


def _subtract(left: date, right: date) -> timedelta:
    if isinstance(left, datetime) or isinstance(right, datetime):
        first = temporal.as_datetime(left, right if isinstance(right, datetime) else None)
        return first - temporal.as_datetime(right, first)
    return left - right


def _subtract_times(left: time, right: time) -> timedelta:
    day = date(2000, 1, 1)
    return datetime.combine(day, left) - datetime.combine(day, right)


_MOST_MONTHS = 10**11
_POWER_COST = 200
"""Steps charged for a power: a fractional exponent costs about as much as 200 additions."""
_LONG_TEXT = 1024
_Operation = Callable[[Any, Any], Any]
_DATES = (date, datetime)
OPERATIONS: dict[tuple[str, type, type], _Operation] = {
    ("PLUS", Decimal, Decimal): CONTEXT.add,
    ("MINUS", Decimal, Decimal): CONTEXT.subtract,
    ("STAR", Decimal, Decimal): CONTEXT.multiply,
    ("SLASH", Decimal, Decimal): CONTEXT.divide,
    ("POW", Decimal, Decimal): CONTEXT.power,
    ("PLUS", timedelta, timedelta): operator.add,
    ("MINUS", timedelta, timedelta): operator.sub,
    ("PLUS", YearsMonths, YearsMonths): lambda a, b: _months(a.months + b.months),
    ("MINUS", YearsMonths, YearsMonths): lambda a, b: _months(a.months - b.months),
    ("STAR", timedelta, Decimal): _scale_days,
    ("STAR", Decimal, timedelta): lambda a, b: _scale_days(b, a),
    ("SLASH", timedelta, Decimal): lambda a, b: temporal.from_seconds(CONTEXT.divide(temporal.seconds_of(a), b)),
    ("SLASH", timedelta, timedelta): lambda a, b: CONTEXT.divide(temporal.seconds_of(a), temporal.seconds_of(b)),
    ("STAR", YearsMonths, Decimal): lambda a, b: _months(CONTEXT.multiply(Decimal(a.months), b)),
    ("STAR", Decimal, YearsMonths): lambda a, b: _months(CONTEXT.multiply(Decimal(b.months), a)),
    ("SLASH", YearsMonths, Decimal): lambda a, b: _months(CONTEXT.divide(Decimal(a.months), b)),
    ("SLASH", YearsMonths, YearsMonths): lambda a, b: CONTEXT.divide(Decimal(a.months), Decimal(b.months)),
    ("MINUS", time, time): _subtract_times,
    ("PLUS", time, timedelta): temporal.add_time,
    ("PLUS", timedelta, time): lambda a, b: temporal.add_time(b, a),
    ("MINUS", time, timedelta): lambda a, b: temporal.add_time(a, -b),
}
OPERATIONS |= {("MINUS", left, right): _subtract for left in _DATES for right in _DATES}
for _kind in _DATES:
    OPERATIONS |= {
        ("PLUS", _kind, timedelta): temporal.add_days,
        ("PLUS", timedelta, _kind): lambda a, b: temporal.add_days(b, a),
        ("MINUS", _kind, timedelta): lambda a, b: temporal.add_days(a, -b),
        ("PLUS", _kind, YearsMonths): lambda a, b: temporal.add_months(a, b.months),
        ("PLUS", YearsMonths, _kind): lambda a, b: temporal.add_months(b, a.months),
        ("MINUS", _kind, YearsMonths): lambda a, b: temporal.add_months(a, -b.months),
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
    try:
        return operation(left, right)
    except (ArithmeticError, ValueError, TypeError):
        return frame.warn("feel.warning.arithmetic", left=left, operator=SIGNS[sign], right=right)
