"""Operations of the term of one placement: assess its years and the whole, return, stay, extend, close."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from service.access.days import day_of
from service.errors import Fault, Invalid
from service.flows.acting import actor_of
from service.flows.declaring import operation
from service.flows.exchange import ending, moving
from service.flows.exchange.matching.problem import BRING, LEND, LOAN, MOVE
from service.flows.exchange.moving import HOLDING, PAPER, Accounts, Way, cause_of, filled_in
from service.flows.exchange.operations_placement import HEADED, way_of
from service.people.rules import lock_end
from service.posts import lending, queueing
from service.records import writing
from service.records.reading import RECORD
from service.records.rules import Entry
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
USED: Mapping[str, Any] = {"returned_on": None, "extend_years": None, **PAPER}
"""What a decision was filled in with: the next one is asked anew."""


@operation(
    "exchange.assessed",
    "登记年度考核",
    "Record the yearly assessment",
    reads=("yearly_assessment", "assessed_year", "arrived_on", "years", "until", "person_id", "school"),
    writes=("years", "next_on", "term_over", "assessed_year"),
)
def assessed(call: Call) -> Result:
    """The assessment of a year stands in the person's record; `term_over` when no year of the term is left.

    Invalid("form.invalid") with what is wrong with the year: outside the exchange so far, assessed before, or already
    on record with another value, which nothing here overwrites.
    """
    year = int(filled_in(call, "assessed_year"))
    value = call.variables["yearly_assessment"]["decision"]
    person_id, place = call.variables["person_id"], call.variables["school"]
    if not _is_on_record(call, person_id, year, value):
        last = date(year, 12, 31)
        entry = Entry("assessment", last, value=value, year=year, organisation_id=place, instance_id=call.instance_id)
        writing.add(call.session, person_id, entry, by=actor_of(call), now=call.now)
    years, until = int(call.variables["years"]) + 1, date.fromisoformat(call.variables["until"])
    following = min(until, lock_end(date.fromisoformat(call.variables["next_on"]), 1))
    over = date.fromisoformat(call.variables["next_on"]) >= until
    return {"years": years, "next_on": following.isoformat(), "term_over": over, "assessed_year": None}


def _is_on_record(call: Call, person_id: str, year: int, value: str) -> bool:
    """Whether the same was entered already, by whomever; the faults of a year that cannot be."""
    first, last = date.fromisoformat(call.variables["arrived_on"]).year, day_of(call.now).year
    if not first <= year <= last:
        raise _wrong_year("exchange.assessed_year", first=first, last=last)
    mine = (RECORD.c.person_id == person_id, RECORD.c.kind == "assessment", RECORD.c.year == year)
    found = select(RECORD.c.value, RECORD.c.instance_id).where(*mine, RECORD.c.voided_at.is_(None))
    there = call.session.execute(found).first()
    if there is not None and there.instance_id == call.instance_id:
        raise _wrong_year("exchange.year_assessed", year=year)
    if there is not None and there.value != value:
        raise _wrong_year("exchange.assessed_otherwise", year=year)
    return there is not None


def _wrong_year(code: str, **params: int) -> Invalid:
    return Invalid("form.invalid", faults=(Fault("values.assessed_year", code, params=params),))


@operation(
    "exchange.term_assessed",
    "登记期满考核",
    "Record the term assessment",
    reads=("term_assessment", "until", "person_id", "school"),
)
def term_assessed(call: Call) -> Result:
    """The assessment of the whole term stands in the person's record, on the day on which the term ends."""
    values = call.variables
    last, value = date.fromisoformat(values["until"]), values["term_assessment"]["decision"]
    entry = Entry("term_assessment", last, value=value, organisation_id=values["school"], instance_id=call.instance_id)
    writing.add(call.session, values["person_id"], entry, by=actor_of(call), now=call.now)
    return None


@operation(
    "exchange.extend",
    "延长交流期限",
    "Extend the term",
    reads=("until", "extend_years", "person_id", "manner"),
    writes=("until", "next_on", "term_over", *USED),
)
def extend(call: Call) -> Result:
    """The term goes on for so many years; a post that this exchange has lent, and is lent still, is for longer."""
    before = date.fromisoformat(call.variables["until"])
    until = lock_end(before, int(filled_in(call, "extend_years")))
    person_id = call.variables["person_id"]
    loan = lending.open_loans(call.session, [person_id]).get(person_id)
    if loan is not None and loan.instance_id == call.instance_id:
        lending.extend(call.session, cause_of(call), person_id, until)
    return {"until": until.isoformat(), "next_on": lock_end(before, 1).isoformat(), "term_over": False, **USED}


@operation(
    "exchange.return_home",
    "返回原校",
    "Return to the school of origin",
    reads=("returned_on", "source", *PAPER, *HEADED),
    writes=("ledger_full", *USED),
)
def return_home(call: Call) -> Result:
    """Employment, headcount and post of today go back, reserved there first; `ledger_full`: none is free of claims.

    Who has brought the own post along takes it back by a decision of its own, and without one returns as anybody.
    Conflict("exchange.elsewhere") for who is not employed where the exchange has led any more.
    """
    way, on = way_of(call), date.fromisoformat(filled_in(call, "returned_on"))
    home = call.variables["source"]
    seat = moving.seated(call, way.person_id, home if way.manner == LOAN else way.target_id, "exchange.elsewhere")
    if way.manner != LOAN:
        brings = way.manner == BRING and call.variables.get("post_document")
        back = moving.way_of(way, seat, home, BRING if brings else MOVE)
        if not _held(call, back):
            return {"ledger_full": True, **USED}
        moving.carry_out(call, back, seat, on, on)
    ending.end_record(call.session, call.instance_id, on, by=actor_of(call), now=call.now)
    return {"ledger_full": False, **USED}


@operation(
    "exchange.stay",
    "留任",
    "Stay at the receiving school",
    reads=("returned_on", "source", *HEADED),
    writes=("ledger_full", *USED),
)
def stay(call: Call) -> Result:
    """Who was on loan moves now, who has a lent post takes one of the school's; `ledger_full`: none is free of claims.

    Conflict("exchange.elsewhere") for who is not employed where the exchange has led any more.
    """
    way, on = way_of(call), date.fromisoformat(filled_in(call, "returned_on"))
    here = call.variables["source"] if way.manner == LOAN else way.target_id
    seat = moving.seated(call, way.person_id, here, "exchange.elsewhere")
    if way.manner == LOAN:
        own = moving.way_of(way, seat, way.target_id, MOVE)
        if not _held(call, own):
            return {"ledger_full": True, **USED}
        moving.carry_out(call, own, seat, on, on)
    if way.manner == LEND and not moving.take_own_post(call.session, cause_of(call), way.person_id, way.line, on):
        return {"ledger_full": True, **USED}
    ending.end_record(call.session, call.instance_id, on, by=actor_of(call), now=call.now)
    return {"ledger_full": False, **USED}


@operation("exchange.close", "结束交流", "Close the placement of somebody who has left", reads=("person_id",))
def close(call: Call) -> Result:
    """The person has left by a personnel change, which has moved what there was to move: only the record ends."""
    on = ending.last_day(call.session, call.variables["person_id"], call.now)
    ending.end_record(call.session, call.instance_id, on, by=actor_of(call), now=call.now)
    return None


def _held(call: Call, way: Way) -> bool:
    """Hold headcount and post for a way; False when they are not free, or the last free ones are for who waits."""
    moving.lock(call, way)
    lines = Accounts(call.session, [way.target_id]).lines(way)
    return not lines or queueing.hold(call.session, cause_of(call, step=HOLDING), lines)
