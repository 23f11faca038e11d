"""Publish a flow or the shared library; what the gate refuses is never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.calendar.queries import zone_of
from service.db import db, transaction
from service.deployments import gate
from service.idempotency.repeats import answer
from workflows import catalogue, checks, starts
from workflows.models import ProcessDefinition


@dataclass(frozen=True)
class Publish:
    """The files of one flow, or of the shared library; names are relative to its folder."""

    files: Mapping[str, bytes]
    shared: bool = False


@dataclass(frozen=True)
class Published:
    """The stored version and the warnings of the gate."""

    definition_id: str
    key: str
    version: int
    findings: Sequence[checks.Finding] = field(default_factory=tuple)


def publish(actor: Actor, command: Publish, *, now: datetime) -> Published:
    """Check and store a version; Invalid("deployment.refused") with a fault for each error of the gate.

    The gate takes a second and looks only at files, so it runs before the transaction and holds no lock.
    """
    found = gate.findings(db.session(), command.files) if policy.allows(actor, "deployment.publish") else ()
    with transaction() as session:
        policy.require(actor, "deployment.publish")
        gate.refuse(found)
        deploy = catalogue.deploy_library if command.shared else catalogue.deploy
        row = deploy(session, command.files, now=now)
        if row.state == catalogue.ACTIVE:
            starts.follow(session, catalogue.get(session, row.id), now, zone_of(session))
        answer(session, definition_id=row.id)
        _record(session, actor, row, now)
        return Published(row.id, row.key, row.version, found)


def _record(session: Session, actor: Actor, row: ProcessDefinition, now: datetime) -> None:
    body = {"version": row.version, "checksum": row.checksum, "manifest": row.manifest}
    event = NewEvent("definition.published", actor.person_id or actor.account_id, body=body)
    chain.append(session, f"definition:{row.key}", [event], at=now)
