"""Tools: decision definitions, and what a decision or an expression answers without a case; nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import Fault, Invalid
from service.parameters.scopes import COUNTY
from service.tasks.around import reading_scope
from workflows import decision_versions
from workflows.decision_versions import DecisionVersion
from workflows.decisions import Decision, Outcome
from workflows.feel import FeelError, FeelWarning, Scope, compile_expression, compile_unary, plain
from workflows.surroundings import Looked

TESTED = "?"


@dataclass(frozen=True)
class Which:
    """A decision by its id; of one flow or library and of one version when these are given."""

    key: str
    flow: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Evaluated:
    """The answer of a decision, the version that answered, what gave null on the way, the parameters that it read."""

    outcome: Outcome
    decision: DecisionVersion
    warnings: Sequence[FeelWarning]
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """The value of an expression as JSON holds it, what gave null on the way, and the parameters that it read."""

    value: Any
    warnings: Sequence[FeelWarning]
    parameters: Mapping[str, Any]


def decisions(actor: Actor, key: str | None = None, flow: str | None = None) -> Sequence[DecisionVersion]:
    """Decision definitions by key, the newest version of each flow first."""
    policy.require(actor, "definition.read")
    return decision_versions.versions(db.session(), key, flow)


def decision(actor: Actor, which: Which) -> tuple[DecisionVersion, Decision]:
    """One decision definition. NotFound("decision.absent")."""
    policy.require(actor, "definition.read")
    return _found(which)


def decision_xml(actor: Actor, which: Which) -> tuple[DecisionVersion, bytes]:
    """The file of one decision definition. NotFound("decision.absent")."""
    policy.require(actor, "definition.read")
    session = db.session()
    found = decision_versions.find(session, which.key, which.flow, which.version)
    return found, decision_versions.xml_of(session, found)


def evaluate_decision(actor: Actor, which: Which, variables: Mapping[str, Any], now: datetime) -> Evaluated:
    """Evaluate a decision over variables, with the parameters in force today.

    NotFound("decision.absent"), Invalid("expression.invalid" | "decision.several" | "decision.differ").
    """
    policy.require(actor, "decision.evaluate")
    version, decision = _found(which)
    scope, used = _scope(now)
    try:
        outcome = decision.evaluate(variables, scope)
    except FeelError as error:
        raise _refused(error, "zh") from error
    return Evaluated(outcome, version, scope.warnings, used())


def evaluate_expression(
    actor: Actor, expression: str, context: Mapping[str, Any], now: datetime, *, unary: bool = False, locale: str = "zh"
) -> Answer:
    """Evaluate FEEL over a context; unary tests are asked of its `?`. Invalid("expression.invalid") with the place."""
    policy.require(actor, "expression.evaluate")
    scope, used = _scope(now)
    names = [name for name in context if name != TESTED]
    try:
        if unary:
            variables = {name: context[name] for name in names}
            value: Any = compile_unary(expression, names).test(context.get(TESTED), variables, scope)
        else:
            value = plain(compile_expression(expression.removeprefix("="), names).evaluate(context, scope))
    except FeelError as error:
        raise _refused(error, locale) from error
    return Answer(value, scope.warnings, used())


def _found(which: Which) -> tuple[DecisionVersion, Decision]:
    session = db.session()
    found = decision_versions.find(session, which.key, which.flow, which.version)
    return found, decision_versions.load(session, found)


def _scope(now: datetime) -> tuple[Scope, Any]:
    """A scope, and what gives the records of the parameters that were read in it."""
    scope = reading_scope(now, COUNTY)
    view: Any = scope.parameters
    scope.parameters = looked = Looked(view)
    return scope, lambda: {key: view.used[key] for key in sorted(looked.keys_read)}


def _refused(error: FeelError, locale: str) -> Invalid:
    place = f"expression:{error.line}:{error.column}" if error.line else "expression"
    words = {"zh": error.text("zh"), "en": error.text("en")}
    fault = Fault(place, error.code, error.text(locale), words)
    where = {"line": error.line, "column": error.column}
    return Invalid("expression.invalid", faults=(fault,), reason=error.text(locale), **where)
