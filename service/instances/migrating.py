"""Moves a case to another version of its flow inside a command's transaction, or says why it stays."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.audit import timeline
from service.audit.chain import NewEvent
from service.errors import Conflict, Fault, Invalid
from service.flows import registry
from service.instances.ending import ENDABLE
from service.instances.facts import LockedCase
from service.tasks import advance
from service.tasks.models import Task
from service.tasks.reentry import Reentry
from service.tasks.standing import unrecalled
from workflows import catalogue, store
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.checks.context import GateContext
from workflows.migration import Facts, Plan, Planner, Refusal, comes_straight, migrate
from workflows.migration.planning import standing
from workflows.models import ProcessDefinition
from workflows.step import OpenedTask
from workflows.surroundings import Surroundings
from workflows.tokens.marking import Marking

WHOLE = 5000
TASK, DEFINITION = table_of(Task), table_of(ProcessDefinition)


@lru_cache(maxsize=16)
def _planner(old: Definition, new: Definition) -> Planner:
    """What two versions say is worked out once for all cases between them; definitions never change."""
    return Planner(old, new, GateContext(operations=registry.allowed()))


class Planners:
    """Plans moves to one version."""

    def __init__(self, session: Session, target_id: str) -> None:
        self.session = session
        self.target = _target(session, target_id)

    def plan(self, held: store.Held) -> Plan:
        """Whether one case may move.

        Conflict("instance.ended" | "migrate.same_version"), Invalid("migrate.other_flow").
        """
        old = catalogue.get(self.session, held.definition_id)
        if held.state not in ENDABLE:
            raise Conflict("instance.ended", instance_id=held.id, state=held.state)
        if old.key != self.target.key:
            raise Invalid("migrate.other_flow", key=old.key, target=self.target.key)
        if old.id == self.target.id:
            raise Conflict("migrate.same_version", version=old.version)
        marking: Marking = orjson.loads(held.tokens)
        facts = Facts(passed(self.session, held.id), frozenset(held.variables))
        return self._with_tasks(_planner(old, self.target).plan(marking, facts), held)

    def _with_tasks(self, plan: Plan, held: store.Held) -> Plan:
        """What only people's work can tell: the way straight back of what was returned, timers of what stands still."""
        more = []
        if held.state == "suspended" and plan.armed:
            more.append(Refusal("migrate.suspended", plan.armed[0], plan.armed[0]))
        for row in open_tasks(self.session, held.id) if plan.safe else ():
            back = Reentry.of(row.reentry)
            if back and back.next and not comes_straight(self.target, plan, row.token, back.next):
                more.append(Refusal("migrate.return_gone", row.element_id, row.name))
        return Plan((*plan.refusals, *more), plan.marking, plan.armed, plan.dropped)


def move(around: Surroundings, locked: LockedCase, planners: Planners, reason: str) -> Plan:
    """Move a locked case; Conflict("migrate.refused") with a fault for each reason when it is not safe."""
    plan = planners.plan(locked.instance)
    if not plan.safe:
        raise Conflict("migrate.refused", faults=tuple(fault(refusal) for refusal in plan.refusals))
    held, old = locked.instance, catalogue.get(around.session, locked.instance.definition_id)
    before: Marking = orjson.loads(held.tokens)
    step, kept = migrate(held, planners.target, plan, around)
    _repoint(around.session, held.id, planners.target, kept)
    body = {
        "reason": reason, "before": _stand(old, before), "after": _stand(planners.target, plan.marking),
        "armed": list(plan.armed), "dropped": list(plan.dropped),
    }  # fmt: skip
    event = NewEvent("instance.migrated", advance.actor_of(around), body=body)
    advance.apply(around, locked.case, step, [event], head=None)
    return plan


def fault(refusal: Refusal) -> Fault:
    """A reason why a case stays, as a fault with the element concerned."""
    return Fault(refusal.element_id, refusal.code, "", {"name": refusal.name, **refusal.params})


def as_row(refusal: Refusal) -> dict[str, Any]:
    """A reason as JSON."""
    return asdict(refusal) | {"params": dict(refusal.params)}


def passed(session: Session, instance_id: str) -> frozenset[str]:
    """The elements that a case has been on, without what was taken back."""
    found = timeline.events(session, advance.stream_of(instance_id), limit=WHOLE)
    return frozenset(name for event in unrecalled(found) for name in (event.body or {}).get("passed", ()))


def open_tasks(session: Session, instance_id: str) -> Sequence[Row[Any]]:
    """The open tasks of a case."""
    return session.execute(select(TASK).where(TASK.c.instance_id == instance_id, TASK.c.state == "open")).all()


def _repoint(session: Session, instance_id: str, target: Definition, kept: Sequence[OpenedTask]) -> None:
    """Open tasks as the new version describes them; holders, seats, drafts and deadlines stay. Their version rises."""
    for task in kept:
        described = {"definition_id": target.id, "name": task.name, "form_id": task.form_id}
        own = (TASK.c.instance_id == instance_id, TASK.c.token == task.token, TASK.c.state == "open")
        session.execute(
            update(TASK).where(*own).values(properties=dict(task.properties), version=TASK.c.version + 1, **described)
        )


def _stand(definition: Definition, marking: Marking) -> dict[str, Any]:
    """Where a case stands in a version, as the record keeps it."""
    told = {"definition_id": definition.id, "version": definition.version, "checksum": definition.checksum}
    return {**told, "elements": list(standing(marking))}


def _target(session: Session, target_id: str) -> Definition:
    """A version that may be moved to; NotFound("definition.absent"), Conflict("definition.retired")."""
    found = catalogue.get(session, target_id)
    if catalogue.row_of(session, target_id).state == catalogue.RETIRED:
        raise Conflict("definition.retired", key=found.key)
    return found
