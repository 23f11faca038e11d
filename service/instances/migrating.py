"""Moves a case to another version of its flow inside a command's transaction, or says why it stays."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from types import MappingProxyType
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
from service.notices import outbox
from service.notices.outbox import Message
from service.posts import queries as ledger
from service.tasks import advance, queue
from service.tasks.models import Seat, Task
from service.tasks.models_papers import Minutes
from service.tasks.reentry import Reentry
from service.tasks.signing import SIGNER
from service.tasks.standing import unrecalled
from workflows import catalogue, store
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.checks.context import GateContext
from workflows.migration import Facts, Plan, Planner, Refusal, comes_straight, migrate
from workflows.migration.planning import standing
from workflows.models import Timer
from workflows.step import OpenedTask
from workflows.surroundings import Surroundings
from workflows.tokens.marking import Marking

MIGRATED = "instance.migrated"
TASK, SEAT, MINUTES, TIMER = table_of(Task), table_of(Seat), table_of(Minutes), table_of(Timer)


@lru_cache(maxsize=16)
def _planner(old: Definition, new: Definition, mapping: tuple[tuple[str, str], ...]) -> Planner:
    """What two versions say is worked out once for all cases between them; definitions never change."""
    return Planner(old, new, GateContext(operations=registry.allowed()), dict(mapping))


class Planners:
    """Plans moves to one version; `mapping`: elements in which a case waits → those that stand in their place."""

    def __init__(self, session: Session, target_id: str, mapping: Mapping[str, str] = MappingProxyType({})) -> None:
        self.session = session
        self.mapping = mapping
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
        return self._with_tasks(
            _planner(old, self.target, self._named(old)).plan(marking, facts_of(self.session, held)), held
        )

    def _named(self, old: Definition) -> tuple[tuple[str, str], ...]:
        """What of the mapping is about a version: a case of another one may lack some of its steps."""
        return tuple(sorted(pair for pair in self.mapping.items() if pair[0] in old.spec.everything))

    def _with_tasks(self, plan: Plan, held: store.Held) -> Plan:
        """What only people's work can tell: the way straight back of what was returned, timers of what stands still."""
        more = []
        if held.state == "suspended" and plan.armed:
            more.append(Refusal("migrate.suspended", plan.armed[0], plan.armed[0]))
        for row in open_tasks(self.session, held.id) if plan.safe else ():
            back = Reentry.of(row.reentry)
            onward = back.renamed(plan.mapping).next if back else None
            if onward and not comes_straight(self.target, plan, row.token, onward):
                more.append(Refusal("migrate.return_gone", row.element_id, row.name))
            if row.element_id in plan.redrawn and acted(self.session, row.id):
                more.append(Refusal("migrate.choices_changed", row.element_id, row.name))
        return replace(plan, refusals=(*plan.refusals, *more))


def move(around: Surroundings, locked: LockedCase, planners: Planners, reason: str) -> Plan:
    """Move a locked case; Conflict("migrate.refused") with a fault for each reason when it is not safe."""
    plan = planners.plan(locked.instance)
    if not plan.safe:
        raise Conflict("migrate.refused", faults=tuple(fault(refusal) for refusal in plan.refusals))
    held, old = locked.instance, catalogue.get(around.session, locked.instance.definition_id)
    before: Marking = orjson.loads(held.tokens)
    step, kept = migrate(held, planners.target, plan, around)
    _repoint(around.session, held.id, planners.target, kept)
    _redirect(around.session, held.id, plan.mapping)
    body = {
        "reason": reason, "before": _stand(old, before), "after": _stand(planners.target, plan.marking),
        "armed": list(plan.armed), "dropped": list(plan.dropped),
        "redrawn": {name: list(what) for name, what in plan.redrawn.items()}, "mapping": dict(planners.mapping),
    }  # fmt: skip
    _tell_holders(around, locked, plan)
    event = NewEvent(MIGRATED, advance.actor_of(around), body=body)
    advance.apply(around, locked.case, step, [event], head=None)
    return plan


def fault(refusal: Refusal) -> Fault:
    """A reason why a case stays, as a fault with the element concerned."""
    return Fault(refusal.element_id, refusal.code, "", {"name": refusal.name, **refusal.params})


def as_row(refusal: Refusal) -> dict[str, Any]:
    """A reason as JSON."""
    return asdict(refusal) | {"params": dict(refusal.params)}


def facts_of(session: Session, held: store.Held) -> Facts:
    """What a case has been on, without what was taken back, what it holds, and by which versions it has run."""
    events = unrecalled(timeline.every(session, advance.stream_of(held.id)))
    passed = frozenset(name for event in events for name in (event.body or {}).get("passed", ()))
    left = dict.fromkeys(
        event.body["before"]["definition_id"] for event in events if event.kind == MIGRATED and event.body
    )
    versions = tuple(catalogue.get(session, definition_id) for definition_id in left)
    return Facts(passed, frozenset(held.variables), ledger.holds_anything(session, held.id), versions)


def open_tasks(session: Session, instance_id: str) -> Sequence[Row[Any]]:
    """The open tasks of a case."""
    return session.execute(select(TASK).where(TASK.c.instance_id == instance_id, TASK.c.state == "open")).all()


def acted(session: Session, task_id: str) -> bool:
    """Whether somebody has signed or voted at an open task, was asked for advice, or has entered minutes of it."""
    seat = (SEAT.c.state.in_(("signed", "recorded"))) | (SEAT.c.kind != SIGNER)
    seats = select(SEAT.c.id).where(SEAT.c.task_id == task_id, seat)
    minutes = select(MINUTES.c.task_id).where(MINUTES.c.task_id == task_id)
    return any(session.execute(one.limit(1)).first() is not None for one in (seats, minutes))


def _tell_holders(around: Surroundings, locked: LockedCase, plan: Plan) -> None:
    """Whoever holds an open step of which the decisions, fields or form are different learns to look again."""
    found = [row for row in open_tasks(around.session, locked.case.instance_id) if row.element_id in plan.redrawn]
    messages = [
        Message("task.redrawn", holder, {"instance_id": row.instance_id, "task_id": row.id, "title": locked.case.title})
        for row in found
        for holder in queue.read(around.session, row.id).holders
    ]
    outbox.post(around.session, messages, around.now)


def _repoint(session: Session, instance_id: str, target: Definition, kept: Sequence[OpenedTask]) -> None:
    """Open tasks as the new version describes them; holders, seats, drafts and deadlines stay. Their version rises."""
    for task in kept:
        described = {"definition_id": target.id, "element_id": task.element_id, "name": task.name,
                     "form_id": task.form_id}  # fmt: skip
        own = (TASK.c.instance_id == instance_id, TASK.c.token == task.token, TASK.c.state == "open")
        ids = select(TASK.c.id).where(*own)
        session.execute(update(TIMER).where(TIMER.c.subject_id.in_(ids)).values(element_id=task.element_id))
        session.execute(
            update(TASK).where(*own).values(properties=dict(task.properties), version=TASK.c.version + 1, **described)
        )


def _redirect(session: Session, instance_id: str, mapping: Mapping[str, str]) -> None:
    """What was returned goes straight back to the steps that stand in the place of those which returned it."""
    for row in open_tasks(session, instance_id) if mapping else ():
        back = Reentry.of(row.reentry)
        if back and (record := back.renamed(mapping).record()) != row.reentry:
            session.execute(update(TASK).where(TASK.c.id == row.id).values(reentry=record))


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
