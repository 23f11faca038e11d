"""Reads of incidents with their cases, for the page of who looks after them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, func, or_, select, table

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import Invalid
from service.incidents.models import Incident
from workflows.base import table_of
from workflows.models import ProcessInstance

INCIDENT = table_of(Incident)
CASE = table(
    "process_case",
    column("instance_id"),
    column("organisation_id"),
    column("initiator_id"),
    column("business_key"),
    column("title"),
)


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident; the title of its case only for who may see that case, `attempts` failures of the same thing."""

    id: str
    instance_id: str | None
    definition_id: str | None
    business_key: str | None
    title: str | None
    element_id: str
    kind: str
    code: str
    message: str
    request_id: str | None
    at: datetime
    resolved_at: datetime | None
    attempts: int
    state: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Incidents, newest first; `next` is the cursor of the page after, None at the end."""

    items: tuple[IncidentView, ...]
    next: str | None


def page(actor: Actor, *, resolved: bool = False, before: str | None = None, limit: int = 50) -> IncidentPage:
    """A page of the open (or resolved) incidents that the actor may see, below the incident id `before`."""
    wanted: list[ColumnElement[bool]] = [policy.visible(actor, "incident")]
    wanted.append(INCIDENT.c.resolved_at.is_not(None) if resolved else INCIDENT.c.resolved_at.is_(None))
    if before is not None:
        wanted.append(_below(actor, before))
    found = _incidents(actor).where(*wanted).order_by(INCIDENT.c.at.desc(), INCIDENT.c.id.desc()).limit(limit + 1)
    rows = db.session.execute(found).all()
    items = tuple(IncidentView(**row._mapping) for row in rows[:limit])
    return IncidentPage(items, items[-1].id if len(rows) > limit else None)


def _below(actor: Actor, before: str) -> ColumnElement[bool]:
    mark = select(INCIDENT.c.at).where(INCIDENT.c.id == before, policy.visible(actor, "incident"))
    at = db.session.scalar(mark)
    if at is None:
        raise Invalid("cursor.unreadable", cursor=before[:80])
    return or_(INCIDENT.c.at < at, and_(INCIDENT.c.at == at, INCIDENT.c.id < before))


def _incidents(actor: Actor) -> Select[Any]:
    same = INCIDENT.alias("same")
    alike = and_(same.c.instance_id == INCIDENT.c.instance_id, same.c.element_id == INCIDENT.c.element_id)
    attempts = select(func.count()).select_from(same).where(alike, same.c.at <= INCIDENT.c.at).scalar_subquery()
    seen = CASE.alias("seen")
    title = select(seen.c.title).where(
        seen.c.instance_id == INCIDENT.c.instance_id, policy.visible(actor, "instance", seen)
    )
    own = (name for name in IncidentView.__dataclass_fields__ if name in INCIDENT.c)
    return (
        select(
            *(INCIDENT.c[name] for name in own),
            CASE.c.business_key,
            title.scalar_subquery().label("title"),
            ProcessInstance.definition_id,
            ProcessInstance.state,
            ProcessInstance.version,
            func.coalesce(attempts, 0).label("attempts"),
        )
        .outerjoin(CASE, CASE.c.instance_id == INCIDENT.c.instance_id)
        .outerjoin(ProcessInstance, ProcessInstance.id == INCIDENT.c.instance_id)
    )
