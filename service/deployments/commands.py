"""Publish a flow or the shared library from files; what the gate refuses is never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import db, transaction
from service.deployments import approving, drafts, gate, releasing
from service.deployments.releasing import Origin
from service.idempotency.repeats import answer
from workflows import catalogue, checks


@dataclass(frozen=True)
class Publish:
    """The files of one flow, or of the shared library, and why; names are relative to its folder.

    `replace` lets a release of the house take the place of what the bureau has drawn, and bring back what it retired.
    """

    files: Mapping[str, bytes]
    shared: bool = False
    reason: str = ""
    replace: bool = False


@dataclass(frozen=True)
class Published:
    """The stored version and the warnings of the gate; a `draft_id` instead where a second person must approve it."""

    definition_id: str | None
    key: str
    version: int
    findings: Sequence[checks.Finding] = field(default_factory=tuple)
    draft_id: str | None = None


def publish(actor: Actor, command: Publish, *, now: datetime) -> Published:
    """Check and store a version, or where a second person must approve it a draft that waits for that person.

    Invalid("deployment.refused") with a fault for each error of the gate, Conflict("draft.open") when the flow has a
    draft already, Conflict("deployment.redrawn" | "deployment.retired") when the house would undo what the bureau has
    done. The gate takes a second and looks only at files, so it runs before the transaction and holds no lock.
    """
    found = gate.findings(db.session(), command.files) if policy.allows(actor, "deployment.publish") else ()
    with transaction() as session:
        policy.require(actor, "deployment.publish")
        gate.refuse(found)
        if releasing.needs_second(session, actor, now):
            draft_id, key = approving.submit(session, actor, command.files, command.shared, command.reason, now)
            answer(session, draft_id=draft_id)
            return Published(None, key, 0, found, draft_id)
        if actor.is_system and not command.replace:
            releasing.expect_house(session, catalogue.key_of(command.files, library=command.shared))
        origin = Origin([drafts.who(actor)], command.reason)
        row = releasing.release(session, actor, command.files, origin, now, library=command.shared)
        answer(session, definition_id=row.id)
        return Published(row.id, row.key, row.version, found)
