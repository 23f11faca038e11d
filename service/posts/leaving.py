"""Somebody leaves a post: what was the school's own is vacated, a lent post returns to its pool (policy §2)."""

from datetime import date

from sqlalchemy.orm import Session

from service.posts import ledger, lending, sitting
from service.posts.posting import Cause, Posted


def leave(session: Session, cause: Cause, person_id: str, because: str, on: date) -> Posted:
    """Free what a person uses; excess falls before a vacancy opens. `on` is the first day without it.

    A lent post goes back, also one that was only promised: then the own one is left, too. `because` is one of
    `lending.BECAUSE`.
    """
    seat = sitting.lock(session, cause, person_id)
    posted = ledger.vacate(session, cause, seat.own, person_id) if seat.own else Posted()
    if seat.loan is None:
        return posted
    first = max(on, seat.loan.from_on)
    back = lending.give_back(session, cause, person_id, because, first)
    return Posted(posted.entries + back.entries)
