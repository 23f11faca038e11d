"""Evaluation of a decision table: inputs once, rows from the top, then the hit policy."""

from collections.abc import Sequence
from typing import Any

from workflows.decisions.kinds import passes
from workflows.decisions.model import Input, MatchedRule, Output, Rule, Table, Trace, inner_frame
from workflows.decisions.policies import POLICIES, UNMATCHED, Hit, outputs_of
from workflows.feel import UnaryTests, plain
from workflows.feel.frame import Frame
from workflows.feel.values import touch


def evaluate_table(table: Table, frame: Frame, trace: Trace, *, own: bool = False) -> Any:
    """The value of a table; notes the matching rules in the trace, and the inputs when it is the decision's `own`."""
    at = len(trace.rules)
    values = [_input(column, frame, trace) for column in table.inputs]
    inputs = {column.label: plain(value) for column, value in zip(table.inputs, values, strict=True)}
    if own:
        trace.inputs = inputs
    if not _all_allowed(table, frame, values):
        return None
    matching = _matching(table, frame, values)
    if not matching:
        return _default(table, frame, trace)
    hits = [Hit(rule, _outputs(table, rule, frame, trace)) for rule in matching]
    value, chosen = POLICIES[table.policy](frame, table, hits)
    trace.note(at, (_reason(table, hit, inputs) for hit in chosen))
    return value


def _input(column: Input, frame: Frame, trace: Trace) -> Any:
    value = touch(column.logic(frame, trace))
    return column.kind.convert(frame, column.kind.read(value)) if not column.kind.anything else value


def _all_allowed(table: Table, frame: Frame, values: Sequence[Any]) -> bool:
    """Whether every value is one that its column allows; a missing value (null) is left to the rows."""
    return all(
        column.allowed is None or _allowed(column.allowed, column.label, frame, value)
        for column, value in zip(table.inputs, values, strict=True)
    )


def _allowed(tests: UnaryTests, label: str, frame: Frame, value: Any) -> bool:
    for item in map(touch, value) if type(value) is list else [value]:
        if item is not None and not passes(frame, tests, item):
            frame.warn("feel.warning.value", function=label, value=item)
            return False
    return True


def _matching(table: Table, frame: Frame, values: list[Any]) -> list[Rule]:
    """The rules whose cells all accept their values; only the first under FIRST."""
    size = max((cell.tests.size for rule in table.rules for cell in rule.cells), default=0)
    tester = inner_frame(frame, frame.variables, size)
    slots = tester.slots
    found: list[Rule] = []
    for rule in table.rules:
        tester.meter.charge(2)
        for cell, value in zip(rule.cells, values, strict=False):
            slots[0] = value
            if cell.tests.run(tester) is not True:
                break
        else:
            found.append(rule)
            if table.policy == "FIRST":
                break
    return found


def _outputs(table: Table, rule: Rule, frame: Frame, trace: Trace) -> tuple[Any, ...]:
    pairs = zip(table.outputs, rule.outputs, strict=False)
    return tuple(_held(column, frame, logic(frame, trace)) for column, logic in pairs)


def _held(column: Output, frame: Frame, value: Any) -> Any:
    """An output held to the kind and the allowed values of its column."""
    value = column.kind.convert(frame, value)
    good = column.allowed is None or value is None or _allowed(column.allowed, column.label, frame, value)
    return value if good else None


def _default(table: Table, frame: Frame, trace: Trace) -> Any:
    """The default outputs; without any null, an empty list or the number 0, by the hit policy."""
    if not any(column.default for column in table.outputs):
        empty = UNMATCHED.get(table.policy)
        return list(empty) if isinstance(empty, tuple) else empty
    values = [
        column.kind.convert(frame, column.default(frame, trace)) if column.default else None for column in table.outputs
    ]
    return outputs_of(table, values)


def _reason(table: Table, hit: Hit, inputs: dict[str, Any]) -> MatchedRule:
    outputs = {column.label: plain(value) for column, value in zip(table.outputs, hit.outputs, strict=False)}
    return MatchedRule(hit.rule.id, hit.rule.index, inputs, outputs, hit.rule.annotation, table.name)
