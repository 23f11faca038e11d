"""Import of a sheet with its progress: handed in, checked part by part, then written at once or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import delete, insert, update

from service import sheets
from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.errors import Conflict, Fault
from service.flows.hiring import casework, importing, staging
from service.flows.hiring.importing import Imported
from service.flows.hiring.staging import IMPORT, LARGEST, PART, SHEET, Progress
from service.runs.asking import ask
from workflows.base import new_id

KIND = "hiring.import"
KEPT = timedelta(days=1)
"""How long a sheet that nobody goes on with is kept: it holds numbers of persons."""


@dataclass(frozen=True)
class BeginImport:
    """A sheet as it was handed in; `name` is shown beside the progress."""

    instance_id: str
    content: bytes
    name: str = ""


@dataclass(frozen=True)
class ImportStep:
    """Go on with an import."""

    import_id: str


def begin_import(actor: Actor, command: BeginImport, *, now: datetime) -> str:
    """Keep the sheet and ask for its check in the background; its id.

    Whoever begins anew drops the sheet that one had begun for this case.

    Invalid("import.unreadable" | "import.too_large" | "import.too_many_rows" | "import.headings" | "import.empty"),
    Conflict("candidate.not_now") where the step expects no sheet.
    """
    sheet = sheets.read_workbook(command.content)
    with transaction() as session:
        case = casework.lock(session, actor, command.instance_id)
        policy.require(actor, "candidate.import", case)
        importing.expect_headings(casework.expect_open(session, actor, case, ()), sheet)
        own = (IMPORT.c.instance_id == case.instance_id, IMPORT.c.account_id == actor.account_id)
        session.execute(delete(IMPORT).where(*own))
        import_id = new_id()
        asked = {"import_id": import_id, "instance_id": case.instance_id, "rows": len(sheet.rows)}
        run_id = ask(session, actor, KIND, asked, now=now, total=len(sheet.rows))
        kept = {"headings": sheet.headings, "rows": sheet.rows}
        row = {
            "id": import_id, "instance_id": case.instance_id, "account_id": actor.account_id,
            "name": command.name[:LARGEST], "total": len(sheet.rows), "done": 0, "at": now,
            "sheet": SHEET.seal(import_id, orjson.dumps(kept, default=str).decode()), "faults": None,
            "run_id": run_id,
        }  # fmt: skip
        session.execute(insert(IMPORT), row)
        return import_id


def check_part(actor: Actor, command: ImportStep, *, now: datetime) -> Progress:
    """Check the next rows and keep what is wrong with them; NotFound("import.absent") for another's import."""
    with transaction() as session:
        case = casework.lock(session, actor, staging.own(session, actor.account_id, command.import_id).instance_id)
        policy.require(actor, "candidate.import", case)
        row = staging.own(session, actor.account_id, command.import_id)
        window = casework.expect_open(session, actor, case, ())
        part, done = staging.part_of(row), min(row.done + PART, row.total)
        faults = [*staging.faults_of(row), *importing.plan(session, case, window, part).faults]
        kept = {"done": done, "at": now, "faults": staging.sealed_faults(row.id, faults)}
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(kept))
        return Progress(row.id, row.instance_id, row.name, done, row.total, tuple(faults), row.run_id)


def keep_faults(actor: Actor, command: ImportStep, faults: Sequence[Fault], *, now: datetime) -> None:
    """Keep what turned out wrong only when all rows were seen together. NotFound("import.absent")."""
    with transaction() as session:
        case = casework.lock(session, actor, staging.own(session, actor.account_id, command.import_id).instance_id)
        policy.require(actor, "candidate.import", case)
        row = staging.own(session, actor.account_id, command.import_id)
        kept = {"faults": staging.sealed_faults(row.id, faults), "at": now}
        session.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(kept))


def finish_import(actor: Actor, command: ImportStep, *, now: datetime) -> Imported:
    """Check everything once more under the lock of the case and write all of it; nothing when one row is wrong.

    Between the parts others may have entered the same person, and only together do the rows tell who stands twice.

    Conflict("import.unchecked") before every part was checked, Invalid("import.rows") with every fault.
    """
    with transaction() as session:
        case = casework.lock(session, actor, staging.own(session, actor.account_id, command.import_id).instance_id)
        policy.require(actor, "candidate.import", case)
        row = staging.own(session, actor.account_id, command.import_id)
        window = casework.expect_open(session, actor, case, ())
        if row.done < row.total:
            raise Conflict("import.unchecked", done=row.done, total=row.total)
        imported = importing.carry_out(
            session, case, actor, importing.plan(session, case, window, staging.sheet_of(row)), now
        )
        session.execute(delete(IMPORT).where(IMPORT.c.id == row.id))
        return imported


def clean_up(actor: Actor, *, now: datetime) -> int:
    """Drop the sheets that nobody went on with for a day; how many."""
    with transaction() as session:
        policy.require(actor, "candidate.clean_up")
        gone = session.execute(delete(IMPORT).where(IMPORT.c.at < now - KEPT).returning(IMPORT.c.id)).all()
        return len(gone)
