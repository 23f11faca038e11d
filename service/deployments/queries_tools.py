"""Tools of admins: what a decision or an expression answers, without a case and without storing anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.calendar import queries as calendars
from service.db import db
from service.deployments.queries import definitions
from service.errors import Fault, Invalid, NotFound
from service.parameters import queries as parameters
from workflows import catalogue
from workflows.decisions import Outcome
from workflows.feel import FeelError, FeelWarning, Scope, compile_expression, compile_unary, plain

TESTED = "?"


@dataclass(frozen=True)
class Evaluated:
    """The answer of a decision and the version whose table it was."""

    outcome: Outcome
    definition_id: str


@dataclass(frozen=True)
class Answer:
    """The value of an expression as JSON holds it, and what gave null on the way."""

    value: Any
    warnings: Sequence[FeelWarning]


def evaluate_decision(actor: Actor, key: str, context: Mapping[str, Any], now: datetime) -> Evaluated:
    """Evaluate the decision with this id in the newest flow that has it.

    NotFound("decision.absent"), Invalid("expression.invalid" | "decision.several" | "decision.differ").
    """
    policy.require(actor, "decision.evaluate")
    session = db.session()
    for flow in dict.fromkeys(row.key for row in definitions(actor)):
        definition = catalogue.latest(session, flow)
        if key in definition.decisions:
            try:
                return Evaluated(definition.decisions[key].evaluate(context, _scope(now)), definition.id)
            except FeelError as error:
                raise _refused(error, "zh") from error
    raise NotFound("decision.absent", key=key)


def evaluate_expression(
    actor: Actor, expression: str, context: Mapping[str, Any], now: datetime, *, unary: bool = False, locale: str = "zh"
) -> Answer:
    """Evaluate FEEL over a context; unary tests are asked of its `?`. Invalid("expression.invalid") with the place."""
    policy.require(actor, "expression.evaluate")
    scope = _scope(now)
    names = [name for name in context if name != TESTED]
    try:
        if unary:
            variables = {name: context[name] for name in names}
            value: Any = compile_unary(expression, names).test(context.get(TESTED), variables, scope)
        else:
            value = plain(compile_expression(expression.removeprefix("="), names).evaluate(context, scope))
    except FeelError as error:
        raise _refused(error, locale) from error
    return Answer(value, scope.warnings)


def _scope(now: datetime) -> Scope:
    calendar = calendars.calendar(db.session())
    return Scope(now, calendar.is_working, parameters.view(db.session(), day_of(now)), [], calendar.zone)


def _refused(error: FeelError, locale: str) -> Invalid:
    place = f"expression:{error.line}:{error.column}" if error.line else "expression"
    words = {"zh": error.text("zh"), "en": error.text("en")}
    fault = Fault(place, error.code, error.text(locale), words)
    return Invalid("expression.invalid", faults=(fault,), reason=error.text(locale))
