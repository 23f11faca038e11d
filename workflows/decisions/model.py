"""What decision tables are made of, what an evaluation answers, and what it notes on its way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions.kinds import Kind
from workflows.feel import UnaryTests
from workflows.feel.expression import Compiled
from workflows.feel.frame import Frame

MAX_REASONS = 200
"""Matched rules that one evaluation keeps as its reason."""


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that answered: its id, its row counted from 1, input values and outputs by label, its annotation.

    `table` is the name of the decision or business knowledge model whose table it is.
    """

    id: str
    index: int
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    annotation: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a decision, as JSON can hold it, and the reason that pages show.

    rules: the rules that led to the value: those of the decision's own table in its order, then those of tables that it
    called; empty when none matched (the value is then null or the default). inputs: the values its table looked at.
    required: the outcomes of the decisions it built on, by id. feel: the value as FEEL holds it.
    """

    value: Any
    rules: tuple[MatchedRule, ...] = ()
    inputs: dict[str, Any] = field(default_factory=dict)
    required: dict[str, "Outcome"] = field(default_factory=dict)
    feel: Any = None

    def reasons(self) -> tuple[MatchedRule, ...]:
        """The rules of this decision, then those of the decisions it built on, each decision once."""
        found: dict[int, Outcome] = {}
        todo = [self]
        while todo:
            outcome = todo.pop(0)
            if id(outcome) not in found:
                found[id(outcome)] = outcome
                todo += outcome.required.values()
        return tuple(rule for outcome in found.values() for rule in outcome.rules)[:MAX_REASONS]


@dataclass(slots=True)
class Trace:
    """What the logic of one decision notes while it runs."""

    rules: list[MatchedRule] = field(default_factory=list)
    inputs: dict[str, Any] = field(default_factory=dict)

    def note(self, at: int, rules: Iterator[MatchedRule]) -> None:
        """Put the rules of a table before those of the tables that it called (from position `at`)."""
        if len(self.rules) < MAX_REASONS:
            self.rules[at:at] = rules


Logic = Callable[[Frame, Trace], Any]
"""A compiled boxed expression."""


def nothing(_frame: Frame, _trace: Trace) -> Any:
    """The logic of what could not be read (a fault says so) or is absent: null."""
    return None


def inner_frame(frame: Frame, variables: Mapping[str, Any], size: int) -> Frame:
    """A frame with other variables and slots that shares scope and budget."""
    return Frame(variables, [None] * size, frame.scope, frame.meter)


def run_compiled(compiled: Compiled, frame: Frame) -> Any:
    """The value of a compiled expression with the variables of a frame."""
    return compiled.run(inner_frame(frame, frame.variables, compiled.size))


@dataclass(frozen=True, slots=True)
class Cell:
    """One input entry: its text and its tests."""

    text: str
    tests: UnaryTests


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table."""

    id: str
    index: int
    cells: tuple[Cell, ...]
    outputs: tuple[Logic, ...]
    texts: tuple[str, ...]
    annotation: str


@dataclass(frozen=True, slots=True)
class Input:
    """One input column: label, expression, its kind and the values it allows."""

    label: str
    text: str
    logic: Logic
    kind: Kind
    allowed: UnaryTests | None
    allowed_text: str


@dataclass(frozen=True, slots=True)
class Output:
    """One output column: name (a key when there are several), kind, default, and the values it allows.

    `values` are they in order of priority, empty when the text lists no plain values.
    """

    name: str
    label: str
    kind: Kind
    values: tuple[Any, ...]
    values_text: str
    allowed: UnaryTests | None
    default: Logic | None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; `policy` is the hit policy in capitals, with its aggregation for COLLECT ("COLLECT SUM").

    `names` are the names that its model declares, for reading FEEL that belongs to it.
    """

    id: str
    name: str
    policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    names: frozenset[str] = frozenset()
