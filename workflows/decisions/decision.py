"""A decision, what it requires, and one evaluation of it: required decisions first, each once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions.kinds import Kind
from workflows.decisions.model import Logic, Outcome, Table, Trace, inner_frame, nothing
from workflows.decisions.names import Names
from workflows.feel import FeelBudgetError, Function, Scope, plain
from workflows.feel.frame import MAX_STEPS, Frame, Meter
from workflows.feel.values import MISSING, is_context, touch


@dataclass(slots=True)
class Evaluation:
    """One evaluation: outcomes of the decisions already made, functions already made, the reason so far.

    typed: values come as FEEL holds them; else texts are read as the dates and times that the model declares.
    """

    typed: bool = False
    done: dict[int, Outcome] = field(default_factory=dict)
    functions: dict[int, Function] = field(default_factory=dict)


Provide = Callable[[Frame, Evaluation, Trace], Any]
"""Gives the value of a required element, or MISSING."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A name that a decision or function reads, what gives its value, and the decision that gives it, if one does.

    prefix: the name of the import under which it is seen; "" for an element of the same model.
    """

    name: str
    provide: Provide
    prefix: str = ""
    decision: "Decision | None" = None

    def bind(self, names: dict[str, Any], frame: Frame, evaluation: Evaluation, trace: Trace) -> None:
        """Put the value under its name."""
        if self.prefix:
            frame = _inside(frame, self.prefix)
        value = self.provide(frame, evaluation, trace)
        if value is MISSING:
            return
        if self.prefix:
            names.setdefault(self.prefix, {})[self.name] = value
        else:
            names[self.name] = value


def _inside(frame: Frame, prefix: str) -> Frame:
    """Where an imported element is evaluated: values given under the name of the import come first."""
    given = touch(frame.variables.get(prefix))
    return inner_frame(frame, Names(given, frame.variables), 0) if is_context(given) else frame


def given(name: str, kind: Kind) -> Provide:
    """Provides an input: the variable of its name, read and held to its kind."""

    def provide(frame: Frame, evaluation: Evaluation, _trace: Trace) -> Any:
        if name not in frame.variables:
            return MISSING
        value = touch(frame.variables[name])
        return value if kind.anything else kind.convert(frame, value if evaluation.typed else kind.read(value))

    return provide


@dataclass(eq=False, slots=True)
class Decision:
    """One decision of a DMN file; `table` when it is a table. Not changed after it was parsed."""

    id: str
    name: str
    kind: Kind
    variable: str = ""
    logic: Logic = nothing
    table: Table | None = None
    requirements: tuple[Requirement, ...] = ()

    def evaluate(self, variables: Mapping[str, Any], scope: Scope | None = None, *, typed: bool = False) -> Outcome:
        """Evaluate required decisions first, then this one; variables are looked up only when they are read.

        Unless `typed`, texts count as dates, times and durations where the model declares these (JSON has none).
        Raises Invalid `decision.several` (rows of a UNIQUE table that match together) and `decision.differ` (matching
        rows of an ANY table with different outputs), FeelBudgetError when it takes too much.
        """
        return begin(lambda frame: self.answer(frame, Evaluation(typed)), variables, scope)

    def answer(self, frame: Frame, evaluation: Evaluation) -> Outcome:
        """Evaluate within a frame, unless this evaluation has the outcome already."""
        known = evaluation.done.get(id(self))
        if known is not None:
            return known
        own: dict[str, Any] = {}
        required: dict[str, Outcome] = {}
        trace = Trace()
        for requirement in self.requirements:
            requirement.bind(own, frame, evaluation, trace)
            if requirement.decision is not None:
                required[requirement.decision.id] = evaluation.done[id(requirement.decision)]
        inner = inner_frame(frame, Names(own, frame.variables), 0) if own else frame
        value = self.kind.convert(inner, self.logic(inner, trace))
        outcome = Outcome(plain(value), tuple(trace.rules), trace.inputs, required, value)
        evaluation.done[id(self)] = outcome
        return outcome

    def provide(self, frame: Frame, evaluation: Evaluation, _trace: Trace) -> Any:
        """The value, for those that require this decision."""
        return self.answer(frame, evaluation).feel


def begin(run: Callable[[Frame], Outcome], variables: Mapping[str, Any], scope: Scope | None) -> Outcome:
    """Run with a new budget; what is nested too deeply for Python is a FeelBudgetError."""
    try:
        return run(Frame(variables, [], scope, Meter(MAX_STEPS if scope is None else scope.steps)))
    except RecursionError:
        raise FeelBudgetError("feel.budget.depth") from None
