"""Commands of substitutes (代理): name one for a period, end it before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from service.access import policy
from service.access.actor import Actor
from service.access.substitutes import SUBSTITUTION
from service.db import answer, transaction
from service.errors import Conflict, NotFound
from service.people import substituting
from service.people.locking import lock_persons
from service.people.substituting import NameSubstitute

__all__ = ["EndSubstitution", "NameSubstitute", "end_substitution", "name_substitute"]


@dataclass(frozen=True)
class EndSubstitution:
    """A substitution that ends now, before its last day."""

    substitution_id: str


def name_substitute(actor: Actor, command: NameSubstitute, *, now: datetime) -> str:
    """The id of a new substitution; both persons are told.

    Invalid("substitute.invalid") with faults, NotFound("person.absent"), Conflict("substitute.not_permitted" |
    "substitute.no_account" | "substitute.overlap" | "substitute.circle" | "substitute.is_represented" |
    "substitute.stands_in").
    """
    with transaction() as session:
        policy.require(actor, "substitute.name", policy.Target(person_id=command.represented_id))
        substitution_id = substituting.name(session, actor, command, now)
        answer(session, substitution_id=substitution_id)
    return substitution_id


def end_substitution(actor: Actor, command: EndSubstitution, *, now: datetime) -> None:
    """End it at this moment: what the substitute has begun is with the other again. Conflict("substitute.ended")."""
    with transaction() as session:
        own = SUBSTITUTION.c.id == command.substitution_id
        both = session.execute(select(SUBSTITUTION.c.represented_id, SUBSTITUTION.c.substitute_id).where(own)).first()
        lock_persons(session, both or ())
        row = session.execute(select(SUBSTITUTION).where(own).with_for_update()).first()
        if row is None:
            raise NotFound("substitute.absent")
        policy.require(actor, "substitute.end", row)
        if row.ended_at is not None or substituting.is_over(row, now):
            raise Conflict("substitute.ended")
        session.execute(update(SUBSTITUTION).where(own).values(ended_at=now))
        substituting.tell(session, "substitute.ended", actor, row, now)
