"""Commands of the opening: hand a workbook in, confirm what its headings mean, have it loaded or taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from service import sheets
from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid
from service.opening import staging
from service.opening.loading import STREAM
from service.opening.mapping import GUESSED, NONE, SheetMap, as_json, short
from service.opening.reading import expect_columns
from service.opening.revoking import expect_revocable
from service.opening.templates import TABLES
from service.opening.written import HEADING, IMPORT
from service.runs.asking import ask
from workflows.base import new_id

CHECK, LOAD, REVOKE = "opening.check", "opening.load", "opening.revoke"
"""Kinds of runs."""


@dataclass(frozen=True)
class BeginImport:
    """A workbook as it was handed in."""

    content: bytes
    name: str = ""


@dataclass(frozen=True)
class ConfirmMapping:
    """Which sheet is which table, and which heading which column, as somebody has confirmed it."""

    import_id: str
    sheets: tuple[SheetMap, ...]


@dataclass(frozen=True)
class RevokeImport:
    """Take a load back as a whole."""

    import_id: str
    reason: str


def begin_import(actor: Actor, command: BeginImport, *, now: datetime) -> str:
    """Keep a workbook and have it read and checked in the background; its id. Where a heading is unknown a person
    looks before it is checked.

    Invalid("import.unreadable" | "import.too_large"): what only reading shows is told of the workbook.
    """
    sheets.expect_book(command.content)
    with transaction() as session:
        policy.require(actor, "opening.import")
        import_id = new_id()
        row = {
            "id": import_id, "account_id": actor.account_id, "name": command.name[: staging.LONGEST_NAME],
            "state": "mapping", "total": 0, "wrong": 0, "counts": {}, "mapping": [],
            "sheets": staging.sealed_file(import_id, command.content), "faults": None, "run_id": None, "at": now,
            "loaded_at": None, "loaded_by": None, "revoked_at": None, "revoked_by": None, "reason": "",
        }  # fmt: skip
        session.execute(insert(IMPORT), row)
        _check(session, actor, import_id, None, now)
        answer(session, import_id=import_id)
        return import_id


def confirm_mapping(actor: Actor, command: ConfirmMapping, *, now: datetime) -> None:
    """Use and remember this mapping, and have the workbook checked anew. NotFound("import.absent"),
    Conflict("opening.state"), Invalid("import.headings" | "opening.column_twice" | "opening.no_column").
    """
    with transaction() as session:
        policy.require(actor, "opening.import")
        row = staging.lock_own(session, actor.account_id, command.import_id, "mapping", "checked")
        _expect_columns(command.sheets)
        _remember(session, command.sheets)
        values: dict[str, Any] = {"mapping": as_json(command.sheets), "faults": None, "wrong": 0, "counts": {}}
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(values))
        _check(session, actor, row.id, row.total, now)


def load_import(actor: Actor, import_id: str, *, now: datetime) -> str:
    """Have a workbook without faults loaded; the id of the run. NotFound("import.absent"), Conflict("opening.state" |
    "opening.wrong").
    """
    with transaction() as session:
        policy.require(actor, "opening.import")
        row = staging.lock_own(session, actor.account_id, import_id, "checked")
        if row.wrong:
            raise Conflict("opening.wrong", wrong=row.wrong)
        run_id = ask(session, actor, LOAD, {"import_id": row.id}, now=now)
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(state="loading", run_id=run_id))
        answer(session, run_id=run_id)
        return run_id


def revoke_import(actor: Actor, command: RevokeImport, *, now: datetime) -> str:
    """Have a load taken back as a whole; the id of the run.

    NotFound("import.absent"), Conflict("opening.state" | "opening.newer" | "opening.used" | "opening.referred" |
    "opening.own_load"), Invalid("reason.missing").
    """
    if not command.reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
    with transaction() as session:
        policy.require(actor, "opening.import")
        row = staging.lock_any(session, command.import_id, "loaded")
        expect_revocable(session, actor, row)
        run_id = ask(session, actor, REVOKE, {"import_id": row.id}, now=now)
        told = {"state": "revoking", "run_id": run_id, "reason": command.reason.strip()[:400]}
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(told))
        answer(session, run_id=run_id)
        return run_id


def discard_import(actor: Actor, import_id: str, *, now: datetime) -> None:
    """Drop a workbook that was not loaded. NotFound("import.absent"), Conflict("opening.state")."""
    with transaction() as session:
        policy.require(actor, "opening.import")
        row = staging.lock_own(session, actor.account_id, import_id, "mapping", "checking", "checked")
        session.execute(delete(IMPORT).where(IMPORT.c.id == row.id))
        event = NewEvent("opening.discarded", actor.account_id, body={"import_id": row.id})
        chain.append(session, STREAM, [event], at=now)


def _check(session: Session, actor: Actor, import_id: str, total: int | None, now: datetime) -> None:
    run_id = ask(session, actor, CHECK, {"import_id": import_id}, now=now, total=total)
    session.execute(update(IMPORT).where(IMPORT.c.id == import_id).values(state="checking", run_id=run_id))


def _expect_columns(maps: tuple[SheetMap, ...]) -> None:
    """Every column is known, mapped once, and none that is needed is missing."""
    faults = []
    for one in maps:
        if one.table is None:
            continue
        if one.table not in TABLES:
            raise Invalid("opening.no_table", table=one.table)
        for heading in one.headings:
            if heading.column is not None and not _is_column(one.table, heading.column):
                faults.append(Fault(f"{one.sheet}.{heading.heading}", "opening.no_column"))
    if faults:
        raise Invalid("opening.mapping", faults=tuple(faults))
    expect_columns(maps)


def _is_column(table: str, name: str) -> bool:
    try:
        return TABLES[table].column(name) is not None
    except ValueError:
        return False


def _remember(session: Session, maps: tuple[SheetMap, ...]) -> None:
    """What was confirmed is sure the next time; later words take the place of earlier ones."""
    told: Mapping[tuple[str, str], str | None] = {
        (one.table, short(heading.heading)): heading.column
        for one in maps if one.table for heading in one.headings if heading.how in (GUESSED, NONE)
    }  # fmt: skip
    for (table, heading), column in told.items():
        key = (HEADING.c.table_key == table, HEADING.c.heading == heading[:120])
        session.execute(delete(HEADING).where(*key))
        session.execute(insert(HEADING), {"table_key": table, "heading": heading[:120], "column_name": column})
