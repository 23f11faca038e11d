"""The output cells of a table that are constants: their values."""

from typing import Any

from workflows.decisions.model import Rule, Table, Trace
from workflows.feel import FeelError, FeelSyntaxError, compile_expression
from workflows.feel.frame import MAX_STEPS, Frame, Meter
from workflows.feel.values import MISSING


def constant_output(table: Table, rule: Rule, index: int) -> Any:
    """The value of an output cell that reads no variable; MISSING for one that does, or has no value."""
    text = rule.texts[index]
    if text in ("", "-"):
        return None
    try:
        compiled = compile_expression(text, table.names)
        if compiled.names or compiled.uncertain or "(" in text:
            return MISSING
        return rule.outputs[index](Frame({}, [], None, Meter(MAX_STEPS)), Trace())
    except (FeelError, FeelSyntaxError):
        return MISSING


def same_outputs(table: Table, first: Rule, second: Rule) -> bool | None:
    """Whether two rules answer the same; None when that depends on variables."""
    if first.texts == second.texts:
        return True
    answer: bool | None = True
    for index in range(len(table.outputs)):
        a, b = (constant_output(table, rule, index) for rule in (first, second))
        if a is MISSING or b is MISSING:
            answer = answer if first.texts[index] == second.texts[index] else None
        elif type(a) is not type(b) or a != b:
            return False
    return answer
