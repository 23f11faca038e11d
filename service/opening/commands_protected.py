"""Commands of what the opening keeps encrypted: write all anew under the newest key."""

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
from service.opening.journal import KEPT
from service.opening.staging import FAULTS, SHEETS
from service.opening.written import EFFECT, IMPORT
from service.people.commands_protected import CHUNK, Rotated


@dataclass(frozen=True)
class RotateOpeningKeys:
    """Go on after the id `after` of a workbook."""

    after: str = ""
    limit: int = CHUNK


@dataclass(frozen=True)
class RotateEffectKeys:
    """Go on after the id `after` of what a load did."""

    after: str = ""
    limit: int = CHUNK


def rotate_opening_keys(actor: Actor, command: RotateOpeningKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of workbooks under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "opening.rotate_keys")
        return _rotate(session, actor, IMPORT, {"sheets": SHEETS, "faults": FAULTS}, command, now)


def rotate_effect_keys(actor: Actor, command: RotateEffectKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of what loads have kept under the newest key; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "opening.rotate_keys")
        return _rotate(session, actor, EFFECT, {"kept": KEPT}, command, now)


def _rotate(
    session: Session,
    actor: Actor,
    table: Table,
    fields: Mapping[str, Field],
    command: RotateOpeningKeys | RotateEffectKeys,
    now: datetime,
) -> Rotated:
    chunk = select(table.c.id, *(table.c[name] for name in fields)).where(table.c.id > command.after)
    rows = session.execute(chunk.order_by(table.c.id).limit(command.limit).with_for_update()).all()
    written = sum(reseal(session, table, fields, row) for row in rows)
    event = chain.NewEvent("opening.keys_rotated", actor.account_id, body={"written": written})
    chain.append(session, f"account:{actor.account_id}", [event], at=now)
    return Rotated(written, rows[-1].id if len(rows) == command.limit else None)
