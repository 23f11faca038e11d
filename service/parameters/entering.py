"""What a confirmed proposal writes: the value with its first day, and its last where it has one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit import chain
from service.errors import Conflict, NotFound
from service.parameters import queries, rules
from service.parameters.effects import EFFECTS
from service.parameters.models import ParameterProposal, ParameterValue
from workflows.base import new_id


def lock(session: Session, proposal_id: str) -> ParameterProposal:
    """An open proposal. NotFound("proposal.absent"), Conflict("proposal.decided")."""
    found = select(ParameterProposal).where(ParameterProposal.id == proposal_id).with_for_update()
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotFound("proposal.absent")
    if row.state != rules.OPEN:
        raise Conflict("proposal.decided", state=row.state)
    return row


def enter(session: Session, by: str, proposal: ParameterProposal, now: datetime) -> str:
    """Add the dated value of a proposal, tell of it and let follow what must; its id."""
    unit = queries.declared(proposal.key).unit
    event = chain.NewEvent("parameter.set", by, body={**rules.body_of(proposal), "unit": unit})
    chain.append(session, rules.stream(proposal.key), [event], at=now)
    row = ParameterValue(
        id=new_id(), key=proposal.key, scope=proposal.scope, value=proposal.value, unit=unit,
        valid_from=proposal.valid_from, valid_until=proposal.valid_until, source=proposal.source, entered_by=by,
        entered_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if proposal.key in EFFECTS:
        EFFECTS[proposal.key](session, proposal.valid_from, proposal.source, now)
    return row.id
