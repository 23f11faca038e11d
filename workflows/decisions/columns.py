"""Cells whose values do not fit the type or the allowed values of their column."""

from collections.abc import Iterator
from typing import Any

from workflows.decisions.cells import literals
from workflows.decisions.findings import Finding, finding, shown
from workflows.decisions.kinds import passes
from workflows.decisions.model import Output, Table
from workflows.decisions.outputs import constant_output
from workflows.decisions.regions import FEEL_NAMES, base_of
from workflows.feel import FeelError
from workflows.feel.frame import MAX_STEPS, Frame, Meter
from workflows.feel.values import MISSING, kind_of


def input_findings(table: Table) -> Iterator[Finding]:
    """Input cells that compare with values of another type."""
    for rule in table.rules:
        for column, cell in zip(table.inputs, rule.cells, strict=True):
            base, own = base_of(column), literals(cell.text)
            wrong = sorted({kind_of(value) for value in own or ()} - {base, "null"})
            if base and wrong:
                params = {"column": column.label, "expected": column.kind.base, "found": ", ".join(wrong)}
                yield finding(rule.index, "table.input_type", **params)


def output_findings(table: Table) -> Iterator[Finding]:
    """Output cells that are constants of another type, or not among the allowed values."""
    for rule in table.rules:
        for index, column in enumerate(table.outputs[: len(rule.texts)]):
            value = constant_output(table, rule, index)
            if value is None or value is MISSING:
                continue
            code = _wrong(column, value)
            if code:
                expected = column.kind.base or column.kind.name if code == "table.output_type" else column.values_text
                yield finding(rule.index, code, column=column.label, found=shown(value), expected=expected)


def _wrong(column: Output, value: Any) -> str:
    frame = Frame({}, [], None, Meter(MAX_STEPS))
    base = FEEL_NAMES.get(column.kind.base, column.kind.base)
    try:
        if column.kind.convert(frame, value) is None:
            return "table.output_value" if base and kind_of(value) == base else "table.output_type"
        if column.allowed is not None and literals(column.allowed.text) is not None:
            items = value if type(value) is list else [value]
            return "" if all(passes(frame, column.allowed, item) for item in items) else "table.output_value"
    except FeelError:
        return ""
    return ""
