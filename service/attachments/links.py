"""Hands uploaded files in with a case, inside the transaction of the command that starts or completes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.attachments.models import Attachment
from service.audit.chain import NewEvent
from service.errors import Fault, Invalid
from workflows.base import new_id


def link(session: Session, actor: Actor, ids: Collection[str], instance_id: str) -> list[NewEvent]:
    """Tie uploads to a case and return the events for its stream, which the caller appends.

    Files that already belong to this case pass. Every command that takes attachment ids calls this: what is not
    tied to a case is deleted after `attachment_unlinked_days`. Raises Invalid `attachment.unknown` with a fault for
    each id that is absent, not visible to the actor, or of another case.
    """
    rows = _free(session, actor, ids, instance_id)
    fresh = [row for row in rows if row.instance_id is None]
    _tie(session, fresh, instance_id, None)
    return [event_of(actor, row) for row in fresh]


def keep(session: Session, actor: Actor, attachment_id: str, instance_id: str, kept_for: str | None) -> Attachment:
    """Tie an upload to a case whose readers do not get it: the room `kept_for` hands it out. Raises as `link`.

    The caller's own event tells what there is to tell: nothing else says what the file is called. None: they do get it.
    """
    [row] = _free(session, actor, [attachment_id], instance_id)
    if row.instance_id is not None:
        raise Invalid("attachment.unknown", faults=(Fault("attachments.0", "attachment.unknown", attachment_id),))
    _tie(session, [row], instance_id, kept_for)
    return row


def expect_own(session: Session, actor: Actor, ids: Collection[str]) -> None:
    """These are uploads that no case has and that the actor may hand in; Invalid("attachment.unknown")."""
    _free(session, actor, ids, None)


def copies(session: Session, actor: Actor, ids: Collection[str], now: datetime) -> dict[str, str]:
    """Files of their own with the same contents, as a file belongs to one case: id → id of the copy.

    Raises Invalid `attachment.unknown` as `link` does for what is absent or not visible to the actor.
    """
    rows = _visible(session, actor, ids)
    made = {id_: new_id() for id_ in rows}
    kept = ("checksum", "name", "size", "media_type", "organisation_id", "uploaded_by")
    for id_, row in rows.items():
        session.add(Attachment(id=made[id_], at=now, **{name: getattr(row, name) for name in kept}))
    session.flush()
    return made


def _free(session: Session, actor: Actor, ids: Collection[str], instance_id: str | None) -> list[Attachment]:
    """The uploads, locked, each of no case or of this one."""
    open_or_here = or_(Attachment.instance_id.is_(None), Attachment.instance_id == instance_id)
    return list(_visible(session, actor, ids, open_or_here).values())


def _visible(session: Session, actor: Actor, ids: Collection[str], *more: ColumnElement[bool]) -> dict[str, Attachment]:
    """The files, locked, by their ids; Invalid when one is absent, hidden, or not as `more` says."""
    if not ids:
        return {}
    mine = (Attachment.id.in_(sorted(set(ids))), *more, policy.visible(actor, "attachment"))
    rows = {row.id: row for row in session.scalars(select(Attachment).where(*mine).with_for_update())}
    missing = [Fault(f"attachments.{n}", "attachment.unknown", id_) for n, id_ in enumerate(ids) if id_ not in rows]
    if missing:
        raise Invalid("attachment.unknown", faults=tuple(missing))
    return rows


def _tie(session: Session, rows: Collection[Attachment], instance_id: str, kept_for: str | None) -> None:
    if not rows:
        return
    tied = update(Attachment).where(Attachment.id.in_([row.id for row in rows]))
    session.execute(tied.values(instance_id=instance_id, kept_for=kept_for))


def event_of(actor: Actor, row: Attachment) -> NewEvent:
    """What the timeline says of a file; its name may hold personal data and is stored encrypted."""
    body: dict[str, Any] = {"attachment_id": row.id, "checksum": row.checksum, "size": row.size}
    return NewEvent(
        "attachment.added",
        actor.account_id,
        body=body | {"media_type": row.media_type},
        sensitive={"name": row.name},
    )
