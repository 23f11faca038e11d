"""What the end of a case leaves behind: a lent post returns, and a round that was given up tells its applicants."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from service.access.days import day_of
from service.flows.declaring import ending
from service.flows.foreseeing import Told, foresees
from service.flows.reserved import rounds, taking
from service.flows.reserved.rules import GIVEN_UP
from service.notices import outbox
from service.people.members import names
from service.posts import lending
from service.posts.lending import Loan
from service.posts.posting import Cause

OUTCOME = "reserved.outcome"


@ending("reserved_post")
def application_ended(session: Session, cause: Cause) -> None:
    """No case leaves a lent post behind: who had taken it up has one of the school's own again, or waits for one."""
    mine = [loan for loan in lending.of_case(session, cause.instance_id or "") if loan.ended_on is None]
    for loan in mine:
        if loan.appointed_on is None:
            lending.give_back(session, cause, loan.person_id, "not_appointed", day_of(cause.now))
        else:
            taking.leave_lent_post(session, cause, loan)
        state = "released" if loan.appointed_on is None else "returned"
        rounds.change_application(session, cause.instance_id or "", state=state)


@ending("reserved_round")
def round_ended(session: Session, cause: Cause) -> None:
    """A round that ends undecided takes no more applications, and whoever waits for it learns that it is over."""
    round_id = cause.instance_id or ""
    if rounds.locked_round(session, round_id).state not in rounds.UNDECIDED:
        return
    rounds.change_round(session, round_id, state="cancelled")
    waiting = [row.id for row in rounds.standing(session, round_id) if row.state == "accepted"]
    outbox.post(session, [_told(round_id, application_id) for application_id in waiting], cause.now)


def _told(round_id: str, application_id: str) -> outbox.Message:
    outcome = {"application_id": application_id, "granted": False, "rank": None, "because": GIVEN_UP}
    body = {"name": OUTCOME, "correlation_key": application_id, "payload": {"outcome": outcome}}
    return outbox.Message(outbox.THROWN, f"message:{OUTCOME}", {**body, "instance_id": round_id})


@foresees("reserved_post")
def application_would_end(session: Session, instance_id: str, on: date) -> Sequence[Told]:
    """Which lent post would return, and which post its holder would have then."""
    return [_returned(session, loan, on) for loan in lending.of_case(session, instance_id) if loan.ended_on is None]


def _returned(session: Session, loan: Loan, on: date) -> Told:
    told = {"person": names([loan.person_id])[loan.person_id]}
    if loan.appointed_on is None:
        return "cancel.promised", told
    band = taking.next_post(session, loan, on)
    return ("cancel.lent_former", {**told, "band": band}) if band else ("cancel.lent_waits", told)


@foresees("reserved_round")
def round_would_end(session: Session, instance_id: str, _on: date) -> Sequence[Told]:
    """How many applicants would learn that nothing is allocated."""
    if rounds.the_round(session, instance_id).state not in rounds.UNDECIDED:
        return []
    count = sum(row.state == "accepted" for row in rounds.standing(session, instance_id))
    return [("cancel.applicants", {"count": count})] if count else []
