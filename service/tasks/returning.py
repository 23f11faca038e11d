"""A task goes back to an earlier step: who signs it, where the token stands then, and how the case comes back."""

from dataclasses import dataclass, replace
from typing import Protocol

from service.audit.chain import NewEvent
from service.errors import Conflict, Fault, Invalid
from service.tasks import advance, ballots, completion, targets
from service.tasks.around import definition_of
from service.tasks.capacity import Capacity, expect_free
from service.tasks.choices import choices
from service.tasks.facts import TaskFacts
from service.tasks.queue import Locked
from service.tasks.reentry import Reentry
from service.tasks.signing import Ballot
from service.tasks.targets import RETURN, ReturnTarget
from service.tasks.undo import Decision
from workflows import engine
from workflows.catalogue import Definition
from workflows.step import OpenedTask, Step
from workflows.surroundings import Surroundings

REPLAY, STRAIGHT = "replay", "straight"
REENTRIES = (REPLAY, STRAIGHT)


class Asked(Protocol):
    """What a person asks for: the target, how the case comes back, and why."""

    @property
    def target(self) -> str: ...
    @property
    def reentry(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Returned:
    """Where a case went; `closed` are the tasks of other branches that this ended."""

    task_id: str
    instance_id: str
    target: str
    reentry: str


def give_back(around: Surroundings, locked: Locked, who: Capacity, asked: Asked) -> Returned:
    """Sign the seat of who acts or is represented and move the token; the caller has checked visibility and rights.

    Other seats of the task are superseded. What is reserved in the ledger stays. Invalid("reason.missing"),
    Conflict("seat.adviser_returns" | "return.drawn" | "return.forbidden" | "return.not_straight" | those of
    `targets.refuse`).
    """
    task, session = locked.task, around.session
    if not asked.reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
    definition = definition_of(around, task.case.definition_id)
    expect_free(session, task, who)
    completion.refuse_interested(around, task, who)
    seat = task.seat_of(who.seat_of)
    if seat is not None and seat.advises:
        raise Conflict("seat.adviser_returns", seat_id=seat.id)
    target = _target(around, locked, definition, asked)
    offered = choices(definition.settings, task.element_id, task.properties)
    ballot = completion.sealed_ballot(definition, task, Ballot(RETURN, asked.reason.strip(), {}, around.now))
    signed = ballots.cast_ballot(session, task, who, offered[0].value, ballot)
    tokens = locked.instance.tokens
    step = engine.move(locked.instance, task.token, target.element_id, around)
    said = completion.signature_event(definition, task, replace(signed.seat, opinion=asked.reason.strip(), values={}))
    events = [said, _event(task, who, target, asked.reentry)]
    back = _reentry(task, step, target, asked.reentry)
    step = _timely(around, step, target)
    advance.apply(
        around,
        task.case,
        step,
        events,
        head=locked.head,
        completed_token=task.token,
        on_behalf_of=who.on_behalf_of,
        reentry=back,
        made=Decision(task, who.person_id, tokens, signed.removed),
        filed=signed.filed,
    )
    return Returned(task.id, task.instance_id, target.element_id, asked.reentry)


def _target(around: Surroundings, locked: Locked, definition: Definition, asked: Asked) -> ReturnTarget:
    task, held = locked.task, locked.instance
    offered = choices(definition.settings, task.element_id, task.properties)
    code = targets.refusal(task, offered)
    if code is not None:
        raise Conflict(code, task_id=task.id)
    found = targets.chosen(targets.targets(around.session, held, definition, task), asked.target)
    if found is None:
        targets.refuse(around.session, held, definition, task, asked.target)
    assert found is not None
    if asked.reentry == STRAIGHT and not found.straight:
        raise Conflict("return.not_straight", element_id=found.element_id)
    return found


def _event(task: TaskFacts, who: Capacity, target: ReturnTarget, reentry: str) -> NewEvent:
    body = {"task_id": task.id, "name": task.name, "target": target.element_id, "target_name": target.name,
            "reentry": reentry}  # fmt: skip
    return NewEvent("task.returned", who.person_id, who.on_behalf_of, task.element_id, body)


def _reentry(task: TaskFacts, step: Step, target: ReturnTarget, reentry: str) -> Reentry:
    """The task at the target is offered to who signed it; straight back it remembers who waits for it."""
    before = task.reentry.onward if task.reentry else ()
    onward = (*before, task.element_id) if reentry == STRAIGHT else ()
    return Reentry("returned", task.id, step.version, onward, target.element_id, target.former)


def _timely(around: Surroundings, step: Step, target: ReturnTarget) -> Step:
    """What is corrected has a deadline: its own, else as many working days as the parameter says."""
    return replace(step, opened=tuple(_with_deadline(around, task, target) for task in step.opened))


def _with_deadline(around: Surroundings, opened: OpenedTask, target: ReturnTarget) -> OpenedTask:
    if opened.element_id != target.element_id or opened.properties.get("dueIn") or opened.due_date:
        return opened
    return replace(opened, due_date=f"{around.parameters.get('correction_workdays')} workdays")
