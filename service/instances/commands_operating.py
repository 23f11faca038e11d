"""What HR does to a running case that stands wrong: move it back, put a variable right; each with a reason kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit.chain import NewEvent
from service.db import transaction
from service.instances import ending, facts, moving, operating
from service.instances.facts import LockedCase
from service.tasks import advance
from service.tasks.around import definition_of, surroundings
from service.tasks.discretion import CORRECTED
from workflows import engine


@dataclass(frozen=True)
class MoveBack:
    """A case, the element on which it stands, the earlier step to which it goes, why, and the version that was seen."""

    instance_id: str
    element_id: str
    target_id: str
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class ChangeVariable:
    """A case, a variable of it and its new value, why, and the version that was seen."""

    instance_id: str
    name: str
    value: Any
    reason: str
    version: int | None = None


def move_back(actor: Actor, command: MoveBack, *, now: datetime) -> None:
    """Put what stands on an element back to an earlier step of a person; what lies between is closed.

    Conflict("move.nothing_there" | "move.not_back" | "move.several" | "move.vote" | "move.meeting" |
    "move.effect_twice" | "move.hold_lost" | "move.hold_missing" | "move.unsound" | "instance.stale" |
    "instance.not_running"), Invalid("reason.missing"), Forbidden of `operating.expect_free`. Nothing moves forward:
    steps are decided, not skipped.
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.move_back", locked.case)
        _expect(session, actor, locked, command)
        around = surroundings(session, actor, now, locked.case.about)
        definition = definition_of(around, locked.instance.definition_id)
        place = moving.expect_back(session, locked.instance, definition, command.element_id, command.target_id)
        closed = engine.closed_by(locked.instance, definition, place.token, command.target_id)
        step = engine.move(locked.instance, place.token, command.target_id, around)
        body = {"reason": command.reason.strip(), "before": list(closed), "after": [command.target_id]}
        event = NewEvent(ending.MOVED, advance.actor_of(around), element_id=command.target_id, body=body)
        advance.apply(around, locked.case, step, [event], head=None)


def change_variable(actor: Actor, command: ChangeVariable, *, now: datetime) -> None:
    """Put a variable right; what was there stays in its history and in the record. Nothing goes on by it.

    Conflict("variable.sealed" | "variable.decision" | "variable.settled" | "variable.own" | "variable.same"),
    Invalid("variable.absent" | "variable.type" | "form.invalid" | "reason.missing"), Forbidden of
    `operating.expect_free`: who decided what, what was decided about, who asked for which school, and what is sealed
    stay. Values and reason are told to who may read the variable.
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.change_variable", locked.case)
        _expect(session, actor, locked, command)
        around = surroundings(session, actor, now, locked.case.about)
        definition = definition_of(around, locked.instance.definition_id)
        settled = moving.settled(session, locked.instance, definition)
        old, new = operating.changeable(locked.instance, definition, command.name, command.value, settled)
        step = engine.assign(locked.instance, command.name, new, around)
        told = {"reason": command.reason.strip(), "before": old, "after": new}
        event = NewEvent(CORRECTED, advance.actor_of(around), body={"name": command.name}, sensitive=told)
        advance.apply(around, locked.case, step, [event], head=None)


def _expect(session: Session, actor: Actor, locked: LockedCase, command: MoveBack | ChangeVariable) -> None:
    """Nobody's own case, nothing that has moved on meanwhile, and a reason."""
    operating.expect_free(session, actor, locked.case)
    ending.refuse_stale(locked, command.version)
    ending.refuse_without_reason(command.reason)
