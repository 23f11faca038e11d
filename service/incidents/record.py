"""Write an incident down, or close it, inside the transaction of a command."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from service.incidents.models import Incident
from workflows.base import new_id

MESSAGE_LIMIT = 2000


@dataclass(frozen=True)
class Failure:
    """What failed: `kind` command | timer | message | assignment; `subject_id` the task, timer or message."""

    instance_id: str | None
    element_id: str
    kind: str
    code: str
    message: str
    subject_id: str | None = None
    request_id: str | None = None


def open_incident(session: Session, failure: Failure, now: datetime) -> str:
    """Insert the incident and return its id."""
    incident_id = new_id()
    session.execute(
        insert(Incident),
        {
            "id": incident_id,
            "instance_id": failure.instance_id,
            "element_id": failure.element_id,
            "kind": failure.kind,
            "subject_id": failure.subject_id,
            "code": failure.code[:100],
            "message": failure.message[:MESSAGE_LIMIT],
            "request_id": failure.request_id,
            "at": now,
        },
    )
    return incident_id


def resolve(session: Session, instance_id: str, kind: str, actor_id: str, now: datetime) -> int:
    """Close the open incidents of one kind of a case; returns how many."""
    statement = (
        update(Incident)
        .where(Incident.instance_id == instance_id, Incident.kind == kind, Incident.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=actor_id)
    )
    return session.connection().execute(statement).rowcount


def resolve_of(session: Session, instance_id: str, at: datetime, actor_id: str, now: datetime) -> None:
    """Close the open incidents that one step of a case opened, which was taken back."""
    here = (Incident.instance_id == instance_id, Incident.at == at, Incident.resolved_at.is_(None))
    session.connection().execute(update(Incident).where(*here).values(resolved_at=now, resolved_by=actor_id))
