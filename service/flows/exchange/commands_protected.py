"""Writes what was objected and answered anew under the newest key: it may tell of somebody's health."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from service import crypto
from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.db import transaction
from service.flows.exchange.casework import ANSWER, OBJECTION, TEXT
from service.people.commands_protected import CHUNK, Rotated

FIELDS = {"text": TEXT, "answer": ANSWER}


@dataclass(frozen=True)
class RotateObjectionKeys:
    """Go on after the objection `after`; `limit` rows a call keep the transaction short."""

    after: str = ""
    limit: int = CHUNK


def rotate_objection_keys(actor: Actor, command: RotateObjectionKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    chunk = select(OBJECTION).where(OBJECTION.c.id > command.after).order_by(OBJECTION.c.id).limit(command.limit)
    with transaction() as session:
        policy.require(actor, "person.rotate_keys")
        rows = session.execute(chunk.with_for_update()).all()
        written = 0
        for row in rows:
            values = _anew(row)
            if values:
                session.execute(update(OBJECTION).where(OBJECTION.c.id == row.id).values(values))
                written += 1
        event = chain.NewEvent("exchange.keys_rotated", actor.account_id, body={"written": written})
        chain.append(session, f"account:{actor.account_id}", [event], at=now)
    return Rotated(written, rows[-1].id if len(rows) == command.limit else None)


def _anew(row: Row[Any]) -> dict[str, bytes]:
    """The columns that are not under the newest key, sealed with it."""
    return {
        name: field.seal(row.id, field.unseal(row.id, row._mapping[name]))
        for name, field in FIELDS.items()
        if row._mapping[name] is not None and not crypto.ring().is_current(row._mapping[name])
    }
