"""Strikes who has left from the lists of plans that have not ended; what was held for them is free again (§3.C)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.flows.exchange import casework, ending
from service.flows.exchange.casework import PLAN
from service.flows.exchange.drawing_up import ENTRY
from service.people.locking import lock_persons
from service.posts.posting import Cause
from workflows.models import ProcessInstance
from workflows.store import OPEN

LISTED = ("listed", "applied", "nominated", "placed")


@dataclass(frozen=True)
class StrikeDeparted:
    """Who has left, and how."""

    person_id: str
    because: str


def strike_departed(actor: Actor, command: StrikeDeparted, *, now: datetime) -> None:
    """Take somebody off every open list, with an event; end what a begun exchange has entered in the file.

    Repeated, it finds nothing left to do.
    """
    with transaction() as session:
        policy.require(actor, "exchange_entry.strike")
        plans = [casework.lock(session, instance_id) for instance_id in _plans(session, command.person_id)]
        _end_records(session, command.person_id, now)
        for plan in plans:
            mine = (ENTRY.c.instance_id == plan.instance_id, ENTRY.c.person_id == command.person_id)
            entry_id = session.execute(select(ENTRY.c.id).where(*mine)).scalar_one()
            cause = Cause(plan.instance_id, "departed", entry_id, casework.signature(actor), now)
            had = bool(ending.strike(session, cause, [entry_id]))
            body = {"entry_id": entry_id, "because": command.because, "had_place": had}
            casework.record(session, plan.instance_id, actor, "exchange.departed", now, body)


def _plans(session: Session, person_id: str) -> list[str]:
    """The plans that run and list the person, in one order for everybody."""
    found = (
        select(PLAN.c.instance_id)
        .join(ENTRY, ENTRY.c.instance_id == PLAN.c.instance_id)
        .join(ProcessInstance, ProcessInstance.id == PLAN.c.instance_id)
        .where(ENTRY.c.person_id == person_id, ENTRY.c.state.in_(LISTED), ProcessInstance.state.in_(OPEN))
    )
    return list(session.scalars(found.order_by(PLAN.c.instance_id)))


def _end_records(session: Session, person_id: str, now: datetime) -> None:
    mine = (ENTRY.c.person_id == person_id, ENTRY.c.arrived_on.is_not(None))
    placements = session.scalars(select(ENTRY.c.placement_id).where(*mine)).all()
    if not placements:
        return
    lock_persons(session, [person_id])
    on = ending.last_day(session, person_id, now)
    for placement_id in placements:
        ending.end_record(session, str(placement_id), on, by="system", now=now)
