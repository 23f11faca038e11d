"""Operations of the yearly plan: draw up the list, settle it, adopt a round, publicity, begin the placements."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.declaring import operation
from service.flows.exchange import drawing_up, gathering, rules
from service.flows.exchange.casework import OBJECTION, PLAN
from service.flows.exchange.drawing_up import ENTRY
from service.flows.turns import take_turns
from service.parameters.queries import county, in_force
from service.parameters.registry import WHO_MUST_GO
from service.parameters.scopes import COUNTY
from service.records.queries import facts_of
from service.runs.asking import ask
from workflows.models import ProcessInstance
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
BEGIN = "case.begin_many"
"""The kind of run that begins cases; `instances` declares it."""
NUMBERS = (
    "exchange_staff_scope",
    "exchange_floor_schools",
    "exchange_floor_persons",
    "exchange_floor_percent",
    "exchange_target_percent",
    "exchange_backbone_percent",
    "exchange_term_years",
    "exchange_first_day",
)
"""The parameters of a plan's numbers, which hold for the whole county."""
RECORDED = frozenset((*NUMBERS, *(one.key for one in WHO_MUST_GO)))
"""What a plan keeps of the parameters by which it was drawn up, with what some school has of its own beside."""
PLACEMENT, BEGUN = "exchange_placement", "exchange.placements_begun"


@operation(
    "exchange.draw_up",
    "生成名单与指标",
    "Draw up the list and the targets",
    reads=("year", "effective_on", "target", "floor", "backbone", "term_years"),
    writes=("plan", "plan_id", "schools", "effective_on", "target", "floor", "backbone", "term_years"),
    parameters=NUMBERS,
)
def draw_up(call: Call) -> Result:
    """Everybody in the reform with the table's answer; the numbers that the plan must reach.

    Invalid("exchange.target_short") with a fault for every number below what is needed, compared in whole persons;
    Invalid("exchange.effective_on") for a first day in the past, Conflict("exchange.year_taken") for a second plan.
    """
    asked, today = call.variables, day_of(call.now)
    parameters = county(call.session, today)
    on = _first_day(asked, parameters, today)
    _refuse_second(call, int(asked["year"]))
    facts = facts_of(call.session, drawing_up.staff_of(call.session, str(parameters["exchange_staff_scope"])), on)
    held = drawing_up.standards(call, facts)
    found = drawing_up.answers(call, facts, on, held)
    rows = drawing_up.rows_of(call.instance_id, facts, found, parameters)
    least = rules.needed(len(rows), sum(row["counted"] for row in rows), parameters)
    numbers, faults = rules.undertaken(asked, least)
    if faults:
        raise Invalid("exchange.target_short", faults=tuple(faults), staff=len(rows), **vars(least))
    drawing_up.write(call.session, rows)
    term = int(asked.get("term_years") or parameters["exchange_term_years"])
    plan = {
        "year": int(asked["year"]), "effective_on": on, "term_years": term, "staff": len(rows),
        "eligible": sum(row["counted"] for row in rows), "uncounted": sum(row["result"] == "UNKNOWN" for row in rows),
        **vars(numbers),
    }  # fmt: skip
    call.session.execute(insert(PLAN), {"instance_id": call.instance_id, "round_id": None, **plan})
    schools = list(dict.fromkeys(row["organisation_id"] for row in rows))
    used = {key: one.record() for key, one in in_force(call.session, today, COUNTY).items() if key in RECORDED}
    told = {**plan, "effective_on": on.isoformat(), "needed": vars(least), "parameters": used,
            "apart": drawing_up.apart(held)}  # fmt: skip
    days = {"effective_on": on.isoformat(), "term_years": term}
    return {"plan": told, "plan_id": call.instance_id, "schools": schools, **days, **vars(numbers)}


def _first_day(asked: Mapping[str, Any], parameters: Mapping[str, Any], today: date) -> date:
    """The day that was asked for, else that of the parameter in the plan's year; Invalid("exchange.effective_on")."""
    told = asked.get("effective_on")
    on = date.fromisoformat(told) if told else rules.first_day(int(asked["year"]), parameters)
    if on < today:
        raise Invalid("exchange.effective_on", faults=(Fault("values.effective_on", "exchange.effective_on"),))
    return on


