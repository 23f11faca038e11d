"""Writes e-mail addresses anew under the newest key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from service import crypto
from service.access import policy
from service.access.actor import Actor
from service.access.rotating import CHUNK, Rotated, tell
from service.channels.recipients import ADDRESS, ASKED, SETTING
from service.db import transaction


@dataclass(frozen=True)
class RotateAddressKeys:
    """Go on after person id `after`; `limit` rows a call keep the transaction short."""

    after: str = ""
    limit: int = CHUNK


def rotate_address_keys(actor: Actor, command: RotateAddressKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of addresses under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    protected = or_(SETTING.c.mail.is_not(None), SETTING.c.mail_asked.is_not(None))
    chunk = select(SETTING).where(SETTING.c.person_id > command.after, protected).order_by(SETTING.c.person_id)
    with transaction() as session:
        policy.require(actor, "person.rotate_keys")
        rows = session.execute(chunk.limit(command.limit).with_for_update()).all()
        written = sum(_write_anew(session, row) for row in rows)
        tell(session, actor, "mail.keys_rotated", written, now)
    return Rotated(written, rows[-1].person_id if len(rows) == command.limit else None)


def _write_anew(session: Session, row: Any) -> bool:
    columns = {}
    for field in (ADDRESS, ASKED):
        sealed = getattr(row, field.name)
        if sealed is not None and not crypto.ring().is_current(sealed):
            columns[field.name] = field.seal(row.person_id, field.unseal(row.person_id, sealed))
    if columns:
        session.execute(update(SETTING).where(SETTING.c.person_id == row.person_id).values(columns))
    return bool(columns)
