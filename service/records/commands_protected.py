"""Commands of the sealed fields of records and of requests for corrections: write all anew under the newest key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.fields import Field, reseal
from service.audit import chain
from service.db import transaction
from service.people.commands_protected import CHUNK, Rotated
from service.records.reading import ANSWER, ASKED, RECORD, REQUEST, SEALED


@dataclass(frozen=True)
class RotateRecordKeys:
    """Go on after record id `after`."""

    after: str = ""
    limit: int = CHUNK


@dataclass(frozen=True)
class RotateCorrectionKeys:
    """Go on after the id `after` of a request for a correction."""

    after: str = ""
    limit: int = CHUNK


def rotate_record_keys(actor: Actor, command: RotateRecordKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of records under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "record.rotate_keys")
        return _rotate(session, actor, RECORD, {"sealed": SEALED}, command, now)


def rotate_correction_keys(actor: Actor, command: RotateCorrectionKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of requests and answers under the newest key; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "record.rotate_keys")
        return _rotate(session, actor, REQUEST, {"sealed": ASKED, "answer": ANSWER}, command, now)


def _rotate(
    session: Session,
    actor: Actor,
    table: Table,
    fields: Mapping[str, Field],
    command: RotateRecordKeys | RotateCorrectionKeys,
    now: datetime,
) -> Rotated:
    chunk = select(table.c.id, *(table.c[name] for name in fields)).where(table.c.id > command.after)
    rows = session.execute(chunk.order_by(table.c.id).limit(command.limit).with_for_update()).all()
    written = sum(reseal(session, table, fields, row) for row in rows)
    event = chain.NewEvent("record.keys_rotated", actor.account_id, body={"written": written})
    chain.append(session, f"account:{actor.account_id}", [event], at=now)
    return Rotated(written, rows[-1].id if len(rows) == command.limit else None)
