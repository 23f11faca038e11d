"""Business knowledge models and decision services: what decisions call as functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions.decision import Decision, Evaluation, Requirement, begin
from workflows.decisions.kinds import ANYTHING, Kind, taken
from workflows.decisions.model import Logic, Outcome, Trace
from workflows.feel import Function, Scope, plain
from workflows.feel.compiling.calls import invoke
from workflows.feel.frame import Frame
from workflows.feel.values import touch


@dataclass(eq=False, slots=True)
class Knowledge:
    """A business knowledge model: a function that sees only its parameters and the functions it requires."""

    id: str
    name: str
    make: Logic
    kind: Kind = ANYTHING
    requirements: tuple[Requirement, ...] = ()

    def provide(self, frame: Frame, evaluation: Evaluation, trace: Trace) -> Function:
        """The function value; known before what it requires, so that functions may call each other."""
        known = evaluation.functions.get(id(self))
        if known is not None:
            return known
        names: dict[str, Any] = {}
        made = self.make(Frame(names, [], frame.scope, frame.meter), trace)
        found = self._held(made if isinstance(made, Function) else Function((), lambda _frame, _arguments: None))
        evaluation.functions[id(self)] = names[self.name] = found
        for requirement in self.requirements:
            requirement.bind(names, frame, evaluation, trace)
        return found

    def _held(self, made: Function) -> Function:
        kind = self.kind
        if kind.anything:
            return made

        def run(frame: Frame, arguments: list[Any]) -> Any:
            value = made.run(frame, arguments)
            return value if type(value) is Function else kind.convert(frame, value)

        return Function(made.parameters, run, self.name)

    def evaluate(self, variables: Mapping[str, Any], scope: Scope | None = None) -> Outcome:
        """Call it with variables (FEEL values) of the names of its parameters; absent ones are null."""
        return _called(self, variables, scope)


@dataclass(eq=False, slots=True)
class ServiceModel:
    """A decision service: a function of its input data and input decisions, blind to everything else around it.

    inputs: (name, kind, the input decision that the parameter stands for, if it does).
    """

    id: str
    name: str
    kind: Kind = ANYTHING
    inputs: tuple[tuple[str, Kind, Decision | None], ...] = ()
    outputs: list[Decision] = field(default_factory=list)

    def provide(self, _frame: Frame, evaluation: Evaluation, trace: Trace) -> Function:
        """The function value."""

        def run(frame: Frame, arguments: list[Any]) -> Any:
            names = taken(frame, self.name, [(name, kind) for name, kind, _ in self.inputs], arguments)
            if names is None:
                return None
            frame.meter.enter()
            found = self._answer(frame, names, trace)
            frame.meter.leave()
            return found

        return Function(tuple(name for name, _, _ in self.inputs), run, self.name)

    def _answer(self, frame: Frame, names: dict[str, Any], trace: Trace) -> Any:
        evaluation = Evaluation(typed=True)
        for name, _, decision in self.inputs:
            if decision is not None:
                evaluation.done[id(decision)] = Outcome(plain(names[name]), feel=names[name])
        inner = Frame(names, [], frame.scope, frame.meter)
        outcomes = [(decision, decision.answer(inner, evaluation)) for decision in self.outputs]
        for _, outcome in outcomes:
            trace.note(len(trace.rules), iter(outcome.reasons()))
        values = {decision.variable: outcome.feel for decision, outcome in outcomes}
        return self.kind.convert(frame, next(iter(values.values())) if len(values) == 1 else values)

    def evaluate(self, variables: Mapping[str, Any], scope: Scope | None = None) -> Outcome:
        """Call it with variables (FEEL values) of the names of its inputs; absent ones are null."""
        return _called(self, variables, scope)


def _called(element: Knowledge | ServiceModel, variables: Mapping[str, Any], scope: Scope | None) -> Outcome:
    def run(frame: Frame) -> Outcome:
        trace = Trace()
        function = element.provide(frame, Evaluation(typed=True), trace)
        arguments = [touch(variables.get(name)) for name in function.parameters]
        value = invoke(frame, function, arguments)
        return Outcome(plain(value), tuple(trace.rules), dict(_shown(function, arguments)), feel=value)

    return begin(run, variables, scope)


def _shown(function: Function, arguments: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((name, plain(value)) for name, value in zip(function.parameters, arguments, strict=True))
