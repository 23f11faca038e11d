"""The input space of a table cut into regions in which every plain cell says the same.

A column's regions are the constants that its cells mention, what lies between each two neighbours, and what lies beyond
both ends; each has a sample. What a cell accepts is found by running its tests on samples, not by analysing them.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from workflows.decisions.cells import literals
from workflows.decisions.model import Cell, Input, Table
from workflows.feel import FeelError, UnaryTests, YearsMonths
from workflows.feel.frame import MAX_STEPS, Frame, Meter
from workflows.feel.values import kind_of

FEEL_NAMES = {
    "dateTime": "date and time", "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}  # fmt: skip
"""What FEEL calls the types that DMN editors write otherwise."""

Box = tuple[int, ...]
"""One set of regions (bits) per column."""
_NONE = object()
_ANY: dict[str, Any] = {
    "string": "\0", "date": date(2000, 1, 1), "time": time(), "date and time": datetime(2000, 1, 1, tzinfo=UTC),
    "days and time duration": timedelta(), "years and months duration": YearsMonths(0),
}  # fmt: skip
"""Some value of a type, for columns whose cells mention null only."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The regions of one kind of value: `constants` in order, and their place among the samples of the column.

    Sample 2i+1 of an ordered segment is constant i, the even ones lie between; of the others each value is a sample.
    """

    start: int
    constants: tuple[Any, ...]
    ordered: bool
    keys: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column's samples, which of them can occur (bits), and what each row accepts; None for cells not plain."""

    label: str
    samples: tuple[Any, ...]
    domain: int
    accepted: tuple[int | None, ...]


def columns_of(table: Table) -> list[Column]:
    """The columns of a table with their regions."""
    return [_column(table, index, column) for index, column in enumerate(table.inputs)]


def base_of(column: Input) -> str:
    """What FEEL calls the type of a column; "" when it is none of the simple ones."""
    return FEEL_NAMES.get(column.kind.base, column.kind.base)


def _column(table: Table, index: int, column: Input) -> Column:
    cells = [rule.cells[index] for rule in table.rules]
    mentioned = [value for cell in cells for value in literals(cell.text) or ()]
    mentioned += literals(column.allowed_text) or ()
    samples, segments = _segments(mentioned, base_of(column))
    domain = sum(1 << bit for bit, sample in enumerate(samples) if sample is not _NONE and _occurs(column, sample))
    known: dict[str, int | None] = {}
    for cell in cells:
        if cell.text not in known:
            known[cell.text] = _accepted(cell, samples, segments)
    masks = (known[cell.text] for cell in cells)
    return Column(column.label, samples, domain, tuple(None if mask is None else mask & domain for mask in masks))


def _occurs(column: Input, sample: Any) -> bool:
    """Whether a column can hold a value, by its type and the values it allows; null always can."""
    if sample is None:
        return True
    frame = Frame({}, [], None, Meter(MAX_STEPS))
    try:
        if column.kind.convert(frame, sample) is None:
            return False
        return column.allowed is None or _not_plain(column) or _passes(column.allowed, sample)
    except FeelError:
        return True


def _not_plain(column: Input) -> bool:
    return literals(column.allowed.text if column.allowed is not None else "") is None


def _segments(mentioned: Sequence[Any], base: str) -> tuple[tuple[Any, ...], list[Segment]]:
    by_kind: dict[str, set[Any]] = {}
    for value in mentioned:
        by_kind.setdefault(kind_of(value), set()).add(value)
    if base == "boolean":
        by_kind["boolean"] = {True, False}
    samples: list[Any] = []
    segments: list[Segment] = []
    for kind, values in by_kind.items():
        if base and kind not in (base, "null"):
            continue
        segment, own = _segment(len(samples), kind, values)
        segments.append(segment)
        samples += own
    if [segment.constants for segment in segments] == [(None,)]:
        segments.append(Segment(1, (_ANY.get(base, Decimal(0)),), ordered=False))
        samples.append(segments[1].constants[0])
    return (tuple(samples), segments) if samples else ((None,), [Segment(0, (None,), ordered=False)])


def _segment(start: int, kind: str, values: set[Any]) -> tuple[Segment, list[Any]]:
    if kind == "boolean":
        return Segment(start, (True, False), ordered=False), [True, False]
    if kind == "null":
        return Segment(start, (None,), ordered=False), [None]
    ordered = sorted(values, key=_key)
    keys = tuple(_key(value) for value in ordered)
    return Segment(start, tuple(ordered), ordered=True, keys=keys), list(_around(ordered))


