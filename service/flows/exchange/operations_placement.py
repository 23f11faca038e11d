"""Operations of one placement: take the hold over, carry the exchange out, assess it, return, stay, extend."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.acting import actor_of
from service.flows.declaring import operation
from service.flows.exchange import moving
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching.problem import LEND, LOAN, MOVE
from service.flows.exchange.moving import HOLDING, Accounts, Way, cause_of
from service.people.rules import lock_end
from service.posts import lending
from service.posts.ledger import Full, Line, hold_many
from service.records import writing
from service.records.queries import facts_of
from service.records.reading import RECORD
from service.records.rules import Entry
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
USED: Mapping[str, Any] = {"returned_on": None, "extend_years": None}
"""What a decision was filled in with: the next one is asked anew."""
HEADED = ("entry_id", "person_id", "school", "manner", "band")


@operation(
    "exchange.take_over",
    "接收预留",
    "Take over what the plan holds for the person",
    reads=("plan_id", *HEADED),
    writes=("years", "until", "next_on"),
    ledger="reserves",
)
def take_over(call: Call) -> Result:
    """The plan's hold becomes this case's, in one step. Conflict("exchange.not_placed") for who was struck."""
    way, session = _way(call), call.session
    mine = (ENTRY.c.id == way.line, ENTRY.c.state == "placed")
    begun = update(ENTRY).where(*mine).values(state="began", placement_id=call.instance_id).returning(ENTRY.c.id)
    if session.execute(begun).first() is None:
        raise Conflict("exchange.not_placed", entry_id=way.line)
    lines = Accounts(session, [way.target_id]).lines(way)
    given = [Line(line.account_id, line.line, 0) for line in lines]
    if lines:
        hold_many(session, cause_of(call, call.variables["plan_id"]), given)
        hold_many(session, cause_of(call), lines)
    first = date.fromisoformat(call.variables["effective_on"])
    return {"years": 0, **_term(first, int(call.variables["term_years"]))}


@operation("exchange.give_up", "释放预留", "Release what is held for the person", ledger="settles")
def give_up(call: Call) -> Result:
    """The person did not arrive: what was held is free again."""
    way = _way(call)
    lines = [Line(line.account_id, line.line, 0) for line in Accounts(call.session, [way.target_id]).lines(way)]
    if lines:
        hold_many(call.session, cause_of(call), lines)
    return None


@operation(
    "exchange.execute",
    "办理交流",
    "Carry the exchange out",
    reads=("arrived_on", "term_years", "source", *HEADED),
    writes=("until", "next_on"),
    ledger="settles",
)
def execute(call: Call) -> Result:
    """Employment, headcount and post move, or a post of the pool is lent, or nothing but the place of work.

    Conflict("exchange.suspended") while an inquiry is open or a lock in force without an exception: the hold stays.
    """
    way, on = _way(call), date.fromisoformat(call.variables["arrived_on"])
    _expect_free(call, way)
    term = _term(on, int(call.variables["term_years"]))
    until = date.fromisoformat(term["until"])
    moving.carry_out(call, way, on, until)
    kind, value = ("loan", "support") if way.manner == LOAN else ("exchange", "lent" if way.manner == LEND else "moved")
    entry = Entry(kind, on, value=value, organisation_id=way.target_id, instance_id=call.instance_id)
    writing.add(call.session, way.person_id, entry, by=actor_of(call), now=call.now)
    return term


def _expect_free(call: Call, way: Way) -> None:
    known = facts_of(call.session, [way.person_id], day_of(call.now)).get(way.person_id)
    granted = call.session.scalar(select(ENTRY.c.exception).where(ENTRY.c.id == way.line)) == "granted"
    if known is None or known.open_case or (known.lock_active and not granted):
        raise Conflict("exchange.suspended")


@operation(
    "exchange.assessed",
    "登记年度考核",
    "Record the yearly assessment",
    reads=("yearly_assessment", "assessed_year", "years", "until", "person_id", "school"),
    writes=("years", "next_on", "term_over", "assessed_year"),
)
def assessed(call: Call) -> Result:
    """The assessment of a year stands in the person's record; `term_over` when no year of the term is left."""
    year = int(_filled_in(call, "assessed_year"))
    value = call.variables["yearly_assessment"]["decision"]
    last = date(year, 12, 31)
    person_id, place = call.variables["person_id"], call.variables["school"]
    if not _is_assessed(call, person_id, year):
        entry = Entry("assessment", last, value=value, year=year, organisation_id=place, instance_id=call.instance_id)
        writing.add(call.session, person_id, entry, by=actor_of(call), now=call.now)
    years, until = int(call.variables["years"]) + 1, date.fromisoformat(call.variables["until"])
    following = min(until, lock_end(date.fromisoformat(call.variables["next_on"]), 1))
    over = date.fromisoformat(call.variables["next_on"]) >= until
    return {"years": years, "next_on": following.isoformat(), "term_over": over, "assessed_year": None}


