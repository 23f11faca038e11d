"""The input space of a table cut into regions in which every cell says the same, for finding overlaps and gaps.

A column's regions are sample values: every constant its cells mention, something between each two neighbours, and
something beyond both ends; null only where a cell of the column asks for it. What a cell accepts is found by running
its tests on the samples, not by analysing them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from workflows.decisions.model import Cell, Table
from workflows.feel import FeelError, UnaryTests, YearsMonths, compile_expression
from workflows.feel.types import TYPES
from workflows.feel.values import kind_of

MAX_BOXES = 2_000
"""Boxes kept while subtracting rows: beyond it a question stays unanswered."""

_CONSTANT = re.compile(
    r"""(?:date\s+and\s+time|date|time|duration)\s*\(\s*"[^"]*"\s*\)|@\s*"[^"]*"|"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?|\btrue\b|\bfalse\b""",
    re.VERBOSE,
)
_NULL = re.compile(r"\bnull\b")
_OTHER = "\u2026"
_STEPS: dict[type, Any] = {
    date: timedelta(days=1), datetime: timedelta(seconds=1), timedelta: timedelta(seconds=1),
}  # fmt: skip

FEEL_NAMES = {
    "dateTime": "date and time", "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}  # fmt: skip
"""What FEEL calls the types that DMN editors write otherwise."""

Box = tuple[int, ...]
"""One set of regions (bits) per column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's samples, and what every row accepts of them; None for a cell that reads variables."""

    label: str
    samples: tuple[Any, ...]
    accepted: tuple[int | None, ...]


def constants(text: str) -> list[Any]:
    """The literals that occur in a cell, numbers with both signs."""
    found: list[Any] = []
    for match in _CONSTANT.finditer(text):
        try:
            value = compile_expression(match.group()).evaluate({})
        except FeelError:
            continue
        found += [value, -value] if isinstance(value, Decimal) else [value]
    return found


def tells_null(text: str) -> bool:
    """Whether a cell asks for null, so that null is one of the values that its column takes."""
    return _NULL.search(_CONSTANT.sub("", text)) is not None


def columns_of(table: Table) -> list[Column]:
    """The columns of a table with their regions."""
    return [_column(table, index) for index in range(len(table.inputs))]


def _column(table: Table, index: int) -> Column:
    column = table.inputs[index]
    cells = [rule.cells[index] for rule in table.rules]
    found = [value for cell in cells for value in constants(cell.text)] + constants(column.allowed_text)
    samples = tuple(value for value in _samples(found, column.kind.name) if _allowed(column.allowed, value))
    samples = samples or (Decimal(0) if column.kind.name == "number" else _OTHER,)
    if any(tells_null(cell.text) for cell in cells):
        samples = (*samples, None)
    return Column(column.label, samples, tuple(_accepted(cell, samples) for cell in cells))


def _allowed(allowed: UnaryTests | None, value: Any) -> bool:
    if allowed is None or allowed.names:
        return True
    try:
        return allowed.test(value, {}) is True
    except FeelError:
        return True


def _samples(found: list[Any], kind: str) -> Iterator[Any]:
    if kind == "boolean" or any(isinstance(value, bool) for value in found):
        yield from (True, False)
        return
    by_kind: dict[str, set[Any]] = {}
    for value in found:
        by_kind.setdefault(kind_of(value), set()).add(value)
    same = FEEL_NAMES.get(kind, kind)
    for name, values in by_kind.items():
        if same in TYPES and name != same:
            continue
        ordered = sorted(values, key=lambda value: value.months if isinstance(value, YearsMonths) else value)
        yield from _around(ordered)


def _around(ordered: list[Any]) -> Iterator[Any]:
    """The values, and one sample in each region between and beyond them."""
    if isinstance(ordered[0], str):
        yield from (*ordered, _OTHER)
        return
    if isinstance(ordered[0], Decimal):
        yield ordered[0] - 1
        for low, high in pairwise(ordered):
            yield from (low, (low + high) / 2)
        yield from (ordered[-1], ordered[-1] + 1)
        return
    yield from sorted({moved for value in ordered for moved in _near(value)})


def _near(value: Any) -> Iterable[Any]:
    if isinstance(value, YearsMonths):
        return (YearsMonths(value.months - 1), value, YearsMonths(value.months + 1))
    step = _STEPS.get(type(value))
    if step is None:
        return (value,)
    try:
        return (value - step, value, value + step)
    except OverflowError:
        return (value,)


def _accepted(cell: Cell, samples: Sequence[Any]) -> int | None:
    if cell.tests.names or cell.tests.uncertain:
        return None
    mask = 0
    for bit, sample in enumerate(samples):
        try:
            mask |= (cell.tests.test(sample, {}) is True) << bit
        except FeelError:
            return None
    return mask


def whole(columns: Sequence[Column]) -> Box:
    """The box of all regions."""
    return tuple((1 << len(column.samples)) - 1 for column in columns)


def box_of(columns: Sequence[Column], row: int, unknown: int) -> Box:
    """What a row accepts; `unknown` (-1 all, 0 nothing) stands for cells that read variables."""
    full = whole(columns)
    found = (column.accepted[row] for column in columns)
    return tuple(full[at] & unknown if mask is None else mask for at, mask in enumerate(found))


def meet(first: Box, second: Box) -> Box | None:
    """The common part of two boxes, or None."""
    common = tuple(a & b for a, b in zip(first, second, strict=True))
    return common if all(common) else None


def subtract(boxes: list[Box], removed: Box) -> list[Box] | None:
    """What is left of boxes without another; None when that grows beyond MAX_BOXES."""
    left: list[Box] = []
    for box in boxes:
        common = meet(box, removed)
        if common is None:
            left.append(box)
            continue
        for at, mask in enumerate(box):
            rest = mask & ~common[at]
            if rest:
                left.append((*common[:at], rest, *box[at + 1 :]))
        if len(left) > MAX_BOXES:
            return None
    return left


def example(columns: Sequence[Column], box: Box) -> dict[str, Any]:
    """Sample values of one point of a box, by column label; columns that do not matter are left out."""
    full = whole(columns)
    return {
        column.label: column.samples[(mask & -mask).bit_length() - 1]
        for column, mask, every in zip(columns, box, full, strict=True)
        if mask != every or len(column.samples) == 1
    }
