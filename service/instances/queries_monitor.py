"""Running cases of a version as operators see them: how many stand at each element and which, never their contents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select, union_all

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.incidents.models import Incident
from service.instances.models import ProcessCase
from service.tasks.models import Task
from workflows.base import table_of
from workflows.models import MessageSubscription, ProcessDefinition, ProcessInstance, Timer

_INSTANCE, _CASE, _TASK = table_of(ProcessInstance), table_of(ProcessCase), table_of(Task)
_TIMER, _WAITING, _INCIDENT = table_of(Timer), table_of(MessageSubscription), table_of(Incident)
_DEFINITION = table_of(ProcessDefinition)
OPEN_STATES = ("running", "suspended", "failed")
MOST = 200


@dataclass(frozen=True)
class MonitorQuery:
    """Running cases of a version: at an element, in a state, behind the id `after`."""

    definition_id: str
    element_id: str | None = None
    state: str | None = None
    after: str | None = None
    limit: int = 50


def running(actor: Actor, key: str | None = None) -> Mapping[str, Mapping[str, int]]:
    """Version id → state → how many cases of it have not ended."""
    policy.require(actor, "monitor.read")
    counted = (
        select(_INSTANCE.c.definition_id, _INSTANCE.c.state, func.count())
        .join(_DEFINITION, _DEFINITION.c.id == _INSTANCE.c.definition_id)
        .where(_INSTANCE.c.ended_at.is_(None))
        .group_by(_INSTANCE.c.definition_id, _INSTANCE.c.state)
    )
    if key is not None:
        counted = counted.where(_DEFINITION.c.key == key)
    found: dict[str, dict[str, int]] = {}
    for definition_id, state, number in db.session.execute(counted):
        found.setdefault(definition_id, {})[state] = number
    return found


def standing(actor: Actor, definition_id: str) -> Mapping[str, int]:
    """Element → how many open tasks, timers of the diagram and awaited messages of running cases stand at it."""
    policy.require(actor, "monitor.read")
    places = union_all(*_places(definition_id)).subquery()
    counted = select(places.c.element_id, func.count()).group_by(places.c.element_id)
    return {element_id: number for element_id, number in db.session.execute(counted)}  # noqa: C416


def cases(actor: Actor, query: MonitorQuery) -> Sequence[Row[Any]]:
    """Cases by number and state, the oldest first, with their open incidents; `limit` of them."""
    policy.require(actor, "monitor.read")
    incidents = (
        select(func.count())
        .where(_INCIDENT.c.instance_id == _INSTANCE.c.id, _INCIDENT.c.resolved_at.is_(None))
        .scalar_subquery()
    )
    columns = (_INSTANCE.c.id, _INSTANCE.c.state, _INSTANCE.c.version, _INSTANCE.c.started_at)
    found = (
        select(*columns, _CASE.c.business_key, _CASE.c.organisation_id, incidents.label("incidents"))
        .join(_CASE, _CASE.c.instance_id == _INSTANCE.c.id)
        .where(_INSTANCE.c.definition_id == query.definition_id, _INSTANCE.c.ended_at.is_(None))
    )
    if query.state is not None:
        found = found.where(_INSTANCE.c.state == query.state)
    if query.after is not None:
        found = found.where(_INSTANCE.c.id > query.after)
    if query.element_id is not None:
        here = union_all(*_places(query.definition_id)).subquery()
        found = found.where(_INSTANCE.c.id.in_(select(here.c.id).where(here.c.element_id == query.element_id)))
    ordered: Any = found.order_by(_INSTANCE.c.id).limit(min(query.limit, MOST))
    return db.session.execute(ordered).all()


def _places(definition_id: str) -> list[Select[Any]]:
    """(case, element) of everything that waits for somebody or something."""
    sources = ((_TASK, _TASK.c.state == "open"), (_TIMER, _TIMER.c.kind == "event"), (_WAITING, _WAITING.c.id != ""))
    return [
        select(_INSTANCE.c.id, source.c.element_id)
        .join(source, source.c.instance_id == _INSTANCE.c.id)
        .where(_INSTANCE.c.definition_id == definition_id, _INSTANCE.c.ended_at.is_(None), own)
        for source, own in sources
    ]
