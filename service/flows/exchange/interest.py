"""Recusal 回避 in the exchange (policy §3.H), and what ends when somebody leaves who was to be exchanged."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.flows.declaring import applications, departure, interest
from service.flows.exchange.commands_departed import StrikeDeparted, strike_departed
from service.flows.exchange.drawing_up import ENTRY
from service.people import members

SELF, RELATED = "exchange.takes_part", "exchange.related_to_one"


def taking_part(session: Session, instance_id: str) -> set[str]:
    """Who has a stake in what a plan decides: who applied, was nominated or placed, or asks for an exception."""
    stake = or_(ENTRY.c.state.in_(("applied", "nominated", "placed", "began")), ENTRY.c.exception == "asked")
    return set(session.scalars(select(ENTRY.c.person_id).where(ENTRY.c.instance_id == instance_id, stake)))


@interest("exchange")
def interested(session: Session, instance_id: str, person_id: str) -> str | None:
    """Why this person must recuse from a plan, as a code; None when nothing is declared."""
    return _why(taking_part(session, instance_id), person_id)


@interest("exchange_placement")
def interested_in_one(session: Session, instance_id: str, person_id: str) -> str | None:
    """The same for the exchange of one teacher."""
    found = select(ENTRY.c.person_id).where(ENTRY.c.placement_id == instance_id)
    return _why(set(session.scalars(found)), person_id)


def _why(persons: set[str], person_id: str) -> str | None:
    if person_id in persons:
        return SELF
    return RELATED if persons and members.related_among(person_id, persons) else None


@applications("exchange_placement")
def of_person(session: Session, person_id: str) -> Iterable[str]:
    """The exchanges of a person that were begun: there is nobody left to arrive, or to be assessed."""
    mine = (ENTRY.c.person_id == person_id, ENTRY.c.placement_id.is_not(None))
    return [one for one in session.scalars(select(ENTRY.c.placement_id).where(*mine)) if one is not None]


@departure("exchange")
def left(person_id: str, because: str, now: datetime) -> None:
    """Who leaves is struck from the lists of the plans that run."""
    strike_departed(Actor.system(), StrikeDeparted(person_id, because), now=now)