def _key(value: Any) -> Any:
    return value.months if isinstance(value, YearsMonths) else value


def _around(ordered: Sequence[Any]) -> Iterator[Any]:
    """A sample below the first, each value with one sample after it; _NONE where nothing lies between."""
    yield _before(ordered[0])
    for value, following in zip(ordered, [*ordered[1:], None], strict=True):
        yield value
        yield _between(value, following)


_STEPS: dict[type, Any] = {date: timedelta(days=1), datetime: timedelta(seconds=1), timedelta: timedelta(seconds=1)}


def _before(value: Any) -> Any:
    if isinstance(value, str):
        return "" if value else _NONE
    return _moved(value, -1)


def _between(low: Any, high: Any) -> Any:
    """A value above one and below the next (None: no next)."""
    if isinstance(low, str):
        found: Any = low + "\0"
    elif high is not None and isinstance(low, Decimal | timedelta | datetime):
        found = low + (high - low) / 2
    elif high is not None and isinstance(low, time):
        found = _middle(low, high)
    else:
        found = _moved(low, 1)
    if found is _NONE or (high is not None and not _key(low) < _key(found) < _key(high)):
        return _NONE
    return found


def _moved(value: Any, step: int) -> Any:
    try:
        if isinstance(value, Decimal):
            return value + step
        if isinstance(value, YearsMonths):
            return YearsMonths(value.months + step)
        if isinstance(value, time):
            return _at_second(value, _second(value) + step)
        return value + _STEPS[type(value)] * step
    except (OverflowError, KeyError):
        return _NONE


def _second(value: time) -> int:
    return (value.hour * 60 + value.minute) * 60 + value.second


def _at_second(like: time, second: int) -> Any:
    if not 0 <= second < 86400:
        return _NONE
    return time(second // 3600, second // 60 % 60, second % 60, tzinfo=like.tzinfo)


def _middle(low: time, high: time) -> Any:
    return _at_second(low, (_second(low) + _second(high) + 1) // 2)


def _accepted(cell: Cell, samples: Sequence[Any], segments: Sequence[Segment]) -> int | None:
    own = literals(cell.text)
    if own is None or cell.tests.names or cell.tests.uncertain:
        return None
    mask = 0
    for segment in segments:
        for first, last in _stretches(segment, own):
            stretch = range(first, last + 1)
            sample = next((samples[at] for at in stretch if samples[at] is not _NONE), _NONE)
            found = sample is not _NONE and _passes(cell.tests, sample)
            mask |= ((1 << (last - first + 1)) - 1) << first if found else 0
    return mask


def _stretches(segment: Segment, own: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """First and last sample of each stretch in which a cell with these constants says the same."""
    start, constants = segment.start, segment.constants
    if not segment.ordered:
        yield from ((start + at, start + at) for at in range(len(constants)))
        return
    kind = kind_of(constants[0])
    same = sorted({_key(value) for value in own if kind_of(value) == kind})
    after = start
    for key in same:
        place = start + 2 * bisect_left(segment.keys, key) + 1
        yield after, place - 1
        yield place, place
        after = place + 1
    yield after, start + 2 * len(constants)


def _passes(tests: UnaryTests, value: Any) -> bool:
    try:
        return tests.test(value, {}) is True
    except FeelError:
        return False


def box_of(columns: Sequence[Column], row: int, unknown: int) -> Box:
    """What a row accepts; `unknown` (-1 all, 0 nothing) stands for cells that are not plain."""
    found = ((column, column.accepted[row]) for column in columns)
    return tuple(column.domain & unknown if mask is None else mask for column, mask in found)


def meet(first: Box, second: Box) -> Box | None:
    """The common part of two boxes, or None."""
    common = []
    for a, b in zip(first, second, strict=True):
        if not a & b:
            return None
        common.append(a & b)
    return tuple(common)


def example(columns: Sequence[Column], box: Box, show: Callable[[Any], str]) -> str:
    """One point of a box in words; columns that do not matter are left out unless all are."""
    named = [
        f"{column.label} = {show(column.samples[(mask & -mask).bit_length() - 1])}"
        for column, mask in zip(columns, box, strict=True)
        if mask and (mask != column.domain or not mask & (mask - 1))
    ]
    everything = [f"{column.label} = {show(column.samples[(m & -m).bit_length() - 1])}"
                  for column, m in zip(columns, box, strict=True) if m]  # fmt: skip
    return ", ".join(named or everything[:1])
