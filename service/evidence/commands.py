"""Taking evidence out of the house is recorded in the case before anything is handed over."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import transaction
from service.instances import ending, facts
from service.tasks.advance import stream_of


@dataclass(frozen=True)
class ExportEvidence:
    """The case, and what the bundle is for."""

    instance_id: str
    reason: str


def export_evidence(actor: Actor, command: ExportEvidence, *, now: datetime) -> int:
    """Record that the evidence of a case is taken out and by whom; returns how many events the bundle shall hold.

    NotFound("instance.absent"), Forbidden, Invalid("reason.missing").
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.export", locked.case)
        ending.refuse_without_reason(command.reason)
        event = NewEvent(
            "evidence.exported", actor.person_id or actor.account_id, body={"reason": command.reason.strip()}
        )
        head = chain.append(session, stream_of(command.instance_id), [event], at=now)
        return head.seq - 1
