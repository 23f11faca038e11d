"""A new value of a policy parameter: one person proposes it, a second one confirms or refuses it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service.access import independence, policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.roles import LEADER
from service.audit import chain
from service.db import transaction
from service.errors import Forbidden, Invalid
from service.idempotency import repeats
from service.parameters import entering, queries, rules, scopes
from service.parameters.models import ParameterProposal
from service.parameters.scopes import EVERYWHERE
from workflows.base import new_id

CONFIRMING = ("bureau_hr_chief", *LEADER)
"""Who may confirm what another has proposed."""


@dataclass(frozen=True)
class ProposeParameter:
    """A value, the first and perhaps the last day on which it holds, and the text or decision that sets it.

    `scope` is for whom (scopes.py), "" the whole county; a value of None ends what was set apart for a scope.
    """

    key: str
    value: Any
    valid_from: date
    source: str
    valid_until: date | None = None
    scope: str = EVERYWHERE


@dataclass(frozen=True)
class DecideProposal:
    """A proposal; who refuses says why."""

    proposal_id: str
    reason: str = ""


def propose_parameter(actor: Actor, command: ProposeParameter, *, now: datetime) -> str:
    """Write down what shall hold and return the id of the proposal; nothing holds before it is confirmed.

    Raises Forbidden, NotFound `parameter.absent`, and Invalid `parameter.value` with faults.
    """
    with transaction() as session:
        policy.require(actor, "parameter.propose")
        parameter = queries.declared(command.key)
        days = (command.valid_from, command.source, command.valid_until)
        faults = rules.faults_of(parameter, command.value, *days, scope=command.scope)
        faults += scopes.faults_of(session, parameter, command.scope)
        if faults:
            raise Invalid("parameter.value", faults=faults)
        row = ParameterProposal(
            id=new_id(), key=command.key, scope=command.scope, value=command.value, valid_from=command.valid_from,
            valid_until=command.valid_until, source=command.source.strip(), state=rules.OPEN,
            proposed_by=rules.who(actor), proposed_at=now,
        )  # fmt: skip
        event = chain.NewEvent("parameter.proposed", rules.who(actor), body=rules.body_of(row))
        chain.append(session, rules.stream(command.key), [event], at=now)
        session.add(row)
        repeats.answer(session, proposal_id=row.id)
        return row.id


def confirm_proposal(actor: Actor, command: DecideProposal, *, now: datetime) -> str:
    """Let what somebody else has proposed hold from its day on; the id of the value. Decisions made keep theirs.

    Raises NotFound `proposal.absent`, Conflict `proposal.decided`, Forbidden `proposal.own` for who proposed it and
    `approval.dependent` for whose account or role came from that person lately.
    """
    with transaction() as session:
        policy.require(actor, "parameter.confirm")
        row = entering.lock(session, command.proposal_id)
        if row.proposed_by == rules.who(actor):
            raise Forbidden("proposal.own")
        since = now - timedelta(days=int(queries.county(session, day_of(now))["independence_days"]))
        if independence.depends(session, rules.who(actor), [row.proposed_by], CONFIRMING, since):
            raise Forbidden("approval.dependent")
        row.parameter_id = entering.enter(session, rules.who(actor), row, now)
        row.state, row.decided_by, row.decided_at = rules.CONFIRMED, rules.who(actor), now
        repeats.answer(session, parameter_id=row.parameter_id)
        return row.parameter_id


def refuse_proposal(actor: Actor, command: DecideProposal, *, now: datetime) -> None:
    """Refuse a proposal with a reason; who proposed it may take it back so."""
    with transaction() as session:
        policy.require(actor, "parameter.propose")
        row = entering.lock(session, command.proposal_id)
        if not command.reason.strip():
            raise Invalid("reason.missing", faults=(rules.NO_REASON,))
        row.state, row.decided_by, row.decided_at = rules.REFUSED, rules.who(actor), now
        row.reason = command.reason.strip()
        body = {"proposal_id": row.id, "reason": row.reason}
        event = chain.NewEvent("parameter.refused", rules.who(actor), body=body)
        chain.append(session, rules.stream(row.key), [event], at=now)
