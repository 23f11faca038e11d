"""A decision ahead: its value when all that it reads is known, else the rows that may still answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.decisions.model import Input, Rule, Table, Trace, inner_frame
from workflows.decisions.policies import outputs_of
from workflows.errors import LecternError
from workflows.feel import FeelError, Scope, compile_expression, plain
from workflows.feel.frame import MAX_STEPS, Frame, Meter
from workflows.feel.values import touch
from workflows.outlook.known import Eyes, Known

ROWS = 4
"""Different answers that are still told apart."""
_ONE_ROW = ("UNIQUE", "FIRST", "ANY")


@dataclass(frozen=True)
class Answer:
    """A value that a decision may have: the row that gives it, and the names that it still depends on."""

    value: Any
    row: int | None = None
    rule: str = ""
    annotation: str = ""
    open: tuple[str, ...] = ()


def answers(decision: Any, known: Known, scope: Scope) -> Sequence[Answer]:
    """The values that a decision may have: one when it is certain, none when nothing can be said."""
    eyes = Eyes(known)
    try:
        outcome = decision.evaluate(eyes, scope)
    except (FeelError, LecternError):
        return ()
    if eyes.asked & known.assumed and not _reads_decisions(decision.table, known):
        return ()
    if not eyes.missed:
        return (Answer(plain(outcome.value)),)
    if decision.table is None or decision.table.policy not in _ONE_ROW:
        return ()
    return _rows(decision.table, known, scope, tuple(sorted(eyes.missed)))


def _reads_decisions(table: Table | None, known: Known) -> bool:
    """Whether a table reads of results that are taken for granted only the decision."""
    return table is not None and not any(known.half_read(column.text) for column in table.inputs)


def _rows(table: Table, known: Known, scope: Scope, missed: tuple[str, ...]) -> Sequence[Answer]:
    """The rows that the known inputs do not exclude, one for each value; none when they are too many to tell."""
    eyes = Eyes(known)
    frame = Frame(eyes, [], scope, Meter(MAX_STEPS))
    try:
        found = [_answer(table, rule, frame, missed) for rule in table.rules if _possible(table, rule, frame, known)]
    except (FeelError, LecternError):
        return ()
    distinct: list[Answer] = []
    for answer in found:
        if all(answer.value != other.value for other in distinct):
            distinct.append(answer)
    return () if eyes.missed - set(missed) or len(distinct) > ROWS else distinct


def _answer(table: Table, rule: Rule, frame: Frame, missed: tuple[str, ...]) -> Answer:
    values = [plain(logic(frame, Trace())) for logic in rule.outputs]
    return Answer(outputs_of(table, values), rule.index, rule.id, rule.annotation, missed)


def _possible(table: Table, rule: Rule, frame: Frame, known: Known) -> bool:
    return all(
        _passes(column, cell.tests, frame)
        for column, cell in zip(table.inputs, rule.cells, strict=False)
        if _is_known(column, known, table)
    )


def _passes(column: Input, tests: Any, frame: Frame) -> bool:
    value = touch(column.logic(frame, Trace()))
    held = value if column.kind.anything else column.kind.convert(frame, column.kind.read(value))
    inner = inner_frame(frame, frame.variables, tests.size)
    inner.slots[0] = held
    return tests.run(inner) is True


def _is_known(column: Input, known: Known, table: Table) -> bool:
    names: Mapping[str, Any] = Eyes(known)
    read = compile_expression(column.text, table.names).names
    return all(name in names or name == "parameters" for name in read)