@operation(
    "exchange.extend",
    "延长交流期限",
    "Extend the term",
    reads=("until", "extend_years", "person_id", "manner"),
    writes=("until", "next_on", "term_over", *USED),
)
def extend(call: Call) -> Result:
    """The term goes on for so many years; a lent post is lent for longer."""
    before = date.fromisoformat(call.variables["until"])
    until = lock_end(before, int(_filled_in(call, "extend_years")))
    if call.variables["manner"] == LEND:
        lending.extend(call.session, cause_of(call), call.variables["person_id"], until)
    return {"until": until.isoformat(), "next_on": lock_end(before, 1).isoformat(), "term_over": False, **USED}


@operation(
    "exchange.return_home",
    "返回原校",
    "Return to the school of origin",
    reads=("returned_on", "source", *HEADED),
    writes=("ledger_full", *USED),
)
def return_home(call: Call) -> Result:
    """Employment, headcount and post go back, reserved there first; `ledger_full` when the school has none free."""
    way, on = _way(call), date.fromisoformat(_filled_in(call, "returned_on"))
    if way.manner != LOAN:
        back = Way(way.line, way.person_id, call.variables["source"], MOVE, way.band)
        if not _held(call, back):
            return {"ledger_full": True, **USED}
        moving.carry_out(call, back, on, on)
    _end_record(call, on)
    return {"ledger_full": False, **USED}


@operation(
    "exchange.stay",
    "留任",
    "Stay at the receiving school",
    reads=("returned_on", *HEADED),
    writes=("ledger_full", *USED),
)
def stay(call: Call) -> Result:
    """Who was on loan moves now; who had a lent post takes one of the school's own. `ledger_full`: none is free."""
    way, on = _way(call), date.fromisoformat(_filled_in(call, "returned_on"))
    own = Way(way.line, way.person_id, way.target_id, MOVE, way.band)
    if way.manner == LOAN:
        if not _held(call, own):
            return {"ledger_full": True, **USED}
        moving.carry_out(call, own, on, on)
    if way.manner == LEND and not moving.take_own_post(call, own, on):
        return {"ledger_full": True, **USED}
    _end_record(call, on)
    return {"ledger_full": False, **USED}


@operation("exchange.close", "结束交流", "Close the placement of somebody who has left", reads=("person_id",))
def close(call: Call) -> Result:
    """The person has left by a personnel change, which has moved what there was to move: only the record ends."""
    _end_record(call, day_of(call.now))
    return None


def _way(call: Call) -> Way:
    values = call.variables
    return Way(values["entry_id"], values["person_id"], values["school"], values["manner"], values.get("band") or "")


def _filled_in(call: Call, name: str) -> Any:
    """What this decision needs of the form; Invalid("form.invalid") with a fault at the field."""
    value = call.variables.get(name)
    if value in (None, ""):
        raise Invalid("form.invalid", faults=(Fault(f"values.{name}", "field.required"),))
    return value


def _held(call: Call, way: Way) -> bool:
    """Hold headcount and post for a way; False when they are not free."""
    lines = Accounts(call.session, [way.target_id]).lines(way)
    return not isinstance(hold_many(call.session, cause_of(call, step=HOLDING), lines), Full)


def _term(first: date, years: int) -> dict[str, str]:
    """When the term ends, and when the next year of it does."""
    return {"until": lock_end(first, years).isoformat(), "next_on": lock_end(first, 1).isoformat()}


def _is_assessed(call: Call, person_id: str, year: int) -> bool:
    """The person's yearly assessment may stand there already: it is one, whoever entered it."""
    mine = (RECORD.c.person_id == person_id, RECORD.c.kind == "assessment", RECORD.c.year == year)
    return call.session.scalar(select(RECORD.c.id).where(*mine, RECORD.c.voided_at.is_(None))) is not None


def _end_record(call: Call, on: date) -> None:
    mine = (RECORD.c.instance_id == call.instance_id, RECORD.c.kind.in_(("exchange", "loan")))
    standing = (RECORD.c.valid_until.is_(None), RECORD.c.voided_at.is_(None))
    for record_id in call.session.scalars(select(RECORD.c.id).where(*mine, *standing)).all():
        writing.end(call.session, record_id, on, by=actor_of(call), now=call.now)


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
