"""What a new value of a parameter would meet: flows that read it, their running cases, deadlines counted by it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.deployments import queries
from service.errors import Invalid
from service.flows import registry
from service.parameters import scopes
from service.parameters.queries import declared, reached
from service.parameters.scopes import About
from service.tasks.models import NEVER, Task
from workflows import catalogue
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.models import ProcessDefinition, ProcessInstance
from workflows.references import kind_of
from workflows.store import OPEN

SHOWN = 50
TASK, INSTANCE, DEFINITION = table_of(Task), table_of(ProcessInstance), table_of(ProcessDefinition)
CASE = table("process_case", column("instance_id"), column("organisation_id"))


@dataclass(frozen=True)
class FlowUse:
    """A version of a flow whose diagram, tables, forms or operations read a parameter, with its running cases."""

    definition: Definition
    running: int


@dataclass(frozen=True)
class Standing:
    """An open step whose deadline was counted by the parameter, and stays."""

    task_id: str
    name: str
    element_id: str
    definition_id: str
    business_key: str
    due_at: datetime


@dataclass(frozen=True)
class Affected:
    """`flows` read the parameter anew at each step to come; `steps` keep the deadline that they have (the first 50)."""

    flows: Sequence[FlowUse]
    steps: Sequence[Standing]
    steps_count: int

    @property
    def running(self) -> int:
        """How many running cases will read it at steps to come."""
        return sum(flow.running for flow in self.flows)


def affected(actor: Actor, key: str, scope: str, on: date) -> Affected:
    """What a new value for this scope ("" the whole county) would meet today if it held from that day on.

    Cases for which something narrower is set are not counted; what one case reads for many schools reaches it whatever
    the scope. NotFound("parameter.absent"), Invalid("parameter.value")
    for no such scope.
    """
    policy.require(actor, "parameter.propose")
    session = db.session()
    faults = scopes.faults_of(session, declared(key), scope)
    if faults:
        raise Invalid("parameter.value", faults=faults)
    running = _running(session)
    asked = [About(school, flow) for _, school, flow in running]
    inside = set(asked) if declared(key).of_many else reached(session, key, scope, on, asked)
    counts: dict[str, int] = {}
    for (definition_id, school, flow), count in running.items():
        counts[definition_id] = counts.get(definition_id, 0) + (count if About(school, flow) in inside else 0)
    uses = list(_uses(session, key, counts))
    steps = [step for use in uses for step in _steps(session, use.definition, key, inside)]
    return Affected(uses, sorted(steps, key=lambda step: step.due_at)[:SHOWN], len(steps))


def _running(session: Session) -> dict[tuple[str, str, str], int]:
    """(Version, school, flow) → running cases."""
    by = (INSTANCE.c.definition_id, CASE.c.organisation_id, DEFINITION.c.key)
    counted = (
        select(*by, func.count())
        .join(CASE, CASE.c.instance_id == INSTANCE.c.id)
        .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
        .where(INSTANCE.c.state.in_(OPEN))
        .group_by(*by)
    )
    return {(row[0], row[1], row[2]): row[3] for row in session.execute(counted)}


def _uses(session: Session, key: str, running: Mapping[str, int]) -> Iterator[FlowUse]:
    """Every version with running cases, and the newest of each flow; what operations read by themselves counts."""
    newest = (definition.id for definition in queries.newest())
    reads = re.compile(rb"\bparameters\s*\.\s*" + re.escape(key.encode()) + rb"\b")
    by_operation = {name for name, found in registry.declared().items() if key in found.parameters}
    for definition_id in dict.fromkeys([*newest, *running]):
        definition = catalogue.get(session, definition_id)
        texts = (content for name, content in definition.files.items() if kind_of(name) != "toml")
        if by_operation & _operations(definition) or any(reads.search(content) for content in texts):
            yield FlowUse(definition, running.get(definition_id, 0))


def _operations(definition: Definition) -> set[str]:
    tasks = (element.zeebe.get("taskDefinition") for element in definition.spec.everything.values())
    return {task.get("type", "") for task in tasks if task}


def _steps(session: Session, definition: Definition, key: str, inside: Collection[About]) -> Iterator[Standing]:
    """The open steps of a version whose `dueIn` reads the parameter, of cases that a new value would reach."""
    reads = re.compile(rf"\bparameters\s*\.\s*{re.escape(key)}\b")
    named = [
        element.id
        for element in definition.spec.everything.values()
        if reads.search(element.properties.get("dueIn", ""))
    ]
    columns = (TASK.c.id, TASK.c.name, TASK.c.element_id, TASK.c.definition_id, TASK.c.business_key, TASK.c.due_at)
    found = select(*columns, CASE.c.organisation_id).join(CASE, CASE.c.instance_id == TASK.c.instance_id).where(
        TASK.c.definition_id == definition.id, TASK.c.state == "open", TASK.c.element_id.in_(named),
        TASK.c.due_at < NEVER,
    )  # fmt: skip
    for *shown, school in session.execute(found):
        if About(school, definition.key) in inside:
            yield Standing(*shown)
