"""Relations between points and ranges (DMN 1.5, 10.3.4.11), each written as comparisons of ends."""

from typing import Any

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.operators import both, equal, order
from workflows.feel.values import Range


def _either(left: bool | None, right: bool | None) -> bool | None:
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _below(frame: Frame, left: Any, right: Any, touching: bool) -> bool | None:
    """left < right, or left = right where touching ends do not overlap."""
    less = order(frame, "LT", left, right)
    return _either(less, equal(frame, left, right)) if touching else less


def _has(frame: Frame, span: Range, point: Any) -> bool | None:
    low = order(frame, "GE" if span.low_closed else "GT", point, span.low)
    return both(low, order(frame, "LE" if span.high_closed else "LT", point, span.high))


@builtin("before", "point1: point, point2: point")
def before(frame: Frame, first: Any, second: Any) -> bool | None:
    """Point before point."""
    return order(frame, "LT", first, second)


@builtin("before", "point: point, range: range")
def before_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point before the start of a range."""
    return _below(frame, point, span.low, not span.low_closed)


@builtin("before", "range: range, point: point")
def range_before(frame: Frame, span: Range, point: Any) -> bool | None:
    """Range ends before a point."""
    return _below(frame, span.high, point, not span.high_closed)


@builtin("before", "range1: range, range2: range")
def range_before_range(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range ends before the second starts."""
    return _below(frame, first.high, second.low, not (first.high_closed and second.low_closed))


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
    return both(first.high_closed and second.low_closed, equal(frame, first.high, second.low))


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
    earlier = order(frame, "LT", first.low, second.low)
    return _either(earlier, both(equal(frame, first.low, second.low), first.low_closed and not second.low_closed))


def _ends_earlier(frame: Frame, first: Range, second: Range) -> bool | None:
    earlier = order(frame, "LT", first.high, second.high)
    return _either(earlier, both(equal(frame, first.high, second.high), second.high_closed and not first.high_closed))


@builtin("overlaps before", "range1: range, range2: range")
def overlaps_before(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range starts earlier, reaches into the second and ends no later."""
    later = _ends_earlier(frame, second, first)
    return both(both(_starts_earlier(frame, first, second), overlaps(frame, first, second)), _not(later))


@builtin("overlaps after", "range1: range, range2: range")
def overlaps_after(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range starts in the second and ends later, or with it."""
    starts = both(overlaps(frame, first, second), _not(_starts_earlier(frame, first, second)))
    return both(starts, _ends_earlier(frame, second, first))


@builtin("finishes", "point: point, range: range")
def finishes_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point is the closed end of a range."""
    return both(span.high_closed, equal(frame, point, span.high))


@builtin("finishes", "range1: range, range2: range")
def finishes(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range lies in the second and ends with it."""
    same = both(first.high_closed == second.high_closed, equal(frame, first.high, second.high))
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
    return _has(frame, span, point)


@builtin("includes", "range1: range, range2: range")
def includes(frame: Frame, first: Range, second: Range) -> bool | None:
    """The second range lies in the first."""
    return both(_not(_starts_earlier(frame, second, first)), _not(_ends_earlier(frame, first, second)))


@builtin("during", "point: point, range: range")
def during_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point lies in a range."""
    return _has(frame, span, point)


@builtin("during", "range1: range, range2: range")
def during(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range lies in the second."""
    return includes(frame, second, first)


@builtin("starts", "point: point, range: range")
def starts_range(frame: Frame, point: Any, span: Range) -> bool | None:
    """Point is the closed start of a range."""
    return both(span.low_closed, equal(frame, point, span.low))


@builtin("starts", "range1: range, range2: range")
def starts(frame: Frame, first: Range, second: Range) -> bool | None:
    """First range lies in the second and starts with it."""
    same = both(first.low_closed == second.low_closed, equal(frame, first.low, second.low))
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
    ends = both(equal(frame, first.low, second.low), equal(frame, first.high, second.high))
    return both(alike, ends)
