"""Commands of the runs of the opening: keep what a check found, load, take back, forget what nobody went on with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import transaction
from service.errors import Conflict, Fault, Invalid
from service.opening import loading, revoking, staging
from service.opening.loading import STREAM
from service.opening.mapping import SheetMap, as_json, from_json, propose
from service.opening.planning import plan
from service.opening.reading import expect_columns
from service.opening.steps import Plan
from service.opening.written import IMPORT
from service.runs.declaring import Running
from service.sheets import Sheet

KEPT = timedelta(days=7)
"""How long a workbook that nobody goes on with is kept: it holds numbers of persons."""


@dataclass(frozen=True)
class FileRead:
    """The sheets of a workbook that hold anything."""

    import_id: str
    sheets: Mapping[str, Sheet]


@dataclass(frozen=True)
class FileRefused:
    """A workbook that cannot be read, and why."""

    import_id: str
    why: Invalid


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    import_id: str
    plan: Plan


@dataclass(frozen=True)
class Planned:
    """What a load would write, and at what the books stood (`loading.standing`) when it was begun to be planned."""

    import_id: str
    plan: Plan
    standing: int


def keep_read(actor: Actor, run: Running, command: FileRead, *, now: datetime) -> None:
    """Keep the rows of a workbook; where what its headings mean is not known it waits for a person.

    NotFound("import.absent") when it was dropped meanwhile.
    """
    with transaction() as session:
        policy.require(actor, "opening.import")
        run.hold(session)
        row = staging.lock_own(session, actor.account_id, command.import_id, "checking")
        maps = propose(command.sheets, staging.remembered(session))
        known = all(one.is_sure for one in maps if one.table) and not _lacks(maps)
        values = {
            "sheets": staging.sealed_sheets(row.id, command.sheets), "mapping": as_json(maps), "at": now,
            "total": sum(len(sheet.rows) for sheet in command.sheets.values()),
            "state": "checking" if known else "mapping",
        }  # fmt: skip
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(values))


def refuse_file(actor: Actor, run: Running, command: FileRefused, *, now: datetime) -> None:
    """Keep why a workbook cannot be read; it is to be dropped and handed in anew."""
    with transaction() as session:
        policy.require(actor, "opening.import")
        run.hold(session)
        row = staging.lock_own(session, actor.account_id, command.import_id, "checking")
        nowhere = {"sheet": "", "row": 0, "cell": "", "column": "", "column_en": ""}
        fault = Fault("file", command.why.code, params={**command.why.params, **nowhere})
        values = {"state": "checked", "wrong": 1, "at": now, "faults": staging.sealed_faults(row.id, (fault,))}
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(values))


def _lacks(maps: list[SheetMap]) -> bool:
    try:
        expect_columns(maps)
    except Invalid:
        return True
    return False


def keep_check(actor: Actor, run: Running, command: Checked, *, now: datetime) -> None:
    """Keep the faults, or what would be written. NotFound("import.absent") when it was dropped meanwhile."""
    with transaction() as session:
        policy.require(actor, "opening.import")
        run.hold(session)
        row = staging.lock_own(session, actor.account_id, command.import_id, "checking")
        found = command.plan
        values = {
            "state": "checked", "wrong": found.wrong, "counts": found.counts, "total": found.rows, "at": now,
            "faults": staging.sealed_faults(row.id, found.faults),
        }  # fmt: skip
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(values))


def finish_load(actor: Actor, run: Running, command: Planned, *, now: datetime) -> Plan:
    """Write all of what was planned, with the books held still, or nothing when a row is wrong.

    Where anything has changed since it was planned everything is looked at once more. The plan that was written, or
    refused with its faults; NotFound("import.absent"), Conflict("opening.state").
    """
    with transaction() as session:
        policy.require(actor, "opening.import")
        run.hold(session)
        loading.lock(session)
        row = staging.lock_own(session, actor.account_id, command.import_id, "loading")
        found = command.plan
        if loading.standing(session) != command.standing:
            found = plan(session, actor, staging.sheets_of(row), from_json(row.mapping), day_of(now), now)
        if found.faults:
            kept = staging.sealed_faults(row.id, found.faults)
            values = {"state": "checked", "wrong": found.wrong, "faults": kept}
            session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(values))
            return found
        loading.write_plan(session, actor, row.id, found, now)
        done = {
            "state": "loaded", "loaded_at": now, "loaded_by": actor.account_id, "sheets": None, "faults": None,
            "counts": found.counts,
        }  # fmt: skip
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(done))
        body = {"import_id": row.id, "counts": found.counts}
        chain.append(session, STREAM, [NewEvent("opening.loaded", actor.account_id, body=body)], at=now)
        return found


def finish_revoke(actor: Actor, run: Running, import_id: str, *, now: datetime) -> int:
    """Take the load back, or refuse and leave it as it is; how many persons and organisations it touched.

    Conflict("opening.used" | "opening.referred" | "opening.own_load" | "opening.newer").
    """
    with transaction() as session:
        policy.require(actor, "opening.import")
        run.hold(session)
        loading.lock(session)
        row = staging.lock_any(session, import_id, "revoking")
        revoking.expect_revocable(session, actor, row)
        touched = revoking.take_back(session, actor, row, now)
        done = {"state": "revoked", "revoked_at": now, "revoked_by": actor.account_id}
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(done))
        body = {"import_id": row.id, "reason": row.reason}
        chain.append(session, STREAM, [NewEvent("opening.revoked", actor.account_id, body=body)], at=now)
        return touched


def leave_loaded(actor: Actor, run: Running, import_id: str, *, now: datetime) -> None:
    """What could not be taken back stays loaded."""
    with transaction() as session:
        policy.require(actor, "opening.import")
        run.hold(session)
        row = staging.lock_any(session, import_id, "revoking")
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(state="loaded"))
        event = NewEvent("opening.kept", actor.account_id, body={"import_id": row.id})
        chain.append(session, STREAM, [event], at=now)


def clean_up(actor: Actor, *, now: datetime) -> int:
    """Drop workbooks that were not loaded within KEPT; how many."""
    with transaction() as session:
        policy.require(actor, "opening.clean_up")
        old = (IMPORT.c.at < now - KEPT, IMPORT.c.state.in_(("mapping", "checking", "checked")))
        return len(session.execute(delete(IMPORT).where(*old).returning(IMPORT.c.id)).all())


def release_stuck(actor: Actor, import_id: str, *, now: datetime) -> None:
    """A load or taking back whose run has failed or was cancelled can be asked for again.

    NotFound("import.absent"), Conflict("opening.state" | "opening.under_way").
    """
    with transaction() as session:
        policy.require(actor, "opening.import")
        row = staging.lock_any(session, import_id, "checking", "loading", "revoking")
        if revoking.is_under_way(session, row.run_id):
            raise Conflict("opening.under_way")
        before = {"checking": "mapping", "loading": "checked", "revoking": "loaded"}[row.state]
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(state=before))
        event = NewEvent("opening.released", actor.account_id, body={"import_id": row.id, "state": before})
        chain.append(session, STREAM, [event], at=now)