def _refuse_second(call: Call, year: int) -> None:
    """One plan a year; one that was rejected or cancelled makes room for another. Two at once take turns."""
    take_turns(call.session, "exchange", str(year))
    live = ProcessInstance.state.in_(("running", "suspended", "failed", "completed"))
    other = select(PLAN.c.instance_id).join(ProcessInstance, ProcessInstance.id == PLAN.c.instance_id)
    found = call.session.scalar(other.where(PLAN.c.year == year, live, PLAN.c.instance_id != call.instance_id).limit(1))
    if found is not None:
        raise Conflict("exchange.year_taken", year=year, instance_id=found)


@operation(
    "exchange.settle_list",
    "确认名单",
    "Settle the list",
    writes=("exceptions_asked", "list_figures"),
)
def settle_list(call: Call) -> Result:
    """Count the list by result. Invalid("exchange.corrections_open") while a correction waits for its answer."""
    open_ = _open_objections(call, "correction")
    if open_:
        raise Invalid("exchange.corrections_open", count=open_)
    mine = (ENTRY.c.instance_id == call.instance_id,)
    by_result = select(ENTRY.c.result, func.count()).where(*mine).group_by(ENTRY.c.result)
    asked = select(func.count()).select_from(ENTRY).where(*mine, ENTRY.c.exception == "asked")
    figures = {row[0]: row[1] for row in call.session.execute(by_result)}
    shown = {name: figures.get(name, 0) for name in ("REQUIRED", "VOLUNTARY", "INELIGIBLE")}
    return {"exceptions_asked": int(call.session.execute(asked).scalar_one()), "list_figures": shown}


@operation(
    "exchange.apply_exceptions",
    "执行例外决定",
    "Apply what was decided on exceptions",
    reads=("exceptions",),
    writes=("exceptions_granted",),
)
def apply_exceptions(call: Call) -> Result:
    """Who was granted one may apply; what was not decided is refused only where the meeting refused all.

    Invalid("exchange.exceptions_open") while somebody's exception is neither granted nor refused.
    """
    mine = (ENTRY.c.instance_id == call.instance_id,)
    asked = (*mine, ENTRY.c.exception == "asked")
    if call.variables["exceptions"]["decision"] == "refuse_all":
        both = (*mine, ENTRY.c.exception.in_(("asked", "granted")))
        call.session.execute(update(ENTRY).where(*both).values(exception="refused"))
    left = call.session.execute(select(func.count()).select_from(ENTRY).where(*asked)).scalar_one()
    if left:
        raise Invalid("exchange.exceptions_open", count=int(left))
    granted = (*mine, ENTRY.c.exception == "granted")
    values = {"result": "VOLUNTARY", "reason": "exception", "version": ENTRY.c.version + 1}
    rows = call.session.execute(update(ENTRY).where(*granted).values(values).returning(ENTRY.c.id)).all()
    return {"exceptions_granted": len(rows)}


def _open_objections(call: Call, kind: str) -> int:
    mine = (OBJECTION.c.instance_id == call.instance_id, OBJECTION.c.kind == kind, OBJECTION.c.outcome.is_(None))
    return int(call.session.execute(select(func.count()).select_from(OBJECTION).where(*mine)).scalar_one())


@operation(
    "exchange.close_publicity",
    "核对公示异议",
    "Look for appeals that wait",
    writes=("appeals_open", "publicity_days"),
)
def close_publicity(call: Call) -> Result:
    """How many appeals nobody has looked into: none is passed over, and the period does not run again for them."""
    return {"appeals_open": _open_objections(call, "appeal"), "publicity_days": 0}


@operation(
    "exchange.begin_placements",
    "逐人启动交流",
    "Begin a case for each placement",
    reads=("plan", "term_years", "initiator", "school"),
    writes=("placements",),
    ledger="settles",
)
def begin_placements(call: Call) -> Result:
    """Ask for a case of each person who was placed; their holds stay with the plan until each case takes its own."""
    gathering.number(call.session, call.instance_id)
    placed = gathering.placed(call.session, call.instance_id)
    arguments = begin_arguments(call.instance_id, call.variables["initiator"], placed)
    place = call.variables["school"]
    ask(call.session, call.actor, BEGIN, arguments, now=call.recorded_at, total=len(placed), organisation_id=place)
    return {"placements": len(placed)}


def begin_arguments(instance_id: str, initiator_id: str, placed: list[dict[str, Any]]) -> dict[str, Any]:
    """What the run is told: which cases, as whose, and the message by which the plan hears that all have begun."""
    return {
        "definition_key": PLACEMENT, "initiator_id": initiator_id, "parent_id": instance_id, "message": BEGUN,
        "cases": placed,
    }  # fmt: skip
