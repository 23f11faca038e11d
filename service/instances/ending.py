"""Ends a case before its end event: withdrawn by its initiator, cancelled by HR."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit import timeline
from service.audit.chain import NewEvent
from service.audit.timeline import Event
from service.errors import Conflict, Fault, Invalid
from service.instances.facts import LockedCase
from service.tasks import advance, voting_casting
from service.tasks.facts import CaseFacts
from service.tasks.models import Task
from service.tasks.targets import RETURN
from workflows import catalogue, engine, inspection
from workflows.catalogue import Definition
from workflows.step import Step
from workflows.surroundings import Surroundings

_TOLD = (Task.id, Task.definition_id, Task.element_id, Task.state, Task.decision, Task.properties, Task.reentry,
         Task.opened_at, Task.closed_at)  # fmt: skip
ENDABLE = frozenset({"running", "suspended", "failed"})
MOVED = "instance.moved"
"""HR moved the case back: `body.before` are the elements that this closed, the event's element where it went."""
FINAL = "final"
"""zeebe:property of the user task that decides a case for good: once it is done, the case cannot be withdrawn."""


def end(around: Surroundings, locked: LockedCase, outcome: str, reason: str | None) -> None:
    """Close every token, task, timer and hold; the case ends as `outcome`.

    Votes that were waiting for one of this case alone are counted now.
    """
    if locked.instance.state not in ENDABLE:
        raise Conflict("instance.ended", instance_id=locked.case.instance_id, state=locked.instance.state)
    voting_casting.all_are_over(around, locked.case)
    definition = catalogue.get(around.session, locked.instance.definition_id)
    stood = [place.element_id for place in engine.inspect(locked.instance, definition) if place.state != "running"]
    step = engine.cancel(locked.instance, outcome, around)
    event = NewEvent(f"instance.{outcome}", advance.actor_of(around), body={"reason": reason, "before": stood})
    advance.apply(around, locked.case, step, [event], head=None)


def refuse_stale(locked: LockedCase, version: int | None) -> None:
    """The case is as the caller saw it; Conflict("instance.stale"). None asks for no check."""
    if version is not None and version != locked.instance.version:
        raise Conflict(
            "instance.stale", instance_id=locked.case.instance_id, version=locked.instance.version, seen=version
        )


def refuse_without_reason(reason: str | None) -> None:
    """Invalid("reason.missing"): what stops or ends somebody's case is explained."""
    if not (reason or "").strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))


def refuse_final(session: Session, locked: LockedCase) -> None:
    """Conflict("instance.decided") once the final decision has been made (policy §3)."""
    if has_final(session, locked.case.instance_id):
        raise Conflict("instance.decided", instance_id=locked.case.instance_id)


def has_final(session: Session, instance_id: str) -> bool:
    """Whether a task whose element is marked as final has been done in this case, and the case not returned before it.

    A return decides nothing, nor does HR that moves the case back. What comes straight back to who returned it leaves
    the decisions between in force.
    """
    tasks = session.execute(select(*_TOLD).where(Task.instance_id == instance_id)).all()
    decided = [row for row in tasks if row.state == "done" and row.decision != RETURN]
    finals = [row for row in decided if row.properties.get(FINAL) == "true"]
    returns = [row for row in tasks if (row.reentry or {}).get("kind") == "returned"]
    if not finals:
        return False
    moves = _moves(session, instance_id)
    if not returns and not moves:
        return True
    definition, by_id = catalogue.get(session, finals[0].definition_id), {row.id: row for row in tasks}
    return any(
        not _returned_before(definition, final, returns, by_id) and not _moved_before(definition, final, moves)
        for final in finals
    )


def _moves(session: Session, instance_id: str) -> list[Event]:
    moved = timeline.every(session, advance.stream_of(instance_id), kinds=(MOVED,))
    return [event for event in moved if event.body]


def _moved_before(definition: Definition, final: Any, moves: Sequence[Event]) -> bool:
    """Whether the case was later moved back to before a decision by hand, from behind it."""
    return any(
        move.at > final.closed_at and inspection.lies_between(definition, move.element_id, final.element_id, str(left))
        for move in moves
        for left in (move.body or {})["before"]
    )


def _returned_before(definition: Definition, final: Any, returns: Sequence[Any], tasks: Mapping[str, Any]) -> bool:
    """Whether a later return leads to before a decision, from behind it."""
    return any(
        back.opened_at > final.closed_at
        and (back.state == "open" or not back.reentry["onward"])
        and inspection.lies_between(
            definition, back.element_id, final.element_id, tasks[back.reentry["task"]].element_id
        )
        for back in returns
    )


def started_event(
    case: CaseFacts, definition: Any, variables: Mapping[str, Any], step: Step, secret: frozenset[str]
) -> NewEvent:
    """The first event of a case: the flow's exact version, the form as sent, `secret` fields sealed, the path."""
    body = {
        "definition": f"{definition.key}:{definition.version}",
        "checksum": definition.checksum,
        "business_key": case.business_key,
        "title": case.title,
        "organisation_id": case.organisation_id,
        "variables": {name: value for name, value in variables.items() if name not in secret},
        "passed": list(step.passed),
    }
    apart = {name: value for name, value in variables.items() if name in secret}
    sensitive = {"variables": apart} if apart else None
    return NewEvent("instance.started", case.initiator_id, body=body, sensitive=sensitive)
