"""Evidence: taking it out of the house is recorded before it is handed over; the sheet of an ended case is frozen."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from service.access import policy
from service.access.actor import Actor
from service.attachments import links
from service.attachments.folder import Received
from service.attachments.models import Attachment
from service.attachments.queries import folder
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import transaction
from service.errors import Conflict, Fault, Invalid
from service.evidence.sheet import FROZEN, SCANNED, frozen_in
from service.instances import ending, facts
from service.tasks.advance import stream_of
from workflows.base import new_id

LARGEST = 20 << 20
"""Bytes of a sheet."""


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


@dataclass(frozen=True)
class FreezeSheet:
    """The PDF of an ended case in a language, and the code that stands on it."""

    instance_id: str
    locale: str
    code: str
    name: str
    content: bytes


def freeze_sheet(actor: Actor, command: FreezeSheet, *, now: datetime) -> str:
    """Keep the sheet of an ended case for ever, its SHA-256 in the chain; returns the attachment.

    The first one stands: whoever comes second gets that one. Conflict("instance.running"), NotFound, Forbidden.
    """
    files = folder()
    with (
        files.receiving(BytesIO(command.content), LARGEST) as received,
        files.held(),
        transaction() as session,
    ):
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "sheet.freeze", locked.case)
        earlier = frozen_in(session, command.instance_id, command.locale)
        if earlier is not None:
            return earlier
        if locked.instance.ended_at is None:
            raise Conflict("instance.running", instance_id=command.instance_id)
        row = _attachment(command, received, now)
        files.keep(received)
        session.add(row)
        body = {"attachment_id": row.id, "checksum": row.checksum, "size": row.size, "locale": command.locale}
        event = NewEvent(FROZEN, "system", body={**body, "code": command.code})
        chain.append(session, stream_of(command.instance_id), [event], at=now)
        return row.id


@dataclass(frozen=True)
class AttachScan:
    """The scan of a printed sheet with seal and handwriting, uploaded before, and the code that stands on the sheet."""

    instance_id: str
    attachment_id: str
    code: str


def attach_scan(actor: Actor, command: AttachScan, *, now: datetime) -> None:
    """Put the sealed scan beside the final sheet: both stay, and a later scan replaces none.

    NotFound("instance.absent"), Forbidden, Conflict("instance.running"), Invalid("sheet.scan" | "attachment.unknown").
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.attach_scan", locked.case)
        if locked.instance.ended_at is None:
            raise Conflict("instance.running", instance_id=command.instance_id)
        if not command.attachment_id:
            raise Invalid("sheet.scan", faults=(Fault("attachment_id", "sheet.scan"),))
        linked = links.link(session, actor, [command.attachment_id], command.instance_id)
        body = {"attachment_id": command.attachment_id, "code": command.code}
        told = NewEvent(SCANNED, actor.person_id or actor.account_id, body=body)
        chain.append(session, stream_of(command.instance_id), [*linked, told], at=now)


def _attachment(command: FreezeSheet, received: Received, now: datetime) -> Attachment:
    return Attachment(
        id=new_id(),
        checksum=received.checksum,
        name=command.name,
        size=received.size,
        media_type="application/pdf",
        organisation_id=None,
        instance_id=command.instance_id,
        uploaded_by="system",
        at=now,
    )
