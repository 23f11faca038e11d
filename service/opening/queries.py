"""Reads of the opening: workbooks and loads, what stands in a wrong cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.opening import exporting, staging
from service.opening.mapping import SheetMap, as_table, from_json
from service.opening.register import register
from service.opening.staging import Staged
from service.opening.written import IMPORT
from service.sheets import Sheet

SHOWN = 50


@dataclass(frozen=True)
class Rows:
    """The rows of a workbook and what its headings mean."""

    sheets: Mapping[str, Sheet]
    mapping: tuple[SheetMap, ...]


def imports(actor: Actor) -> Sequence[Staged]:
    """Own workbooks and everything that was loaded, newest first."""
    policy.require(actor, "opening.import")
    mine = or_(IMPORT.c.account_id == actor.account_id, IMPORT.c.loaded_at.is_not(None))
    rows = db.session.execute(select(IMPORT).where(mine).order_by(IMPORT.c.id.desc()).limit(SHOWN))
    return [staging.staged(row) for row in rows]


def staged_of(actor: Actor, import_id: str) -> Staged:
    """One of them; NotFound("import.absent")."""
    return staging.staged(_row(actor, import_id))


def sheets(actor: Actor, import_id: str) -> Rows:
    """The rows of an own workbook that was not loaded yet; NotFound("import.absent")."""
    row = _row(actor, import_id)
    if row.account_id != actor.account_id:
        raise NotFound("import.absent", import_id=import_id)
    return Rows(staging.sheets_of(row), tuple(from_json(row.mapping)))


def unread(actor: Actor, import_id: str) -> bytes | None:
    """An own workbook as it was handed in, None once it was read; NotFound("import.absent")."""
    row = _row(actor, import_id)
    if row.account_id != actor.account_id:
        raise NotFound("import.absent", import_id=import_id)
    return staging.file_of(row)


def proposed(actor: Actor, one: SheetMap, table: str | None) -> SheetMap:
    """What the headings of a sheet would mean if it were another table."""
    policy.require(actor, "opening.import")
    return as_table(one, table, staging.remembered(db.session()))


def organisation_rows(actor: Actor, locale: str) -> Sequence[Mapping[str, Any]]:
    """The organisations that there are, as rows of the template: codes are kept, names may be put right."""
    policy.require(actor, "opening.import")
    return exporting.organisation_rows(register(db.session()), locale)


def _row(actor: Actor, import_id: str) -> Any:
    policy.require(actor, "opening.import")
    mine = or_(IMPORT.c.account_id == actor.account_id, IMPORT.c.loaded_at.is_not(None))
    row = db.session.execute(select(IMPORT).where(IMPORT.c.id == import_id, mine)).first()
    if row is None:
        raise NotFound("import.absent", import_id=import_id)
    return row
