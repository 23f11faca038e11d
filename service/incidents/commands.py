"""Commands on incidents: the edge writes one down, an admin closes one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.errors import NotFound
from service.incidents.models import Incident
from service.incidents.record import Failure, open_incident
from workflows.models import ProcessInstance


def record_incident(actor: Actor, failure: Failure, *, now: datetime) -> str:
    """Write down what failed, in a transaction of its own after the failed one was rolled back; returns its id."""
    with transaction() as session:
        policy.require(actor, "incident.record", failure)
        known = select(ProcessInstance.id).where(ProcessInstance.id == failure.instance_id)
        if failure.instance_id is not None and session.scalar(known) is None:
            failure = replace(failure, instance_id=None)
        return open_incident(session, failure, now)


def resolve_incident(actor: Actor, incident_id: str, *, now: datetime) -> None:
    """Close an incident that needs nothing more; NotFound("incident.absent")."""
    with transaction() as session:
        policy.require(actor, "incident.resolve")
        incident = session.get(Incident, incident_id)
        if incident is None or incident.resolved_at is not None:
            raise NotFound("incident.absent", incident_id=incident_id)
        incident.resolved_at, incident.resolved_by = now, actor.person_id or actor.account_id
