"""Entering a value of a policy parameter."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.db import transaction
from service.errors import Invalid
from service.idempotency import repeats
from service.parameters import queries, rules
from service.parameters.effects import EFFECTS
from service.parameters.models import ParameterValue
from workflows.base import new_id


@dataclass(frozen=True)
class SetParameter:
    """A value, the first day on which it holds, and the text or decision that sets it."""

    key: str
    value: Any
    valid_from: date
    source: str


def set_parameter(actor: Actor, command: SetParameter, *, now: datetime) -> str:
    """Add a dated value and return the id of its row; decisions already made keep the value they recorded.

    Raises Forbidden, NotFound `parameter.absent`, and Invalid `parameter.value` with faults.
    """
    with transaction() as session:
        policy.require(actor, "parameter.edit")
        parameter = queries.declared(command.key)
        faults = rules.faults_of(parameter, command.value, command.valid_from, command.source)
        if faults:
            raise Invalid("parameter.value", faults=faults)
        body = {"value": command.value, "valid_from": command.valid_from.isoformat(), "source": command.source.strip()}
        event = chain.NewEvent("parameter.set", actor.account_id, body=body | {"unit": parameter.unit})
        chain.append(session, rules.stream(command.key), [event], at=now)
        row = _row(actor, command, parameter.unit, now)
        session.add(row)
        if command.key in EFFECTS:
            EFFECTS[command.key](session, command.valid_from, command.source.strip(), now)
        repeats.answer(session, parameter_id=row.id)
        return row.id


def _row(actor: Actor, command: SetParameter, unit: str, now: datetime) -> ParameterValue:
    return ParameterValue(
        id=new_id(),
        key=command.key,
        value=command.value,
        unit=unit,
        valid_from=command.valid_from,
        source=command.source.strip(),
        entered_by=actor.account_id,
        entered_at=now,
    )
