"""Operations on the result of a round: adopt it and hold its places, let go of them, settle what was objected."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, or_, select, update

from service.errors import Conflict, Fault, Invalid
from service.flows import queueing
from service.flows.declaring import operation
from service.flows.exchange import ending, gathering, moving
from service.flows.exchange.casework import OBJECTION, OPENING, PLAN, ROUND, WISH
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching import checking
from service.flows.exchange.matching.problem import Weights, dumped, is_intact, loaded
from service.flows.exchange.moving import Accounts, Way
from service.people.persons import APPOINTMENT
from service.posts import posting
from service.posts.ledger import Full, Line, Posted, hold_many, release_all
from service.posts.queueing import taken
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation(
    "exchange.adopt",
    "采用匹配结果并预留",
    "Adopt a round and reserve its places",
    reads=("round_number",),
    writes=("ledger_full", "placed", "round_id"),
    ledger="reserves",
    of_pools=True,
    parameters=("exchange_backbone_percent", *(f"exchange_weight_{name}" for name in Weights.__slots__)),
)
def adopt(call: Call) -> Result:
    """Hold headcount and post of everybody placed, at the target, all or none: `ledger_full` is an outcome.

    Conflict("exchange.round_absent") for what is no finished round of this plan, Conflict("exchange.inputs_changed")
    when lists, opinions, goals or weights are not those that it was asked, or what is free today does not carry the
    result, Conflict("exchange.result_wrong") when the plain checker finds a rule broken in what was asked,
    Conflict("exchange.tampered") when inputs or result are not those that were hashed.
    """
    row, problem = _round(call), gathering.problem_at(call)
    if not (is_intact(row.inputs, row.inputs_hash) and is_intact(row.result, row.result_hash)):
        raise Conflict("exchange.tampered", number=row.number)
    asked, assignment = loaded(row.inputs), row.result["assignment"]
    broken = checking.violations(asked, assignment)
    if broken:
        raise Conflict("exchange.result_wrong", number=row.number, broken=broken[0])
    same = dumped(gathering.asked_of(problem)) == dumped(gathering.asked_of(asked))
    if not same or checking.violations(problem, assignment):
        raise Conflict("exchange.inputs_changed", number=row.number)
    ways = _ways(call, row.result["assignment"])
    accounts = Accounts(call.session, [way.target_id for way in ways])
    outcome = _hold(call, [line for way in ways for line in accounts.lines(way)])
    if isinstance(outcome, Full):
        return {"ledger_full": True, "placed": 0, "round_id": None}
    for entry_id, opening_id in sorted(row.result["assignment"].items()):
        values = {"state": "placed", "opening_id": opening_id, "round_id": row.id, "version": ENTRY.c.version + 1}
        call.session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values(values))
    mine = PLAN.c.instance_id == call.instance_id
    call.session.execute(update(PLAN).where(mine).values(round_id=row.id))
    return {"ledger_full": False, "placed": problem.goals.placed + len(ways), "round_id": row.id}


def _hold(call: Call, lines: list[Line]) -> Posted | Full:
    """All or none; the schools of the places are still confirmed to need them for no case on paper."""
    cause = moving.cause_of(call)
    locked = posting.lock(call.session, cause, [line.account_id for line in lines])
    queueing.expect_confirmed(call, taken(lines, locked), locked)
    return hold_many(call.session, cause, lines)


def _round(call: Call) -> Row[Any]:
    mine = (ROUND.c.number == call.variables.get("round_number"), ROUND.c.instance_id == call.instance_id)
    row = call.session.execute(select(ROUND).where(*mine, ROUND.c.done_at.is_not(None))).first()
    if row is None or row.replay_of is not None:
        raise Invalid("exchange.round_absent", faults=(Fault("values.round_number", "exchange.round_absent"),))
    return row


def _ways(call: Call, assignment: Mapping[str, str]) -> list[Way]:
    openings = {row.id: row for row in call.session.execute(select(OPENING).where(_here(call)))}
    columns = (ENTRY.c.id, ENTRY.c.person_id, ENTRY.c.band, APPOINTMENT.c.employment_kind)
    found = select(*columns).join(APPOINTMENT, APPOINTMENT.c.id == ENTRY.c.appointment_id)
    entries = found.where(ENTRY.c.instance_id == call.instance_id)
    return [
        Way(row.id, row.person_id, opening.organisation_id, opening.manner, row.band, row.employment_kind == "staffed")
        for row in call.session.execute(entries.order_by(ENTRY.c.id))
        if row.id in assignment
        for opening in (openings[assignment[row.id]],)
    ]


def _here(call: Call) -> Any:
    return OPENING.c.instance_id == call.instance_id


@operation(
    "exchange.release",
    "释放全部预留",
    "Release everything that the plan holds",
    writes=("placed", "publicity_for"),
    ledger="settles",
)
def release(call: Call) -> Result:
    """Set every hold of the plan to 0; who was placed takes part again."""
    release_all(call.session, moving.cause_of(call))
    mine = (ENTRY.c.instance_id == call.instance_id, ENTRY.c.state == "placed")
    ending.take_part_again(call.session, list(call.session.scalars(select(ENTRY.c.id).where(*mine))))
    return {"placed": 0, "publicity_for": None}


@operation(
    "exchange.settle_inquiry",
    "落实异议调查结论",
    "Carry out what the inquiry found",
    reads=("placed",),
    writes=("rematch", "placed"),
)
def settle_inquiry(call: Call) -> Result:
    """Who was struck loses the place and its hold; `rematch` says whether there is anything to be given anew.

    Only what was appealed against is: the places of the openings that the appellants wish for, and their own. All the
    others keep theirs. Invalid("exchange.appeals_open") while an appeal has no answer.
    """
    mine = (OBJECTION.c.instance_id == call.instance_id, OBJECTION.c.kind == "appeal", OBJECTION.c.settled.is_(False))
    rows = call.session.execute(select(OBJECTION).where(*mine)).all()
    waiting = sum(row.outcome is None for row in rows)
    if waiting:
        raise Invalid("exchange.appeals_open", count=waiting)
    cause = moving.cause_of(call)
    struck = ending.strike(call.session, cause, [row.entry_id for row in rows if row.outcome == "strike"])
    again = [row.entry_id for row in rows if row.outcome == "rematch"]
    freed = ending.give_back(call.session, cause, _contested(call, again))
    call.session.execute(update(OBJECTION).where(*mine).values(settled=True))
    return {"rematch": bool(again), "placed": int(call.variables.get("placed") or 0) - struck - freed}


def _contested(call: Call, appellants: list[str]) -> list[str]:
    """Who was placed where one of the appellants wishes to go, and the appellants themselves."""
    wished = select(WISH.c.opening_id).where(WISH.c.entry_id.in_(appellants))
    there = or_(ENTRY.c.opening_id.in_(wished), ENTRY.c.id.in_(appellants))
    mine = (ENTRY.c.instance_id == call.instance_id, ENTRY.c.state == "placed")
    return list(call.session.scalars(select(ENTRY.c.id).where(*mine, there)))
