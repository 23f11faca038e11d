"""What a placement leaves behind when its case ends early: a lent post returns, and the record of the file ends."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict
from service.flows.declaring import ending
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.ending import end_record, take_part_again
from service.flows.exchange.moving import take_own_post
from service.posts import lending
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
