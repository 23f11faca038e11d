"""Why a task is with somebody: the assignment, and the decision rows on the way to it (design §3.10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.audit.timeline import Event
from service.tasks.facts import TaskFacts

ROWS = 3
DRAWN_IN = {
    "task.advice_asked": ("reason.asked", "reason.asked_other"),
    "task.delegated": ("reason.delegated", "reason.delegated_other"),
    "task.signer_added": ("reason.added", "reason.added_other"),
    "task.transferred": ("reason.transferred", "reason.transferred_other"),
}
"""Event of an operation on seats → the reason that it gives to whose seat it is, and to a substitute."""


@dataclass(frozen=True)
class Reason:
    """One reason: a code with its parameters for the page's words; for a decision row its table and number too."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    decision_id: str | None = None
    row: int | None = None


def reasons(
    task: TaskFacts, person_id: str | None, events: Sequence[Event], *, represented: bool = False
) -> tuple[Reason, ...]:
    """The assignment, a return, who stands in for whom, rows of decision tables (the last decision first), parameters.

    `represented`: they are told to the person's substitute, who is no signer. The parameters are those that the
    diagram's conditions read on the way; a row names those of its decision.
    """
    told = (*_rows(task, events)[:ROWS], *_weighed(task, events))
    drawn_in = _drawn_in(task, person_id, events, represented)
    given = _assignment(task, None if represented else person_id)
    return (*drawn_in, given, *_returned(task), *_stand_ins(task, events), *told)


def _drawn_in(task: TaskFacts, person_id: str | None, events: Sequence[Event], represented: bool) -> list[Reason]:
    """Who has asked, added, or handed over to this person, and what they said."""
    own = task.seat_of(person_id)
    if own is None:
        return []
    for event in reversed(events):
        body = event.body or {}
        if event.kind in DRAWN_IN and own.id in (body.get("seat_id"), *body.get("seat_ids", ())):
            words = {"by": body.get("from"), "reason": body.get("reason") or ""}
            return [Reason(DRAWN_IN[event.kind][represented], words)]
    return []


def _assignment(task: TaskFacts, person_id: str | None) -> Reason:
    if task.groups:
        role, _, organisation_id = task.groups[0].partition("@")
        return Reason("reason.role", {"role": role, "organisation_id": organisation_id})
    if task.initiator_id == person_id and task.signing == "single":
        return Reason("reason.initiator", {})
    seat, signers = task.seat_of(person_id), task.signers
    params = {"signing": task.signing, "total": len(signers)}
    if seat is None or seat not in signers:
        return Reason("reason.signers", params)
    return Reason("reason.seat", {**params, "position": signers.index(seat) + 1})


def _returned(task: TaskFacts) -> list[Reason]:
    """Whoever did the step before has it again, where the case was returned, or came straight back."""
    if task.reentry is None:
        return []
    return [Reason("reason.returned") if task.reentry.kind == "returned" else Reason("reason.came_back")]


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
    for event in reversed(events):
        if event.kind == "decision.made" and event.body is not None and event.at == task.opened_at:
            for rule in event.body.get("rules", ()):
                found.append(_row(event.body, rule))
    return found


def _row(made: Mapping[str, Any], rule: Mapping[str, Any]) -> Reason:
    """A row of the decision's own table, or of a table that it built on, which is then named."""
    params = {"annotation": rule.get("annotation"), "inputs": rule.get("inputs"), "outputs": rule.get("outputs")}
    params |= {"parameters": made.get("parameters", {}), "rule": rule.get("id")}
    if rule.get("table") and rule["table"] != made.get("name"):
        params["table"] = rule["table"]
    return Reason("reason.rule", params, made["decision_id"], rule.get("index"))


def _weighed(task: TaskFacts, events: Sequence[Event]) -> list[Reason]:
    """The policy parameters that the diagram's conditions read on the way to the task, with the values they had."""
    used = [event.body for event in events if event.kind == "parameters.used" and event.at == task.opened_at]
    return [
        Reason("reason.parameter", {"key": key, **body["parameters"][key]})
        for body in used
        if body is not None
        for key in body.get("weighed", ())
    ]
