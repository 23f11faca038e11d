"""Operations of the yearly round: fix the pool, call, close, gather and rank, decide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from service.access.days import day_of
from service.calendar.queries import calendar
from service.errors import Conflict, Fault, Invalid
from service.flows import acting
from service.flows.declaring import operation
from service.flows.reserved import allotting, applicants, committee, placing, pools, rounds, rules
from service.flows.reserved.allotting import Move, Spare
from service.flows.reserved.explaining import told
from service.flows.reserved.rules import LINE
from service.flows.standstill import BY_FILE
from service.posts import ledger, posting, uplift
from service.posts import pools as lending
from service.posts.uplift import Reading
from service.records.queries import facts_of, standing_of
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation(
    "reserved.fix_pool",
    "核定预留岗位",
    "Fix the pool of the year",
    inputs={
        "floor_percent": "number", "senior_percent": "number", "middle_percent": "number", "uplift_points": "number",
        "uplift_reading": "string", "propose_vacated": "boolean",
    },
    required=("floor_percent", "senior_percent", "middle_percent", "uplift_points", "uplift_reading"),
    reads=("year",),
    writes=("pool", "uplift", "allotment", "allotable", "proposed"),
)  # fmt: skip
def fix_pool(call: Call) -> Result:
    """The pool of each band against its floor, the uplift of remote and weak schools, posts proposed for both.

    Conflict("reserved.round_runs") while another round is not decided.
    """
    other = rounds.running_round(call.session, call.instance_id)
    if other is not None:
        raise Conflict("reserved.round_runs", instance_id=other)
    known = call.variables
    rounds.write_round(call.session, call.instance_id, int(known["year"]))
    figures = pools.figures(call.session)
    shares = (known["senior_percent"], known["middle_percent"], known["uplift_points"])
    reading = Reading(*shares, known["uplift_reading"] == "combined")
    pool = [band.row(known["floor_percent"]) for band in figures]
    short = [row["band"] for row in pool if row["shortage"]] if known.get("propose_vacated") else []
    lifted, vacant = uplift.schools(call.session), pools.vacant(call.session, reading, day_of(call.now))
    lacks = [allotting.lack_of(school, reading.least(school)) for school in lifted]
    moves = allotting.proposed(lacks, pools.surplus(pool, call.session), vacant)
    return {
        "pool": [{**row, "offered": max(0, row["free"] - allotting.of_pool(moves, row["band"]))} for row in pool],
        "uplift": [rules.uplift_row(school, reading.least(school)) for school in lifted],
        **allotting.offered(allotting.rows(call.session, moves)),
        "proposed": _for_the_pool(vacant, moves, short),
    }


def _for_the_pool(vacant: list[Spare], moves: list[Move], short: list[str]) -> list[dict[str, Any]]:
    """Vacant posts of bands whose pool is below its floor, less those that a remote or weak school needs first."""
    gone = Counter[str]()
    for spare, _, count in moves:
        gone[spare.account_id] += count
    left = [(one, one.count - gone[one.account_id]) for one in vacant if one.band in short]
    return [{"school_name": one.name, "band": one.band, "free": count} for one, count in left if count]


@operation(
    "reserved.allot",
    "划转岗位",
    "Move the posts that were allotted",
    reads=("pool", "allotment", "allotable", "allotted", "allotment_document", "allotment_on"),
    writes=("allotment", "allotable", "allotted", "pool"),
    parameters=(
        "structure_senior_percent", "structure_middle_percent", "structure_uplift_points", "structure_uplift_reading",
    ),
)  # fmt: skip
def allot(call: Call) -> Result:
    """Move what was decided, as `allotting.carry_out` says; what is left of each pool is what can be offered.

    Invalid("form.invalid") at the row that offers more.
    """
    found = allotting.carry_out(call)
    wrong = pools.over_offered(call.session, call.variables["pool"])
    if wrong is not None:
        number, band, offered, free = wrong
        told, at = {"band": band, "offered": offered, "free": free}, f"values.pool.{number}.offered"
        raise Invalid("form.invalid", faults=(Fault(at, "reserved.offer_less", params=told),))
    return {**found, "pool": pools.as_now(call.session, call.variables["pool"])}


@operation("reserved.cancel_round", "撤销本轮", "Give the round up")
def cancel_round(call: Call) -> Result:
    """Nothing is offered this time."""
    rounds.change_round(call.session, call.instance_id, state="cancelled")
    return None


@operation(
    "reserved.open_call",
    "开放申请",
    "Take applications",
    reads=("pool", "call_days"),
    writes=("closes_at",),
)
def open_call(call: Call) -> Result:
    """Applications are taken from now until the window ends. Invalid("reserved.offer") for more than is free now."""
    wrong = pools.over_offered(call.session, call.variables["pool"])
    if wrong is not None:
        raise Invalid("reserved.offer", band=wrong[1], offered=wrong[2], free=wrong[3])
    offered = {row["band"]: int(row.get("offered") or 0) for row in call.variables["pool"]}
    due = calendar(call.session).due(f"{call.variables['call_days']} workdays", call.now)
    values = {f"offered_{band}": offered.get(band, 0) for band in rules.BANDS}
    window = {"opened_at": call.now, "closes_at": due.due_at}
    rounds.change_round(call.session, call.instance_id, state="open", **values, **window)
    return {"closes_at": due.due_at.isoformat()}


@operation("reserved.close_call", "停止受理", "Take no more applications")
def close_call(call: Call) -> Result:
    """The window is over; what came in time is checked to its end."""
    rounds.change_round(call.session, call.instance_id, state="closed")
    return None


@operation(
    "reserved.gather",
    "汇总排序依据",
    "Gather by what applicants are ranked",
    writes=("applicants", "unranked"),
    live=True,
)
def gather(call: Call) -> Result:
    """The criteria of everybody whose application was accepted, as they are known today.

    Invalid("reserved.unchecked") while an application is still being checked; one that waits for an inquiry holds
    nobody up and is ranked with the others: an open inquiry suspends an application at its place, it takes nothing from
    anybody (policy §1). Who is barred today, or of whom nothing is known, is not ranked, nor is who lacks a fact.
    A round on paper is told to here and no further: its applications are cases of their own that are told into it, and
    one that went on without them would decide about nobody.
    `applicants` are parts of a band.
    """
    rows = rounds.standing(call.session, call.instance_id)
    unchecked = sum(row.state == "submitted" and row.suspension_reason not in BY_FILE for row in rows)
    if unchecked:
        raise Invalid("reserved.unchecked", count=unchecked)
    accepted = [row for row in rows if row.state == "accepted" or _waits(row)]
    facts = facts_of(call.session, {row.person_id for row in accepted}, day_of(call.now))
    may = {person_id for person_id, word in standing_of(facts).items() if word in ("clear", "suspended")}
    ranked = {row.id: applicants.ranked_by(facts[row.person_id]) for row in accepted if row.person_id in may}
    rounds.write_facts(call.session, ranked, {row.id: rules.BARRED for row in accepted if row.id not in ranked})
    found: dict[str, list[dict[str, Any]]] = {band: [] for band in rules.BANDS}
    for row in accepted:
        if row.id in ranked:
            found[row.band].append({"id": row.id, **ranked[row.id]})
    parts = [
        {"band": band, "applicants": several[start : start + rules.AT_ONCE]}
        for band, several in found.items()
        for start in range(0, len(several), rules.AT_ONCE)
    ]
    return {"applicants": parts, "unranked": len(accepted) - len(ranked)}


def _waits(row: Row[Any]) -> bool:
    """Whether an inquiry alone keeps the application from being accepted."""
    if row.state == "suspended":
        return bool(row.because != rules.BARRED)
    return bool(row.state == "submitted" and row.suspension_reason in BY_FILE)


@operation(
    "reserved.place",
    "登记名次",
    "Record the ranks",
    reads=("rankings",),
    writes=("ties", "committee", "unranked"),
)
def place(call: Call) -> Result:
    """Write rank and reason of everybody, who gets a post by it, and who is equal across the border."""
    answers = call.variables["rankings"]
    rounds.write_keys(call.session, {row["id"]: row["order"] for answer in answers for row in answer["keys"]})
    incomplete = [one for answer in answers for one in answer["incomplete"]]
    rounds.write_facts(call.session, {}, dict.fromkeys(incomplete, "incomplete"))
    found = placing.placed(call)
    unranked = int(call.variables["unranked"]) + len(incomplete)
    members = committee.members(call.session, call.instance_id, day_of(call.now)) if found.tied else []
    return {"ties": committee.tie_rows(call, found.tied), "committee": members, "unranked": unranked}


@operation("reserved.list_ranking", "形成拟分配名单", "Draw up the list", writes=("ranking", "granted_count"))
def list_ranking(call: Call) -> Result:
    """The list as both sides decide on it: every rank with its reason, and who is to get a post.

    Who has withdrawn since the ranking leaves no gap: those behind move up. Equals whom this puts across the border get
    nothing unless the list is returned and they are voted on.
    """
    placing.placed(call)
    rows = rounds.ranked(call.session, call.instance_id)
    listed = [
        {
            "band": row.band, "rank": row.rank, "name": row.name, "school_name": row.school_name,
            "because": told(row.because, row.facts, row.votes, "zh"), "granted": row.granted,
        }
        for row in rows
    ]  # fmt: skip
    return {"ranking": listed, "granted_count": sum(row.granted for row in rows)}


@operation(
    "reserved.decide",
    "登记分配结果",
    "Record what was decided",
    headers={"outcome": ("decided", "rejected")},
    required=("outcome",),
    writes=("outcomes", "kept_places"),
)
def decide(call: Call) -> Result:
    """The round is over; what each application is told, and what is kept of those that hear it when they are accepted.

    Rejected: nobody gets a post.

    Who was accepted after the list was drawn up is told that it was too late. The posts are held at once, in the name
    of each application: one that stands still for an inquiry hears of it, and goes on, when that is decided; one that
    is not accepted yet finds its post when it is.
    """
    state = call.headers["outcome"]
    rounds.lock_applications(call.session, call.instance_id)
    rounds.locked_round(call.session, call.instance_id)
    rounds.change_round(call.session, call.instance_id, state=state)
    rows = rounds.ranked(call.session, call.instance_id)
    if state == "decided":
        _hold(call, [row for row in rows if row.granted])
    told = [
        {
            "application_id": row.id, "granted": row.granted and state == "decided", "rank": row.rank,
            "because": "rejected" if state == "rejected" else row.because or rules.LATE,
        }
        for row in rows
    ]  # fmt: skip
    waits = {row.id for row in rows if row.state != "accepted"}
    return {
        "outcomes": [one for one in told if one["application_id"] not in waits],
        "kept_places": [one for one in told if one["application_id"] in waits],
    }


def _hold(call: Call, rows: Sequence[Row[Any]]) -> None:
    """A post of the pool for each; where none is left its application finds that out, and bureau HR decides."""
    cause, accounts = acting.cause_of(call), {row.band: lending.account(call.session, row.band) for row in rows}
    posting.lock(call.session, cause, accounts.values())
    for row in rows:
        ledger.hold(call.session, replace(cause, instance_id=row.instance_id), accounts[row.band], LINE, 1)
