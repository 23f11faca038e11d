"""Operations on the result of a round: adopt it and hold its places, let go of them, settle what was objected."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select, update

from service.errors import Conflict, Fault, Invalid
from service.flows.declaring import operation
from service.flows.exchange import gathering, moving
from service.flows.exchange.casework import OBJECTION, OPENING, PLAN, ROUND
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching import checking
from service.flows.exchange.matching.problem import dumped, fingerprint
from service.flows.exchange.moving import Accounts, Way
from service.posts.ledger import Full, Line, hold_many, release_all
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation(
    "exchange.adopt",
    "采用匹配结果并预留",
    "Adopt a round and reserve its places",
    reads=("round_number",),
    writes=("ledger_full", "placed", "round_id"),
    ledger="reserves",
)
def adopt(call: Call) -> Result:
    """Hold headcount and post of everybody placed, at the target, all or none: `ledger_full` is an outcome.

    Conflict("exchange.round_absent") for what is no finished round of this plan, Conflict("exchange.inputs_changed")
    when lists, opinions or free posts are not those that it was asked, Conflict("exchange.result_wrong") when the
    plain checker finds a rule broken.
    """
    row, problem = _round(call), gathering.problem_at(call)
    if fingerprint(dumped(problem)) != row.inputs_hash:
        raise Conflict("exchange.inputs_changed", number=row.number)
    broken = checking.violations(problem, row.result["assignment"])
    if broken:
        raise Conflict("exchange.result_wrong", number=row.number, broken=broken[0])
    ways = _ways(call, row.result["assignment"])
    accounts = Accounts(call.session, [way.target_id for way in ways])
    outcome = hold_many(call.session, moving.cause_of(call), [line for way in ways for line in accounts.lines(way)])
    if isinstance(outcome, Full):
        return {"ledger_full": True, "placed": 0, "round_id": None}
    for entry_id, opening_id in sorted(row.result["assignment"].items()):
        values = {"state": "placed", "opening_id": opening_id, "version": ENTRY.c.version + 1}
        call.session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values(values))
    mine = PLAN.c.instance_id == call.instance_id
    call.session.execute(update(PLAN).where(mine).values(round_id=row.id))
    return {"ledger_full": False, "placed": len(ways), "round_id": row.id}


def _round(call: Call) -> Row[Any]:
    mine = (ROUND.c.number == call.variables.get("round_number"), ROUND.c.instance_id == call.instance_id)
    row = call.session.execute(select(ROUND).where(*mine, ROUND.c.done_at.is_not(None))).first()
    if row is None or row.replay_of is not None:
        raise Invalid("exchange.round_absent", faults=(Fault("values.round_number", "exchange.round_absent"),))
    return row


def _ways(call: Call, assignment: Mapping[str, str]) -> list[Way]:
    openings = {row.id: row for row in call.session.execute(select(OPENING).where(_here(call)))}
    entries = select(ENTRY.c.id, ENTRY.c.person_id, ENTRY.c.band).where(ENTRY.c.instance_id == call.instance_id)
    return [
        Way(row.id, row.person_id, opening.organisation_id, opening.manner, row.band)
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
    for state, nominated in (("nominated", True), ("applied", False)):
        applied = ENTRY.c.applied_at.is_(None) if nominated else ENTRY.c.applied_at.is_not(None)
        values = {"state": state, "opening_id": None, "version": ENTRY.c.version + 1}
        call.session.execute(update(ENTRY).where(*mine, applied).values(values))
    return {"placed": 0, "publicity_for": None}


@operation(
    "exchange.settle_inquiry",
    "落实异议调查结论",
    "Carry out what the inquiry found",
    reads=("placed",),
    writes=("rematch", "placed"),
)
def settle_inquiry(call: Call) -> Result:
    """Who was struck loses the place and its hold; `rematch` says whether the round must be held again.

    Invalid("exchange.appeals_open") while an appeal has no answer.
    """
    mine = (OBJECTION.c.instance_id == call.instance_id, OBJECTION.c.kind == "appeal", OBJECTION.c.settled.is_(False))
    rows = call.session.execute(select(OBJECTION).where(*mine)).all()
    waiting = sum(row.outcome is None for row in rows)
    if waiting:
        raise Invalid("exchange.appeals_open", count=waiting)
    struck = _strike(call, [row.entry_id for row in rows if row.outcome == "strike"])
    call.session.execute(update(OBJECTION).where(*mine).values(settled=True))
    rematch = any(row.outcome == "rematch" for row in rows)
    return {"rematch": rematch, "placed": int(call.variables.get("placed") or 0) - struck}


def _strike(call: Call, entry_ids: list[str]) -> int:
    """How many of these had a place; their holds are given back."""
    found = (
        select(ENTRY, OPENING.c.organisation_id.label("target_id"), OPENING.c.manner)
        .outerjoin(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .where(ENTRY.c.id.in_(entry_ids))
        .order_by(ENTRY.c.id)
    )
    rows = call.session.execute(found).all()
    had = [row for row in rows if row.state == "placed"]
    accounts = Accounts(call.session, [row.target_id for row in had])
    lines: list[Line] = []
    for row in had:
        lines += accounts.lines(Way(row.id, row.person_id, row.target_id, row.manner, row.band), 0)
    if lines:
        hold_many(call.session, moving.cause_of(call), lines)
    values = {"state": "struck", "opening_id": None, "version": ENTRY.c.version + 1}
    call.session.execute(update(ENTRY).where(ENTRY.c.id.in_(entry_ids)).values(values))
    return len(had)
