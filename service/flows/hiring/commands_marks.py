"""The command that takes the filled-in list of a step: review, scores, inspection or choice of many candidates."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.flows.hiring import casework, marking, writing
from service.flows.hiring.marking import Mark


@dataclass(frozen=True)
class MarkCandidates:
    """The list of a step: one mark for each candidate shown, with the fields that the step opens."""

    instance_id: str
    marks: tuple[Mark, ...]


def mark_candidates(actor: Actor, command: MarkCandidates, *, now: datetime) -> int:
    """Write all that differs from what stands, or nothing; how many candidates changed.

    Invalid("candidate.invalid") with the row and field of every fault, Conflict("candidate.stale" |
    "candidate.not_now"), Forbidden("candidate.other_side" | "task.recused").
    """
    with transaction() as session:
        case = casework.lock(session, actor, command.instance_id)
        policy.require(actor, "candidate.edit", case)
        fields = sorted({name for mark in command.marks for name in mark.fields})
        casework.expect_open(session, actor, case, tuple(fields))
        plan = marking.plan(session, case, command.marks)
        casework.refuse(list(plan.faults))
        for candidate_id, changed in plan.changes.items():
            writing.change(session, candidate_id, changed)
        answer(session, changed=len(plan.changes))
        if plan.changes:
            body = {"changed": len(plan.changes), "fields": fields, "candidate_ids": sorted(plan.changes)}
            writing.record(session, case, actor, "candidate.marked", now, body, {"marks": plan.changes})
        return len(plan.changes)
