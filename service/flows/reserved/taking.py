"""What a lent post does to the post that its holder had: the own one is left, and found again, or not, afterwards."""

from dataclasses import replace
from datetime import date
from typing import Any

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows import acting
from service.people import regrading
from service.posts import ledger, lending, sitting
from service.posts.ledger import Full, Line
from service.posts.posting import Posted
from workflows.surroundings import Call

LOWEST = {"senior": 7, "middle": 10}
"""Grade at which somebody begins in a band, where the school names none (policy §1)."""
OWN_BAND, FORMER, WAITING = "own_band", "former", "waiting"
LINE = "afterwards"


def take_up(call: Call, person_id: str, band: str, on: date, grade: int | None) -> dict[str, Any]:
    """The person takes up the lent post and leaves the own one; what that was, for the day after the loan.

    Excess of the own band falls before a vacancy opens. Conflict("appointment.none") for who has left meanwhile.
    """
    cause = acting.cause_of(call)
    seat = sitting.lock(call.session, cause, person_id)
    before = seat.appointment
    if before is None:
        raise Conflict("appointment.none", person_id=person_id)
    lending.appoint(call.session, cause, person_id, on)
    if seat.post is not None:
        ledger.vacate(call.session, cause, [seat.post], person_id)
    _regrade(call, person_id, on, {"band": band, "grade": grade or LOWEST[band]}, "聘任到借用的预留岗位")
    return {"former_band": before.band, "former_grade": before.grade}


def return_post(call: Call, person_id: str, band: str, afterwards: str, because: str) -> Posted:
    """The lent post returns; its holder takes a post of the school's own, of this band or the former, or none.

    Invalid("reserved.no_own_post") where the school has none free, or there was no post before.
    """
    before, cause = regrading.open_appointment(call.session, person_id), acting.cause_of(call)
    today = day_of(call.now)
    known = {OWN_BAND: (band, before and before.grade), FORMER: _former(call), WAITING: (None, None)}
    new_band, grade = known[afterwards]
    if afterwards != WAITING:
        _occupy(call, before, new_band)
    posted = lending.give_back(call.session, cause, person_id, because, today)
    if before is not None and new_band != before.band:
        _regrade(call, person_id, today, {"band": new_band, "grade": grade}, "预留岗位借期届满")
    return posted


def _former(call: Call) -> tuple[str | None, int | None]:
    return call.variables.get("former_band"), call.variables.get("former_grade")


def _occupy(call: Call, before: Any, band: str | None) -> None:
    """A free post of the school's own, at once; all accounts are locked with the loan's."""
    cause = acting.cause_of(call)
    own = sitting.accounts(call.session, {before.organisation_id}) if before is not None and band else {}
    account = own.get((before.organisation_id, band)) if before is not None else None
    if account is None:
        raise _none_free()
    sitting.lock(call.session, cause, before.person_id, [account])
    holds = replace(cause, token=f"{cause.token}+hold")
    if isinstance(ledger.hold_many(call.session, holds, [Line(account, LINE, 1)]), Full):
        raise _none_free()
    ledger.occupy(call.session, cause, account, LINE)


def _none_free() -> Invalid:
    return Invalid("form.invalid", faults=(Fault("values.afterwards", "reserved.no_own_post"),))


def _regrade(call: Call, person_id: str, on: date, changes: dict[str, Any], because: str) -> None:
    by, instance = acting.actor_of(call), call.instance_id
    regrading.regrade(
        call.session, person_id, on, because, changes, instance_id=instance, by=by, document=instance, now=call.now
    )
