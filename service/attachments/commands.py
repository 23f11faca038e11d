"""Storing an upload, and removing what nobody handed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import column, delete, not_, or_, select, table
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.models import Substitution
from service.attachments import kinds, links, rules
from service.attachments.folder import Received
from service.attachments.models import Attachment
from service.attachments.queries import folder, megabytes
from service.attachments.sweep import sweep
from service.audit import chain
from service.db import db, transaction
from service.errors import Conflict, NotFound
from service.idempotency import repeats
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY
from workflows import store
from workflows.base import new_id

MEGABYTE = 1 << 20
_NAMING = [table(name, column("attachment_id")) for name in ("paper_case_file", "opening_signature", "open_case_check")]
"""Tables above that name files which no case has."""
"""Scans of cases that were told and wait for a second person (instances)."""


@dataclass(frozen=True)
class StoreAttachment:
    """An upload; `stream` is read once. With `instance_id` it belongs to that case at once."""

    stream: BinaryIO
    name: str
    instance_id: str | None = None


def store_attachment(actor: Actor, command: StoreAttachment, *, now: datetime) -> str:
    """Store an upload and return its id; the contents are complete on disk before the transaction begins.

    Raises Invalid `attachment.too_large` (HTTP 413, params limit_megabytes), `attachment.type` (415, params
    name, allowed), `attachment.empty`; NotFound `instance.absent`; Conflict `instance.ended`; Forbidden.
    """
    files, name = folder(), rules.clean_name(command.name)
    with files.receiving(command.stream, megabytes(now) * MEGABYTE) as received:
        media_type = kinds.media_type(name, received.path)
        with files.held(), transaction() as session:
            policy.require(actor, "attachment.add", command)
            row = _row(actor, received, (name, media_type), now)
            if command.instance_id is not None:
                _tie(session, actor, row, command)
            files.keep(received)
            session.add(row)
            repeats.answer(session, attachment_id=row.id)
    return row.id


def clean_up(actor: Actor, *, now: datetime) -> int:
    """Delete uploads that no case took within `attachment_unlinked_days`, then contents that no row names.

    Returns how many files went. Raises Forbidden: only jobs may.
    """
    keep = timedelta(days=_parameter("attachment_unlinked_days", now))
    with transaction() as session:
        policy.require(actor, "attachment.clean_up")
        papers = select(Substitution.attachment_id).where(Substitution.attachment_id.is_not(None))
        sealed = [select(one.c.attachment_id).where(one.c.attachment_id.is_not(None)) for one in _NAMING]
        kept = or_(*(Attachment.id.in_(named) for named in (papers, *sealed)))
        unlinked = (Attachment.instance_id.is_(None), not_(kept), Attachment.at < now - keep)
        session.execute(delete(Attachment).where(*unlinked))
    return sweep(db.session(), folder(), now)


def _tie(session: Session, actor: Actor, row: Attachment, command: StoreAttachment) -> None:
    """Put the file into its case and the case's timeline; the case is locked first (design §2)."""
    assert command.instance_id is not None
    if not policy.sees(actor, "instance", command):
        raise NotFound("instance.absent")
    if store.lock(session, command.instance_id).ended_at is not None:
        raise Conflict("instance.ended", instance_id=command.instance_id)
    row.instance_id = command.instance_id
    chain.append(session, f"instance:{command.instance_id}", [links.event_of(actor, row)], at=row.at)


def _row(actor: Actor, received: Received, named: tuple[str, str], now: datetime) -> Attachment:
    return Attachment(
        id=new_id(),
        checksum=received.checksum,
        name=named[0],
        size=received.size,
        media_type=named[1],
        organisation_id=actor.organisation_id,
        uploaded_by=actor.person_id or actor.account_id,
        at=now,
    )


def _parameter(key: str, now: datetime) -> int:
    return int(parameters.current(db.session(), key, day_of(now), COUNTY).value)
