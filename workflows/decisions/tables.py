"""Evaluation of a decision table: inputs once, rows from the top, then the hit policy."""

from typing import Any

from workflows.decisions.model import MatchedRule, Rule, Table, Trace, inner_frame
from workflows.decisions.policies import POLICIES, Hit, value_of
from workflows.feel import plain
from workflows.feel.frame import Frame
from workflows.feel.values import touch


def evaluate_table(table: Table, frame: Frame, trace: Trace) -> Any:
    """The value of a table; notes inputs and matching rules in the trace."""
    values = [_input(table, index, frame) for index in range(len(table.inputs))]
    trace.inputs = {column.label: plain(value) for column, value in zip(table.inputs, values, strict=True)}
    matching = _matching(table, frame, values)
    if not matching:
        return _default(table, frame)
    hits = [Hit(rule, tuple(logic(frame, Trace()) for logic in rule.outputs)) for rule in matching]
    hits = [_typed(table, hit, frame) for hit in hits]
    value, chosen = POLICIES[table.policy](frame, table, hits)
    trace.rules = tuple(_reason(table, hit, trace.inputs) for hit in chosen)
    return value


def _input(table: Table, index: int, frame: Frame) -> Any:
    column = table.inputs[index]
    value = column.kind.convert(frame, touch(column.logic(frame, Trace())))
    if column.allowed is not None and value is not None:
        inner = inner_frame(frame, frame.variables, column.allowed.size)
        inner.slots[0] = value
        if column.allowed.run(inner) is not True:
            frame.warn("feel.warning.value", function=column.label, value=value)
    return value


def _matching(table: Table, frame: Frame, values: list[Any]) -> list[Rule]:
    """The rules whose cells all accept their values; only the first under FIRST."""
    size = max((cell.tests.size for rule in table.rules for cell in rule.cells), default=0)
    tester = inner_frame(frame, frame.variables, size)
    slots = tester.slots
    found: list[Rule] = []
    for rule in table.rules:
        tester.meter.charge(2)
        for cell, value in zip(rule.cells, values, strict=True):
            slots[0] = value
            if cell.tests.run(tester) is not True:
                break
        else:
            found.append(rule)
            if table.policy == "FIRST":
                break
    return found


def _typed(table: Table, hit: Hit, frame: Frame) -> Hit:
    outputs = zip(table.outputs, hit.outputs, strict=True)
    return Hit(hit.rule, tuple(column.kind.convert(frame, value) for column, value in outputs))


def _default(table: Table, frame: Frame) -> Any:
    """The default outputs; null when the table has none."""
    if not any(column.default for column in table.outputs):
        return None
    values = tuple(column.default(frame, Trace()) if column.default else None for column in table.outputs)
    value = value_of(table, Hit(Rule("", 0, (), (), (), ""), values))
    return [value] if table.policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT") else value


def _reason(table: Table, hit: Hit, inputs: dict[str, Any]) -> MatchedRule:
    outputs = {column.label: plain(value) for column, value in zip(table.outputs, hit.outputs, strict=True)}
    return MatchedRule(hit.rule.id, hit.rule.index, inputs, outputs, hit.rule.annotation)
