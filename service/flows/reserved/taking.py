"""What a lent post does to the post that its holder had: the own one is left, and found again, or not, afterwards."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Fault, Invalid
from service.flows.reserved.rules import LOWEST
from service.people import regrading
from service.people.locking import lock_persons
from service.people.persons import APPOINTMENT
from service.posts import ledger, lending, queueing, sitting
from service.posts.ledger import Cause, Line
from service.posts.lending import Loan
from service.posts.sitting import Sitting

OWN_BAND, FORMER, WAITING = "own_band", "former", "waiting"
LINE = "afterwards"
TAKEN_UP, TERM_OVER, GIVEN_UP = "聘任到借用的预留岗位", "预留岗位借期届满", "预留岗位申请终止"


def lock(session: Session, cause: Cause, person_id: str) -> Sitting:
    """The person, then at once every account that the end of a lent post may touch: that of the former band, too."""
    lock_persons(session, [person_id])
    seat = sitting.sittings(session, [person_id])[person_id]
    return sitting.lock(session, cause, person_id, _former_account(session, seat))


def _former_account(session: Session, seat: Sitting) -> list[str]:
    if seat.loan is None or seat.appointment is None:
        return []
    place, (band, _) = seat.appointment.organisation_id, _former(session, seat.loan)
    account = sitting.accounts(session, {place}).get((place, band)) if band else None
    return [] if account is None else [account]


def take_up(session: Session, cause: Cause, seat: Sitting, band: str, on: date, grade: int | None) -> None:
    """The person takes up the lent post and leaves the own one; `seat` is locked and at the school of the loan.

    Excess of the own band falls before a vacancy opens. Invalid("dates.order") for a day outside the term.
    """
    lending.appoint(session, cause, seat.person_id, on)
    if seat.post is not None:
        ledger.vacate(session, cause, [seat.post], seat.person_id)
    regrade(session, cause, seat.person_id, on, (band, grade or LOWEST[band]), TAKEN_UP)


def return_post(session: Session, cause: Cause, loan: Loan, band: str, afterwards: str) -> None:
    """The term is over: the holder takes a post of the school's own, of this band or the former, or none.

    Invalid("form.invalid") where the school has none free of claims, or there was no post before.
    """
    before = lock(session, cause, loan.person_id).appointment
    known = {OWN_BAND: (band, before and before.grade), FORMER: _former(session, loan), WAITING: (None, None)}
    if afterwards != WAITING and not _occupies(session, cause, before, known[afterwards][0]):
        raise Invalid("form.invalid", faults=(Fault("values.afterwards", "reserved.no_own_post"),))
    _leave(session, cause, loan, before, known[afterwards], ("term_over", TERM_OVER))


def leave_lent_post(session: Session, cause: Cause, loan: Loan) -> None:
    """The case ends within the term: the holder has a post of the former band again if one is free, else none."""
    before, former = lock(session, cause, loan.person_id).appointment, _former(session, loan)
    after = former if _occupies(session, cause, before, former[0]) else (None, None)
    _leave(session, cause, loan, before, after, ("returned", GIVEN_UP))


def next_post(session: Session, loan: Loan, on: date) -> str | None:
    """The band in which the holder would sit if the case ended now: the former one where a post is free, else none."""
    job, (band, _) = sitting.sittings(session, [loan.person_id])[loan.person_id].appointment, _former(session, loan)
    if job is None or band is None:
        return None
    account = sitting.accounts(session, {job.organisation_id}).get((job.organisation_id, band))
    return band if account is not None and queueing.could_take(session, account, on) else None


def _leave(
    session: Session, cause: Cause, loan: Loan, before: Row[Any] | None, after: tuple[Any, Any], why: tuple[str, str]
) -> None:
    today = day_of(cause.now)
    lending.give_back(session, cause, loan.person_id, why[0], today)
    if before is not None and after[0] != before.band:
        regrade(session, cause, loan.person_id, today, after, why[1])


def _former(session: Session, loan: Loan) -> tuple[str | None, int | None]:
    """Band and grade that the holder had before this loan was taken up."""
    mine = and_(APPOINTMENT.c.person_id == loan.person_id, APPOINTMENT.c.struck_at.is_(None))
    made = select(APPOINTMENT.c.valid_from).where(mine, APPOINTMENT.c.instance_id == loan.instance_id)
    first = made.order_by(APPOINTMENT.c.valid_from).limit(1).scalar_subquery()
    before = select(APPOINTMENT.c.band, APPOINTMENT.c.grade).where(mine, APPOINTMENT.c.valid_until == first)
    found = session.execute(before.order_by(APPOINTMENT.c.valid_from).limit(1)).first()
    return (found.band, found.grade) if found else (None, None)


def _occupies(session: Session, cause: Cause, before: Row[Any] | None, band: str | None) -> bool:
    """Whether a post of the school's own was free and nobody waits: it is taken at once. `lock` has locked it."""
    if before is None or band is None:
        return False
    account = sitting.accounts(session, {before.organisation_id}).get((before.organisation_id, band))
    if account is None:
        return False
    if not queueing.hold(session, replace(cause, token=f"{cause.token}+hold"), [Line(account, LINE, 1)]):
        return False
    ledger.occupy(session, cause, account, LINE)
    return True


def regrade(
    session: Session, cause: Cause, person_id: str, on: date, post: tuple[str | None, int | None], because: str
) -> None:
    """The appointment goes on with another band and grade; the case is its document."""
    case, (band, grade) = cause.instance_id or "", post
    changes = {"band": band, "grade": grade}
    regrading.regrade(
        session, person_id, on, because, changes, instance_id=case, by=cause.actor_id, document=case, now=cause.now
    )
