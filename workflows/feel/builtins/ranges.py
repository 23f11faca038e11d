"""Relations between points and ranges (DMN 1.5, 10.3.4.11), each written as comparisons of ends.

A range without an end, such as (>= 5), ends at infinity there, where it is open.
"""

from typing import Any, NamedTuple

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.operators import both, equal, in_range, order
from workflows.feel.values import Range


class _End(NamedTuple):
    """A point or an end of a range; `infinite` is -1 or 1 where there is none."""

    value: Any
    infinite: int = 0


def _low(span: Range) -> _End:
    return _End(span.low, 0 if span.low is not None else -1)


def _high(span: Range) -> _End:
    return _End(span.high, 0 if span.high is not None else 1)


def _either(left: bool | None, right: bool | None) -> bool | None:
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _less(frame: Frame, left: _End, right: _End) -> bool | None:
    if left.infinite or right.infinite:
        return left.infinite < right.infinite
    return order(frame, "LT", left.value, right.value)


def _same(frame: Frame, left: _End, right: _End) -> bool | None:
    if left.infinite or right.infinite:
        return left.infinite == right.infinite
    return equal(frame, left.value, right.value)


def _below(frame: Frame, left: _End, right: _End, touching: bool) -> bool | None:
    """left < right, or left = right where touching ends do not overlap."""
    less = _less(frame, left, right)
    return _either(less, _same(frame, left, right)) if touching else less


@builtin("before", "point1: point, point2: point")
def before(frame: Frame, first: Any, second: Any) -> bool | None:
    """Point before point."""
    return order(frame, "LT", first, second)


@builtin("before", "point: point, range: range")
def before_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point before the start of a range."""
    return _below(frame, _End(point), _low(span), not span.low_closed)


@builtin("before", "range: range, point: point")
def range_before(frame: Frame, span: Range, point: Any) -> bool | None:
    """Range ends before a point."""
    return _below(frame, _high(span), _End(point), not span.high_closed)


@builtin("before", "range1: range, range2: range")
def range_before_range(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range ends before the second starts."""
    return _below(frame, _high(first), _low(second), not (first.high_closed and second.low_closed))


@builtin("after", "point1: point, point2: point")
def after(frame: Frame, first: Any, second: Any) -> bool | None:
    """Point after point."""
    return order(frame, "GT", first, second)


@builtin("after", "point: point, range: range")
def after_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point after the end of a range."""
    return range_before(frame, span, point)


@builtin("after", "range: range, point: point")
def range_after(frame: Frame, span: Range, point: Any) -> bool | None:
    """Range starts after a point."""
    return before_range(frame, point, span)


@builtin("after", "range1: range, range2: range")
def range_after_range(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range starts after the second ends."""
    return range_before_range(frame, second, first)


@builtin("meets", "range1: range, range2: range")
def meets(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range ends where the second starts, both closed there."""
    return both(first.high_closed and second.low_closed, _same(frame, _high(first), _low(second)))


@builtin("met by", "range1: range, range2: range")
def met_by(frame: Frame, first: Range, second: Range) -> bool | None:
    """The second range meets the first."""
    return meets(frame, second, first)


@builtin("overlaps", "range1: range, range2: range")
def overlaps(frame: Frame, first: Range, second: Range) -> bool | None:
    """The ranges have a point in common."""
    apart = _either(range_before_range(frame, first, second), range_before_range(frame, second, first))
    return None if apart is None else not apart


def _starts_earlier(frame: Frame, first: Range, second: Range) -> bool | None:
    one, other = _low(first), _low(second)
    closed = first.low_closed and not second.low_closed
    return _either(_less(frame, one, other), both(_same(frame, one, other), closed))


def _ends_earlier(frame: Frame, first: Range, second: Range) -> bool | None:
    earlier = _less(frame, _high(first), _high(second))
    return _either(
        earlier, both(_same(frame, _high(first), _high(second)), second.high_closed and not first.high_closed)
    )


@builtin("overlaps before", "range1: range, range2: range")
def overlaps_before(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range starts earlier, reaches into the second and ends no later."""
    later = _ends_earlier(frame, second, first)
    return both(both(_starts_earlier(frame, first, second), overlaps(frame, first, second)), _not(later))


@builtin("overlaps after", "range1: range, range2: range")
def overlaps_after(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range starts later, within the second, and ends no earlier: the second overlaps before the first."""
    return overlaps_before(frame, second, first)


@builtin("finishes", "point: point, range: range")
def finishes_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point is the closed end of a range."""
    return both(span.high_closed, _same(frame, _End(point), _high(span)))


@builtin("finishes", "range1: range, range2: range")
def finishes(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range lies in the second and ends with it."""
    same = both(first.high_closed == second.high_closed, _same(frame, _high(first), _high(second)))
    return both(same, _not(_starts_earlier(frame, first, second)))


@builtin("finished by", "range: range, point: point")
def finished_by_point(frame: Frame, span: Range, point: Any) -> bool | None:
    """Range ends, closed, with a point."""
    return finishes_range(frame, point, span)


@builtin("finished by", "range1: range, range2: range")
def finished_by(frame: Frame, first: Range, second: Range) -> bool | None:
    """The second range finishes the first."""
    return finishes(frame, second, first)


@builtin("includes", "range: range, point: point")
def includes_point(frame: Frame, span: Range, point: Any) -> bool | None:
    """Point lies in a range."""
    return in_range(frame, point, span)


@builtin("includes", "range1: range, range2: range")
def includes(frame: Frame, first: Range, second: Range) -> bool | None:
    """The second range lies in the first."""
    return both(_not(_starts_earlier(frame, second, first)), _not(_ends_earlier(frame, first, second)))


@builtin("during", "point: point, range: range")
def during_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point lies in a range."""
    return in_range(frame, point, span)


@builtin("during", "range1: range, range2: range")
def during(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range lies in the second."""
    return includes(frame, second, first)


@builtin("starts", "point: point, range: range")
def starts_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point is the closed start of a range."""
    return both(span.low_closed, _same(frame, _End(point), _low(span)))


@builtin("starts", "range1: range, range2: range")
def starts(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range lies in the second and starts with it."""
    same = both(first.low_closed == second.low_closed, _same(frame, _low(first), _low(second)))
    return both(same, _not(_ends_earlier(frame, second, first)))


@builtin("started by", "range: range, point: point")
def started_by_point(frame: Frame, span: Range, point: Any) -> bool | None:
    """Range starts, closed, with a point."""
    return starts_range(frame, point, span)


@builtin("started by", "range1: range, range2: range")
def started_by(frame: Frame, first: Range, second: Range) -> bool | None:
    """The second range starts the first."""
    return starts(frame, second, first)


@builtin("coincides", "point1: point, point2: point")
def coincides(frame: Frame, first: Any, second: Any) -> bool | None:
    """The points are equal."""
    return equal(frame, first, second)


@builtin("coincides", "range1: range, range2: range")
def coincides_range(frame: Frame, first: Range, second: Range) -> bool | None:
    """The ranges have the same ends, closed alike."""
    alike = first.low_closed == second.low_closed and first.high_closed == second.high_closed
    ends = both(_same(frame, _low(first), _low(second)), _same(frame, _high(first), _high(second)))
    return both(alike, ends)
