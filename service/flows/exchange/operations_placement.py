"""Operations at the beginning of one placement: take the hold over, renew it, give it up, carry the exchange out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from service.access.days import day_of
from service.errors import Conflict
from service.flows import queueing
from service.flows.acting import actor_of
from service.flows.declaring import operation
from service.flows.exchange import moving, on_paper
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching.problem import BRING, LEND, LOAN
from service.flows.exchange.moving import PAPER, Accounts, Way, cause_of
from service.people.rules import lock_end
from service.posts import posting
from service.posts.ledger import Full, Line, hand_over, hold_many
from service.records import writing
from service.records.queries import facts_of
from service.records.rules import Entry
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
HEADED = ("entry_id", "person_id", "school", "manner", "band", "staffed")


@operation(
    "exchange.take_over",
    "接收预留",
    "Take over what the plan holds for the person",
    reads=("effective_on", "term_years"),
    writes=("years", "until", "next_on", "plan_id", "subject", "there", *HEADED),
    ledger="reserves",
    of_pools=True,
)
def take_over(call: Call) -> Result:
    """The plan's hold becomes this case's, in one step; of a plan on paper it is held now (`on_paper`).

    Conflict("exchange.not_placed") for who was struck, and where no plan has begun the case.
    """
    if "entry_id" not in call.variables:
        return _told(call)
    way, session = way_of(call), call.session
    mine = (ENTRY.c.id == way.line, ENTRY.c.state == "placed")
    begun = update(ENTRY).where(*mine).values(state="began", placement_id=call.instance_id).returning(ENTRY.c.id)
    if session.execute(begun).first() is None:
        raise Conflict("exchange.not_placed", entry_id=way.line)
    lines = Accounts(session, [way.target_id]).lines(way)
    if lines:
        hand_over(session, cause_of(call, call.variables["plan_id"]), cause_of(call), lines)
    first = date.fromisoformat(call.variables["effective_on"])
    return {"years": 0, **_term(first, int(call.variables["term_years"]))}


def _told(call: Call) -> Result:
    """A placement that began on paper brings its own entry; nobody begins one here without a plan."""
    if call.written is None:
        raise Conflict("exchange.not_placed")
    first = date.fromisoformat(call.variables["effective_on"])
    return {"years": 0, **on_paper.begin(call), **_term(first, int(call.variables["term_years"]))}


@operation(
    "exchange.rehold",
    "按现聘岗位重新预留",
    "Reserve anew by the present appointment",
    reads=("source", *HEADED),
    writes=("band", "staffed"),
    ledger="reserves",
)
def rehold(call: Call) -> Result:
    """For whose appointment has changed since the plan what it needs today is held instead.

    Conflict("exchange.moved_away" | "exchange.post_same" | "exchange.no_free_post" | "exchange.no_band" |
    "ledger.others_wait").
    """
    way = way_of(call)
    seat = moving.seated(call, way.person_id, call.variables["source"], "exchange.moved_away")
    new = moving.way_of(way, seat, way.target_id, way.manner)
    if new == way:
        raise Conflict("exchange.post_same")
    if new.manner in (BRING, LEND) and not new.band:
        raise Conflict("exchange.no_band")
    accounts = Accounts(call.session, [way.target_id])
    lines = list({line.account_id: line for line in (*accounts.lines(way, 0), *accounts.lines(new))}.values())
    locked = posting.lock(call.session, cause_of(call), [line.account_id for line in lines])
    queueing.expect_free(call, lines, locked)
    if isinstance(hold_many(call.session, cause_of(call), lines), Full):
        raise Conflict("exchange.no_free_post", band=new.band)
    post: Any = seat.appointment
    values = {"band": new.band, "appointment_id": post.id, "version": ENTRY.c.version + 1}
    call.session.execute(update(ENTRY).where(ENTRY.c.id == way.line).values(values))
    return {"band": new.band, "staffed": new.staffed}


@operation("exchange.give_up", "释放预留", "Release what is held for the person", ledger="settles")
def give_up(call: Call) -> Result:
    """The person did not arrive: what was held is free again."""
    way = way_of(call)
    lines = [Line(line.account_id, line.line, 0) for line in Accounts(call.session, [way.target_id]).lines(way)]
    if lines:
        hold_many(call.session, cause_of(call), lines)
    return None


@operation(
    "exchange.execute",
    "办理交流",
    "Carry the exchange out",
    reads=("arrived_on", "term_years", "source", *PAPER, *HEADED),
    writes=("until", "next_on", *PAPER),
    ledger="occupies",
)
def execute(call: Call) -> Result:
    """Employment, headcount and post move, or a post of the pool is lent, or nothing but the place of work.

    Who sits there already by the opening balance, of a case that began on paper, does not move again.
    Who brings the own post along needs the decision by which it moves, with number and date.

    Conflict("exchange.suspended") while an inquiry is open or a lock in force without an exception,
    Conflict("exchange.moved_away" | "exchange.post_changed") when the appointment is not the one that was planned
    with: the hold stays.
    """
    way, on = way_of(call), date.fromisoformat(call.variables["arrived_on"])
    if not call.variables.get("there"):
        _move(call, way, on)
    else:
        moving.seated(call, way.person_id, way.target_id, "exchange.elsewhere")
        moving.expect_past(call, on)
    if on_paper.is_own(call):
        on_paper.take_up(call, way)
    filed(call, way, on)
    return {**_term(on, int(call.variables["term_years"])), **PAPER}


def _move(call: Call, way: Way, on: date) -> None:
    expect_free(call, way)
    seat = moving.seated(call, way.person_id, call.variables["source"], "exchange.moved_away")
    if way.manner != LOAN and moving.way_of(way, seat, way.target_id, way.manner) != way:
        raise Conflict("exchange.post_changed")
    until = date.fromisoformat(_term(on, int(call.variables["term_years"]))["until"])
    moving.carry_out(call, way, seat, on, until)


def filed(call: Call, way: Way, on: date) -> None:
    """The arrival stands in the person's file and on the list of the plan."""
    kind, value = ("loan", "support") if way.manner == LOAN else ("exchange", "lent" if way.manner == LEND else "moved")
    entry = Entry(kind, on, value=value, organisation_id=way.target_id, instance_id=call.instance_id)
    writing.add(call.session, way.person_id, entry, by=actor_of(call), now=call.now)
    call.session.execute(update(ENTRY).where(ENTRY.c.id == way.line).values(arrived_on=on))


def expect_free(call: Call, way: Way) -> None:
    """Conflict("exchange.suspended") while an inquiry is open, or a lock in force without an exception."""
    known = facts_of(call.session, [way.person_id], day_of(call.now)).get(way.person_id)
    granted = call.session.scalar(select(ENTRY.c.exception).where(ENTRY.c.id == way.line)) == "granted"
    if known is None or known.open_case or (known.lock_active and not granted):
        raise Conflict("exchange.suspended")


def way_of(call: Call) -> Way:
    """The way that a placement was begun for."""
    values = call.variables
    return Way(
        values["entry_id"], values["person_id"], values["school"], values["manner"], values.get("band") or "",
        values.get("staffed", True),
    )  # fmt: skip


def _term(first: date, years: int) -> dict[str, str]:
    """When the term ends, and when the next year of it does."""
    return {"until": lock_end(first, years).isoformat(), "next_on": lock_end(first, 1).isoformat()}
