"""Command of the sealed fields of records: write all anew under the newest key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from service import crypto
from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.db import transaction
from service.people.commands_protected import CHUNK, Rotated
from service.records.reading import RECORD, SEALED


@dataclass(frozen=True)
class RotateRecordKeys:
    """Go on after record id `after`."""

    after: str = ""
    limit: int = CHUNK


def rotate_record_keys(actor: Actor, command: RotateRecordKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of records under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    chunk = select(RECORD.c.id, RECORD.c.sealed).where(RECORD.c.id > command.after, RECORD.c.sealed.is_not(None))
    with transaction() as session:
        policy.require(actor, "record.rotate_keys")
        rows = session.execute(chunk.order_by(RECORD.c.id).limit(command.limit).with_for_update()).all()
        old = [row for row in rows if not crypto.ring().is_current(row.sealed)]
        for row in old:
            anew = SEALED.seal(row.id, SEALED.unseal(row.id, row.sealed))
            session.execute(update(RECORD).where(RECORD.c.id == row.id).values(sealed=anew))
        event = chain.NewEvent("record.keys_rotated", actor.account_id, body={"written": len(old)})
        chain.append(session, f"account:{actor.account_id}", [event], at=now)
    return Rotated(len(old), rows[-1].id if len(rows) == command.limit else None)
