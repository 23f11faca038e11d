"""Operations of a granted post: hold, publicity, lend, appoint, term, return."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from service.access.days import day_of
from service.errors import Fault, Invalid
from service.flows import acting
from service.flows.declaring import operation
from service.flows.reserved import rounds, taking
from service.flows.reserved.rules import LINE, needs_none
from service.people.rules import lock_end
from service.posts import ledger, lending, pools, sitting
from service.posts.ledger import Full
from service.posts.lending import NewLoan
from service.posts.sitting import Sitting
from service.records.queries import facts_of, standing_of
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation(
    "reserved.reserve",
    "预留该岗位",
    "Hold the post",
    reads=("band",),
    writes=("ledger_full",),
    ledger="reserves",
    of_pools=True,
    live=True,
)
def reserve(call: Call) -> Result:
    """Hold one post of the band's pool; `ledger_full` when none is free any more."""
    account = pools.account(call.session, call.variables["band"])
    outcome = ledger.hold(call.session, acting.cause_of(call), account, LINE, 1)
    if isinstance(outcome, Full):
        return {"ledger_full": True}
    rounds.change_application(call.session, call.instance_id, state="granted")
    return {"ledger_full": False}


@operation(
    "reserved.lend",
    "借出岗位",
    "Lend the post",
    inputs={"term_years": "number"},
    required=("term_years",),
    reads=("applicant_id", "school", "band"),
    writes=("lending", "loan_id", "term_until"),
    ledger="occupies",
)
def lend(call: Call) -> Result:
    """Lend the held post to the person at the school for the term, from today.

    `lending` is lent, else what bureau HR has to look at: suspended (an ethics case or inquiry is open, or unknown),
    barred, left (not in service any more), elsewhere (still at another school: the exchange or transfer comes first),
    loan_held (another lent post was taken meanwhile), has_post (one of the band, of the school's own). The hold stays.
    """
    known, today, cause = call.variables, day_of(call.now), acting.cause_of(call)
    person_id, account = known["applicant_id"], pools.account(call.session, known["band"])
    found = against(call, sitting.lock(call.session, cause, person_id, [account]))
    if found is not None:
        return {"lending": found, "loan_id": None}
    until = lock_end(today, int(known["term_years"])) - timedelta(days=1)
    loan_id = lending.lend_to(call.session, cause, NewLoan(account, LINE, known["school"], person_id, today, until))
    rounds.change_application(call.session, call.instance_id, state="lent")
    return {"lending": "lent", "loan_id": loan_id, "term_until": until.isoformat()}


def against(call: Call, seat: Sitting) -> str | None:
    """What stands against lending or appointing now, for bureau HR to look at; None when nothing does."""
    if seat.appointment is None:
        return "left"
    if seat.appointment.organisation_id != call.variables["school"]:
        return "elsewhere"
    if seat.loan is not None and seat.loan.instance_id != call.instance_id:
        return "loan_held"
    if not seat.taken_up and needs_none(seat.appointment.band, call.variables["band"]):
        return "has_post"
    word = standing_of(facts_of(call.session, [seat.person_id], day_of(call.now)))[seat.person_id]
    return {"clear": None, "barred": "barred"}.get(word, "suspended")


@operation(
    "reserved.appoint",
    "核对并登记聘任",
    "Look at ethics once more and record the appointment",
    reads=("applicant_id", "school", "band", "appointment", "appointed_on", "appointed_grade"),
    writes=("appointing",),
)
def appoint(call: Call) -> Result:
    """The person takes up the lent post and leaves the own one. Invalid("dates.order") for a day outside the term.

    `appointing` is appointed, lapsed when the time ran out, held while something stands against it or the post was
    given back meanwhile: then nothing moves, and the time that ran out does not count.
    """
    known, cause = call.variables, acting.cause_of(call)
    seat = sitting.lock(call.session, cause, known["applicant_id"])
    in_time = known["appointment"]["decision"] == "appointed"
    if against(call, seat) is not None if seat.loan else in_time:
        return {"appointing": "held"}
    if not in_time:
        return {"appointing": "lapsed"}
    on = date.fromisoformat(known["appointed_on"])
    if on > day_of(call.now):
        raise Invalid("dates.order", faults=(Fault("values.appointed_on", "dates.order"),))
    taking.take_up(call.session, cause, seat, known["band"], on, known.get("appointed_grade"))
    rounds.change_application(call.session, call.instance_id, state="appointed")
    return {"appointing": "appointed"}


@operation(
    "reserved.set_term",
    "计算借期",
    "Set when the term is to be looked at",
    inputs={"notice_days": "number"},
    required=("notice_days",),
    reads=("term_until",),
    writes=("term_notice_on",),
)
def set_term(call: Call) -> Result:
    """The day on which bureau HR gets the end of the term to decide on: `notice_days` before it."""
    until = date.fromisoformat(call.variables["term_until"])
    return {"term_notice_on": (until - timedelta(days=int(call.variables["notice_days"]))).isoformat()}


@operation(
    "reserved.extend",
    "延长借期",
    "Extend the term",
    reads=("applicant_id", "extended_until"),
    writes=("term_until",),
)
def extend(call: Call) -> Result:
    """The term ends later. Invalid("form.invalid") without a later last day."""
    until = call.variables.get("extended_until")
    if not until or until <= call.variables["term_until"]:
        raise Invalid("form.invalid", faults=(Fault("values.extended_until", "reserved.extended_until"),))
    lending.extend(call.session, acting.cause_of(call), call.variables["applicant_id"], date.fromisoformat(until))
    return {"term_until": until}


@operation("reserved.release", "收回未聘任的岗位", "Take back a post that nobody took up", reads=("applicant_id",))
def release(call: Call) -> Result:
    """Nobody was appointed in time: the post returns to its pool, the person's own post was never left."""
    person_id, today = call.variables["applicant_id"], day_of(call.now)
    lending.give_back(call.session, acting.cause_of(call), person_id, "not_appointed", today)
    rounds.change_application(call.session, call.instance_id, state="released")
    return None


@operation(
    "reserved.give_back",
    "收回岗位",
    "Take the post back at the end of its term",
    reads=("applicant_id", "band", "afterwards"),
)
def give_back(call: Call) -> Result:
    """The post returns to its pool; `afterwards` says which post its holder has from now on."""
    known, cause = call.variables, acting.cause_of(call)
    afterwards = known.get("afterwards") or taking.WAITING
    loan = taking.lock(call.session, cause, known["applicant_id"]).loan
    if loan is not None:
        taking.return_post(call.session, cause, loan, known["band"], afterwards)
    rounds.change_application(call.session, call.instance_id, state="returned")
    return None
