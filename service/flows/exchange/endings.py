"""What a placement leaves behind when its case ends early: a lent post returns, and the record of the file ends."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict
from service.flows.declaring import ending
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.ending import end_record, lasting, take_part_again
from service.flows.exchange.moving import take_own_post
from service.flows.foreseeing import Told, foresees
from service.people.members import names
from service.posts import lending, queueing, sitting
from service.posts.posting import Cause


@ending("exchange")
def plan_ended(session: Session, cause: Cause) -> None:
    """Who was placed and has no case of the own keeps no place in a plan that is over, however it ended."""
    mine = (ENTRY.c.instance_id == cause.instance_id, ENTRY.c.state == "placed")
    take_part_again(session, list(session.scalars(select(ENTRY.c.id).where(*mine))))


@ending("exchange_placement")
def placement_ended(session: Session, cause: Cause) -> None:
    """No case leaves a post lent or a record open; who has moved stays employed where the exchange has led.

    Employment changes by a personnel change alone, so who sits in a lent post takes one of that school's own.
    Conflict("exchange.lent_still") where it has none free: then the case cannot end like this.
    """
    instance_id, today = cause.instance_id or "", day_of(cause.now)
    for loan in lending.of_case(session, instance_id):
        if loan.ended_on is None and not take_own_post(session, cause, loan.person_id, loan.person_id, today):
            raise Conflict("exchange.lent_still", person_id=loan.person_id)
    end_record(session, instance_id, today, by=cause.actor_id, now=cause.now)


@foresees("exchange")
def plan_would_end(session: Session, instance_id: str, _on: date) -> Sequence[Told]:
    """How many would lose the place that they were given."""
    mine = (ENTRY.c.instance_id == instance_id, ENTRY.c.state == "placed")
    count = session.scalar(select(func.count()).where(*mine))
    return [("cancel.places", {"count": int(count)})] if count else []


@foresees("exchange_placement")
def placement_would_end(session: Session, instance_id: str, on: date) -> Sequence[Told]:
    """Whose lent post would return, what takes its place, and that the record of the file ends."""
    told = [_lent(session, one.person_id, on) for one in lending.of_case(session, instance_id) if one.ended_on is None]
    kinds = {row.kind for row in lasting(session, instance_id)}
    told += [("cancel.file_ends", {})] if kinds else []
    return [*told, ("cancel.stays", {})] if "exchange" in kinds else told


def _lent(session: Session, person_id: str, on: date) -> Told:
    seat = sitting.sittings(session, [person_id])[person_id]
    free = seat.band_account is not None and queueing.could_take(session, seat.band_account, on)
    told = {"person": names([person_id])[person_id], "band": seat.appointment and seat.appointment.band}
    return "cancel.lent_own" if free else "cancel.lent_stuck", told
