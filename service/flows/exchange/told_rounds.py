"""The matching of a plan on paper: who got which place, kept as a round and checked as any other.

Nobody solved it here, so it has no seed that meant anything; the plain checker passes it or names the row that breaks a
rule, and adopting it holds what it takes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row, func, insert, select

from service.columns import whole
from service.errors import Fault
from service.flows.declaring import BesideForm
from service.flows.exchange import casework, gathering, rules
from service.flows.exchange.casework import PLAN, ROUND
from service.flows.exchange.commands_rounds import PAPER
from service.flows.exchange.matching import checking, measuring
from service.flows.exchange.matching.problem import Problem, dumped, fingerprint
from service.flows.exchange.told_rows import below, openings_of
from service.records.queries import facts_of
from workflows.base import new_id

KINDS = (
    "unknown", "locked", "own school", "subject", "stage", "band", "no band", "declined", "not assessed", "not wished",
    "places", "headcount", "posts", "given", "pool", "competition",
)  # fmt: skip
UNFIT = {kind: f"exchange.unfit.{kind.replace(' ', '_')}" for kind in KINDS}
"""What the plain checker calls a rule that is broken → the words of it."""


def keep(found: BesideForm, entries: Sequence[Row[Any] | None]) -> list[Fault]:
    """Keep the round under the number that the paper gives it; the faults of rows that cannot be."""
    problem = gathering.problem_of(found.session, found.instance_id, found.on)
    openings, assignment, rows, faults = openings_of(found), dict[str, str](), dict[str, int](), list[Fault]()
    for place, (row, entry) in enumerate(zip(found.rows, entries, strict=True)):
        assert entry is not None
        opening = openings.get(whole(row.get("number")) or 0)
        if opening is None:
            faults += below(place, [Fault("number", "exchange.opening_absent")])
        elif entry.id in assignment:
            faults += below(place, [Fault("id_number", "exchange.named_twice")])
        else:
            assignment[entry.id], rows[entry.id] = opening.id, place
    faults = faults or _barred(found, problem, entries, rows) or _broken(problem, assignment, rows)
    if not faults:
        _write(found, problem, assignment)
    return faults


def _barred(
    found: BesideForm, problem: Problem, entries: Sequence[Row[Any] | None], rows: Mapping[str, int]
) -> list[Fault]:
    """Who is in no round as things stood: has not applied, or may not take part."""
    asked = {teacher.id for teacher in problem.teachers}
    effective = found.session.scalar(select(PLAN.c.effective_on).where(PLAN.c.instance_id == found.instance_id))
    out = [entry for entry in entries if entry is not None and entry.id not in asked]
    facts = facts_of(found.session, [one.person_id for one in out], max(found.on, effective or found.on))
    return [
        fault for one in out for fault in below(rows[one.id], [Fault("id_number", _why(one, facts.get(one.person_id)))])
    ]


def _why(entry: Row[Any], facts: Any) -> str:
    if entry.state not in gathering.TAKES_PART:
        return "exchange.not_applied"
    return rules.bar(entry, facts) or "exchange.moved"


def _broken(problem: Problem, assignment: Mapping[str, str], rows: Mapping[str, int]) -> list[Fault]:
    """What the plain checker finds, at the row of whom it names; what is too much at the first row of the school."""
    faults = []
    schools = {opening.id: opening.school for opening in problem.openings}
    for said in checking.violations(problem, assignment):
        kind, _, rest = said.partition(": ")
        who = rest.split(" ")[0]
        place = rows.get(who, min((rows[one] for one, what in assignment.items()
                                   if rest.startswith((what, schools[what]))), default=0))  # fmt: skip
        faults += below(place, [Fault("number", UNFIT[kind])])
    return list({(one.path, one.code): one for one in faults}.values())


def _write(found: BesideForm, problem: Problem, assignment: Mapping[str, str]) -> None:
    mine = ROUND.c.instance_id == found.instance_id
    last = int(found.session.scalar(select(func.coalesce(func.max(ROUND.c.number), 0)).where(mine)) or 0)
    number = whole(found.values.get("round_number")) or last + 1
    inputs = dumped(problem)
    content = orjson.dumps({"assignment": dict(assignment)}, option=orjson.OPT_SORT_KEYS)
    signature = casework.signature(found.actor)
    row = {
        "id": new_id(), "instance_id": found.instance_id, "number": number, "seed": 0, "inputs": orjson.loads(inputs),
        "inputs_hash": fingerprint(inputs), "result": orjson.loads(content), "result_hash": fingerprint(content),
        "quality": measuring.told(measuring.quality(problem, assignment)), "solver": PAPER, "run_id": None,
        "replay_of": None, "asked_by": signature, "asked_at": found.now, "done_at": found.now,
    }  # fmt: skip
    found.session.execute(insert(ROUND), row)
