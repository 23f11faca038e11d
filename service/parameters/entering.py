"""What a confirmed proposal writes: the value from its day, and after its last day what would have held without it."""

from datetime import date, datetime, timedelta
from typing import Any

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
    """Add the dated values of a proposal, tell of it and let follow what must; the id of its value."""
    unit = queries.declared(proposal.key).unit
    after = proposal.valid_until + timedelta(days=1) if proposal.valid_until else None
    back = queries.current(session, proposal.key, after) if after else None
    event = chain.NewEvent("parameter.set", by, body={**rules.body_of(proposal), "unit": unit})
    chain.append(session, rules.stream(proposal.key), [event], at=now)
    first = _row(session, proposal, proposal.value, proposal.valid_from, by, unit, now)
    if after is not None and back is not None:
        _row(session, proposal, back.value, after, by, unit, now)
    if proposal.key in EFFECTS:
        EFFECTS[proposal.key](session, proposal.valid_from, proposal.source, now)
    return first


def _row(
    session: Session, proposal: ParameterProposal, value: Any, day: date, by: str, unit: str, now: datetime
) -> str:
    row = ParameterValue(
        id=new_id(), key=proposal.key, value=value, unit=unit, valid_from=day, source=proposal.source,
        entered_by=by, entered_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id
