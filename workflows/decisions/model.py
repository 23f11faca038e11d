"""What a decision is and what its evaluation answers."""

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions.kinds import Kind
from workflows.feel import FeelBudgetError, Function, Scope, UnaryTests, plain
from workflows.feel.expression import Compiled
from workflows.feel.frame import Frame, Meter
from workflows.feel.values import touch


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that answered: its id, its row counted from 1, input values and outputs by label, and its annotation."""

    id: str
    index: int
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    annotation: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a decision, as JSON can hold it, and the reason that pages show.

    rules: the rules that led to the value, in its order; empty when none matched (the value is then null or the
    default) and for decisions that are no table. inputs: the values the table looked at. required: the outcomes of the
    decisions it built on, by id. feel: the value as FEEL holds it.
    """

    value: Any
    rules: tuple[MatchedRule, ...] = ()
    inputs: dict[str, Any] = field(default_factory=dict)
    required: dict[str, "Outcome"] = field(default_factory=dict)
    feel: Any = None


@dataclass(slots=True)
class Trace:
    """What the logic of a decision notes while it runs."""

    rules: tuple[MatchedRule, ...] = ()
    inputs: dict[str, Any] = field(default_factory=dict)


Logic = Callable[[Frame, Trace], Any]
"""A compiled boxed expression."""


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
    """One output column: name (a key when there are several), kind, allowed values in order of priority, default."""

    name: str
    label: str
    kind: Kind
    values: tuple[Any, ...]
    values_text: str
    default: Logic | None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; `policy` is the hit policy in capitals, with its aggregation for COLLECT ("COLLECT SUM")."""

    id: str
    name: str
    policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A variable that a decision reads: its name, its kind, and the decision or function it comes from, if any."""

    name: str
    kind: Kind
    decision: "Decision | None" = None
    function: "Callable[[Frame], Function] | None" = None


@dataclass(eq=False, slots=True)
class Decision:
    """One decision of a DMN file; `table` when it is a table. Not changed after it was parsed."""

    id: str
    name: str
    kind: Kind
    variable: str = ""
    logic: Logic | None = None
    table: Table | None = None
    requirements: tuple[Requirement, ...] = ()

    def evaluate(self, variables: Mapping[str, Any], scope: Scope | None = None) -> Outcome:
        """Evaluate required decisions first, then this one; variables are looked up only when they are read.

        Raises Invalid `decision.several` (rows of a UNIQUE table that match together) and `decision.differ` (matching
        rows of an ANY table with different outputs), FeelBudgetError when it takes too much.
        """
        frame = Frame(variables, [], scope, Meter(scope.steps) if scope else Meter(Scope().steps))
        try:
            return self.answer(frame, {})
        except RecursionError:
            raise FeelBudgetError("feel.budget.depth") from None

    def answer(self, frame: Frame, done: dict[str, Outcome]) -> Outcome:
        """Evaluate within a frame; `done` holds the outcomes of decisions already made in this evaluation."""
        own: dict[str, Any] = {}
        required: dict[str, Outcome] = {}
        for requirement in self.requirements:
            self._fetch(requirement, frame, done, own, required)
        inner = inner_frame(frame, ChainMap(own, frame.variables), 0) if own else frame  # type: ignore[arg-type]
        trace = Trace()
        assert self.logic is not None
        value = self.kind.convert(inner, self.logic(inner, trace))
        outcome = Outcome(plain(value), trace.rules, trace.inputs, required, value)
        done[self.id] = outcome
        return outcome

    def _fetch(
        self,
        requirement: Requirement,
        frame: Frame,
        done: dict[str, Outcome],
        own: dict[str, Any],
        required: dict[str, Outcome],
    ) -> None:
        if requirement.decision is not None:
            decision = requirement.decision
            outcome = done.get(decision.id) or decision.answer(frame, done)
            own[requirement.name] = outcome.feel
            required[decision.id] = outcome
        elif requirement.function is not None:
            own[requirement.name] = requirement.function(frame)
        elif not requirement.kind.anything and requirement.name in frame.variables:
            own[requirement.name] = requirement.kind.convert(frame, touch(frame.variables[requirement.name]))
