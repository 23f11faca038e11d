"""What is suspicious in a decision table: overlaps, gaps, rows that never answer, values of the wrong type."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions.model import Decision, Rule, Table, Trace
from workflows.decisions.regions import (
    FEEL_NAMES,
    Box,
    Column,
    box_of,
    columns_of,
    constants,
    example,
    meet,
    subtract,
    whole,
)
from workflows.feel import FeelError, FeelSyntaxError, compile_expression, plain
from workflows.feel.frame import MAX_STEPS, Frame, Meter
from workflows.feel.values import kind_of

TEXTS: dict[str, tuple[str, str]] = {
    "table.overlap": (
        "第 {row} 行与第 {other} 行同时命中，例如 {example}",
        "row {row} and row {other} both match, such as {example}",
    ),
    "table.gap": ("没有一行命中，例如 {example}", "no row matches, such as {example}"),
    "table.unreachable": (
        "第 {row} 行永远轮不到：前面的行已全部命中",
        "row {row} is never reached: rows above match first",
    ),
    "table.never": ("第 {row} 行的“{column}”没有值能满足", "nothing satisfies “{column}” of row {row}"),
    "table.input_type": (
        "第 {row} 行的“{column}”应与 {expected} 比较，写的是 {found}",
        "“{column}” of row {row} is compared with {found}, but holds {expected}",
    ),
    "table.output_type": (
        "第 {row} 行的“{column}”应为 {expected}，写的是 {found}",
        "“{column}” of row {row} is {found} instead of {expected}",
    ),
    "table.output_value": (
        "第 {row} 行的“{column}”的值 {found} 不在允许的 {expected} 之内",
        "“{column}” of row {row} is {found}, which is not one of {expected}",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the row from 1 (0: the whole table), its code, the words in Chinese and English."""

    row: int
    code: str
    message: str
    message_en: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, locale: str = "zh") -> str:
        """The words in one language."""
        return self.message_en if locale.startswith("en") else self.message


def _finding(row: int, code: str, **params: Any) -> Finding:
    filled = {"row": row, **params}
    zh, en = (text.format_map(filled) for text in TEXTS[code])
    return Finding(row, code, zh, en, filled)


def check(decision: Decision) -> list[Finding]:
    """Findings of a decision that is a table, by row; none for other decisions.

    Cells that read variables are never blamed; gaps and unreachable rows are best effort in very large tables.
    """
    table = decision.table
    if table is None or not table.rules:
        return []
    columns = columns_of(table)
    found = [*_types(table), *_never(columns, len(table.rules))]
    dead = {finding.row for finding in found if finding.code == "table.never"}
    found += _overlaps(table, columns)
    found += _unreachable(table, columns, dead)
    found += _gaps(table, columns)
    return sorted(found, key=lambda finding: (finding.row, finding.code))


def _shown(columns: list[Column], box: Box) -> str:
    values = example(columns, box) or {columns[0].label: columns[0].samples[0]} if columns else {}
    return ", ".join(f"{label} = {_text(value)}" for label, value in values.items())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(plain(value))


def _never(columns: list[Column], rows: int) -> Iterator[Finding]:
    for row in range(rows):
        for column in columns:
            if column.accepted[row] == 0:
                yield _finding(row + 1, "table.never", column=column.label)
                break


def _overlaps(table: Table, columns: list[Column]) -> Iterator[Finding]:
    if table.policy not in ("UNIQUE", "ANY"):
        return
    boxes = [box_of(columns, row, 0) for row in range(len(table.rules))]
    for first, rule in enumerate(table.rules):
        for second in range(first + 1, len(table.rules)):
            if table.policy == "ANY" and rule.texts == table.rules[second].texts:
                continue
            common = meet(boxes[first], boxes[second])
            if common is not None:
                shown = _shown(columns, common)
                yield _finding(second + 1, "table.overlap", other=first + 1, example=shown)


def _unreachable(table: Table, columns: list[Column], dead: set[int]) -> Iterator[Finding]:
    if table.policy != "FIRST":
        return
    for row in range(1, len(table.rules)):
        left: list[Box] | None = [box_of(columns, row, -1)]
        for above in range(row):
            left = subtract(left, box_of(columns, above, 0)) if left else left
        if left == [] and row + 1 not in dead:
            yield _finding(row + 1, "table.unreachable")


def _gaps(table: Table, columns: list[Column]) -> Iterator[Finding]:
    if any(output.default for output in table.outputs) or table.policy.startswith("COLLECT"):
        return
    left: list[Box] | None = [whole(columns)]
    for row in range(len(table.rules)):
        left = subtract(left, box_of(columns, row, -1)) if left else left
    for box in (left or [])[:3]:
        yield _finding(0, "table.gap", example=_shown(columns, box))


def _types(table: Table) -> Iterator[Finding]:
    for rule in table.rules:
        yield from _input_types(table, rule)
        yield from _output_types(table, rule)


def _input_types(table: Table, rule: Rule) -> Iterator[Finding]:
    for column, cell in zip(table.inputs, rule.cells, strict=True):
        expected = column.kind.name
        if column.kind.simple is None or cell.tests.names or "?" in cell.text or "(" in cell.text:
            continue
        wrong = sorted({kind_of(value) for value in constants(cell.text)} - {expected, kind_of(None)})
        same = FEEL_NAMES.get(expected, expected)
        if wrong and wrong != [same]:
            yield _finding(
                rule.index, "table.input_type", column=column.label, expected=expected, found=", ".join(wrong)
            )


def _output_types(table: Table, rule: Rule) -> Iterator[Finding]:
    for column, text, logic in zip(table.outputs, rule.texts, rule.outputs, strict=True):
        if not _is_constant(text):
            continue
        frame = Frame({}, [], None, Meter(MAX_STEPS))
        try:
            value = logic(frame, Trace())
        except FeelError:
            continue
        where = {"column": column.label, "found": _text(value)}
        if value is not None and column.kind.convert(frame, value) is None:
            yield _finding(rule.index, "table.output_type", expected=column.kind.name, **where)
        elif value is not None and column.values and value not in column.values:
            yield _finding(rule.index, "table.output_value", expected=column.values_text, **where)


def _is_constant(text: str) -> bool:
    try:
        return bool(text) and text != "-" and not compile_expression(text).names
    except FeelSyntaxError:
        return False
