"""A sheet between its arrival and its writing: kept encrypted, taken part by part."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.fields import Field
from service.errors import Fault, NotFound
from service.flows.hiring.models import CandidateImport
from service.sheets import Sheet
from workflows.base import table_of

IMPORT = table_of(CandidateImport)
SHEET, FAULTS = Field("candidate_import", "sheet"), Field("candidate_import", "faults")
PART = 100
"""Rows that one step checks: a tenth of a second, as others wait to write meanwhile."""
LARGEST = 200
"""Characters kept of a file's name."""


@dataclass(frozen=True)
class Progress:
    """How far an import is; `faults` are those of the rows checked so far."""

    id: str
    instance_id: str
    name: str
    done: int
    total: int
    faults: tuple[Fault, ...] = ()
    run_id: str | None = None

    @property
    def checked(self) -> bool:
        return self.done >= self.total

    @property
    def wrong(self) -> int:
        """How many lines are wrong so far."""
        return len({fault.params["row"] for fault in self.faults})


def own(session: Session, account_id: str, import_id: str) -> Row[Any]:
    """The import that this account began; NotFound("import.absent") for anybody else's."""
    row = session.execute(select(IMPORT).where(IMPORT.c.id == import_id, IMPORT.c.account_id == account_id)).first()
    if row is None:
        raise NotFound("import.absent", import_id=import_id)
    return row


def sheet_of(row: Row[Any]) -> Sheet:
    """The sheet in plain."""
    kept = orjson.loads(SHEET.unseal(row.id, row.sheet))
    return Sheet(tuple(kept["headings"]), tuple((number, cells) for number, cells in kept["rows"]))


def part_of(row: Row[Any]) -> Sheet:
    """The rows that the next step checks."""
    sheet = sheet_of(row)
    return Sheet(sheet.headings, sheet.rows[row.done : row.done + PART])


def faults_of(row: Row[Any]) -> list[Fault]:
    """What was found wrong so far."""
    if row.faults is None:
        return []
    found = orjson.loads(FAULTS.unseal(row.id, row.faults))
    return [Fault(**one) for one in found]


def sealed_faults(import_id: str, faults: Sequence[Fault]) -> bytes | None:
    """The faults as they are kept."""
    return FAULTS.seal(import_id, orjson.dumps([asdict(fault) for fault in faults]).decode()) if faults else None


def progress_of(row: Row[Any]) -> Progress:
    """How far it is."""
    return Progress(row.id, row.instance_id, row.name, row.done, row.total, tuple(faults_of(row)), row.run_id)
