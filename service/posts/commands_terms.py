"""Terms of lent posts that nobody's case looks after, such as those from before the opening day: HR is told in time."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import transaction
from service.notices import outbox
from service.notices.outbox import Message
from service.people.members import names
from service.posts import lending
from service.posts.lending import INSTANCE, LOAN, LOOKED_AFTER, Loan

DUE, TOLD = "loan.due", "role:bureau_hr_officer"


def remind_of_terms(actor: Actor, *, now: datetime) -> int:
    """Tell bureau HR, once a term, of each lent post that is to return soon; how many.

    A loan of a case that has not ended is left to it: the case asks for a decision itself.
    """
    with transaction() as session:
        policy.require(actor, "loan_term.remind")
        found = _left_alone(session, lending.due(session, lending.noticed_until(session, day_of(now))))
        if not found:
            return 0
        named = names([loan.person_id for loan in found])
        told = [Message(DUE, TOLD, {"name": named[one.person_id], "until": one.until.isoformat()}) for one in found]
        outbox.post(session, told, now)
        ids = [loan.id for loan in found]
        session.execute(update(LOAN).where(LOAN.c.id.in_(ids)).values(reminded_until=LOAN.c.until))
        return len(found)


def _left_alone(session: Session, due: list[Loan]) -> list[Loan]:
    """Those of which HR has not been told for this term, and that no running case looks after."""
    untold = LOAN.c.reminded_until.is_(None) | (LOAN.c.reminded_until != LOAN.c.until)
    looked_after = select(INSTANCE.c.id).where(INSTANCE.c.id == LOAN.c.instance_id, INSTANCE.c.state.in_(LOOKED_AFTER))
    ids = [loan.id for loan in due]
    alone = set(session.scalars(select(LOAN.c.id).where(LOAN.c.id.in_(ids), untold, ~looked_after.exists())))
    return [loan for loan in due if loan.id in alone]
