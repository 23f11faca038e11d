"""Why a task is with somebody: the assignment, and the decision rows on the way to it (design §3.10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.audit.timeline import Event
from service.tasks.facts import TaskFacts

ROWS = 3


@dataclass(frozen=True)
class Reason:
    """One reason: a code with its parameters for the page's words; for a decision row its table and number too."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    decision_id: str | None = None
    row: int | None = None


def reasons(task: TaskFacts, person_id: str | None, events: Sequence[Event]) -> tuple[Reason, ...]:
    """The assignment, then who stands in for whom, then rows of decision tables that matched before, newest first."""
    return (_assignment(task, person_id), *_stand_ins(task, events), *_rows(task, events)[:ROWS])


def _assignment(task: TaskFacts, person_id: str | None) -> Reason:
    if task.groups:
        role, _, organisation_id = task.groups[0].partition("@")
        return Reason("reason.role", {"role": role, "organisation_id": organisation_id})
    if task.initiator_id == person_id and task.signing == "single":
        return Reason("reason.initiator", {})
    seat = task.seat_of(person_id)
    position = (seat.position + 1) if seat is not None else None
    return Reason("reason.seat", {"signing": task.signing, "position": position, "total": len(task.person_ids)})


def _stand_ins(task: TaskFacts, events: Sequence[Event]) -> list[Reason]:
    """The queues that took over for roles for which nobody stands or may act (policy.md §1, §5)."""
    told = [event.body for event in events if event.body is not None and event.body.get("task_id") == task.id]
    return [_stand_in(found["for"], found["by"]) for body in told for found in body.get("stand_ins", ())]


def _stand_in(vacant: str, by: str) -> Reason:
    role, _, organisation_id = by.partition("@")
    for_role, _, for_organisation_id = vacant.partition("@")
    params = {"role": role, "organisation_id": organisation_id}
    return Reason("reason.stand_in", {**params, "for_role": for_role, "for_organisation_id": for_organisation_id})


def _rows(task: TaskFacts, events: Sequence[Event]) -> list[Reason]:
    found: list[Reason] = []
    for event in events:
        if event.kind == "decision.made" and event.body is not None and event.at == task.opened_at:
            for rule in event.body.get("rules", ()):
                found.append(_row(event.body["decision_id"], rule))
    return found[::-1]


def _row(decision_id: str, rule: Mapping[str, Any]) -> Reason:
    params = {"annotation": rule.get("annotation"), "inputs": rule.get("inputs"), "outputs": rule.get("outputs")}
    return Reason("reason.rule", params, decision_id, rule.get("index"))
