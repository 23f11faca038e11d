"""Somebody leaves a post: what was the school's own is vacated, a lent post returns to its pool (policy §2)."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.posts import ledger, lending
from service.posts.posting import ACCOUNT, Cause, Posted


def leave(
    session: Session, cause: Cause, appointment: Any, because: str, on: date, *, pool_id: str | None = None
) -> Posted:
    """Free what an appointment uses; excess falls before a vacancy opens. `on` is the first day without it.

    `appointment` is its row, `because` one of `lending.BECAUSE`. A lent post that the person is known to hold is given
    back; `pool_id` names the pool of one whose holder was never recorded. Conflict("ledger.not_lent").
    """
    person_id = appointment.person_id
    own = accounts_of(session, appointment)
    known = lending.lock(session, cause, [person_id], [*own.values(), *([pool_id] if pool_id else [])])
    lent = person_id in known or pool_id is not None
    used = [account_id for kind, account_id in own.items() if kind == "headcount" or not lent]
    posted = ledger.vacate(session, cause, used, person_id) if used else Posted()
    if person_id in known:
        back = lending.give_back(session, cause, person_id, because, on)
    elif pool_id:
        back = ledger.take_back(session, cause, pool_id, person_id, appointment.organisation_id)
    else:
        back = Posted()
    return Posted(posted.entries + back.entries)


def accounts_of(session: Session, appointment: Any) -> dict[str, str]:
    """The school's own accounts that an appointment bears on: `headcount` when 在编, `post` where it has a band."""
    kinds = [ACCOUNT.c.kind == "headcount"] if appointment.employment_kind == "staffed" else []
    if appointment.band is not None:
        kinds.append(ACCOUNT.c.band == appointment.band)
    if not kinds:
        return {}
    mine = (ACCOUNT.c.organisation_id == appointment.organisation_id, ACCOUNT.c.pool.is_(False), or_(*kinds))
    return {row.kind: row.id for row in session.execute(select(ACCOUNT.c.kind, ACCOUNT.c.id).where(*mine))}
