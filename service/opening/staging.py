"""A workbook between its arrival and its load: rows, mapping and faults, kept encrypted."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.fields import Field
from service.errors import Conflict, Fault, NotFound
from service.opening.mapping import Remembered, SheetMap, from_json
from service.opening.written import HEADING, IMPORT
from service.sheets import Sheet

SHEETS, FAULTS = Field("opening_import", "sheets"), Field("opening_import", "faults")
LONGEST_NAME = 200
MOST_ROWS = 60_000
"""Rows of a sheet: the files of a county of 3,000 persons have twenty for each."""


@dataclass(frozen=True)
class Staged:
    """A workbook as people see it; `faults` are kept until it is loaded, `wrong` are rows that have one."""

    id: str
    account_id: str
    name: str
    state: str
    total: int
    wrong: int
    counts: Mapping[str, Mapping[str, int]]
    mapping: tuple[SheetMap, ...]
    faults: tuple[Fault, ...]
    run_id: str | None
    at: datetime
    loaded_at: datetime | None
    loaded_by: str | None
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str

    @property
    def is_loadable(self) -> bool:
        """It was checked and nothing is wrong with it."""
        return self.state == "checked" and self.wrong == 0


def lock_own(session: Session, account_id: str, import_id: str, *states: str) -> Row[Any]:
    """The workbook that this account handed in, locked. NotFound("import.absent"), Conflict("opening.state")."""
    found = select(IMPORT).where(IMPORT.c.id == import_id, IMPORT.c.account_id == account_id).with_for_update()
    return _expect(session.execute(found).first(), import_id, states)


def lock_any(session: Session, import_id: str, *states: str) -> Row[Any]:
    """The same of anybody: what is loaded is the bureau's."""
    found = select(IMPORT).where(IMPORT.c.id == import_id).with_for_update()
    return _expect(session.execute(found).first(), import_id, states)


def _expect(row: Row[Any] | None, import_id: str, states: tuple[str, ...]) -> Row[Any]:
    if row is None:
        raise NotFound("import.absent", import_id=import_id)
    if states and row.state not in states:
        raise Conflict("opening.state", state=row.state)
    return row


def sealed_sheets(import_id: str, sheets: Mapping[str, Sheet]) -> bytes:
    """The rows as they are kept."""
    kept = {title: {"headings": sheet.headings, "rows": sheet.rows} for title, sheet in sheets.items()}
    return SHEETS.seal(import_id, orjson.dumps(kept, default=str).decode())


def sealed_file(import_id: str, content: bytes) -> bytes:
    """A workbook that nobody has read yet, in the place of its rows."""
    return SHEETS.seal(import_id, orjson.dumps(b64encode(content).decode()).decode())


def file_of(row: Row[Any]) -> bytes | None:
    """The workbook as it was handed in, None once it was read."""
    kept = None if row.sheets is None else orjson.loads(SHEETS.unseal(row.id, row.sheets))
    return b64decode(kept) if isinstance(kept, str) else None


def sheets_of(row: Row[Any]) -> dict[str, Sheet]:
    """The rows in plain."""
    kept = {} if row.sheets is None else orjson.loads(SHEETS.unseal(row.id, row.sheets))
    if isinstance(kept, str):
        return {}
    return {
        title: Sheet(tuple(one["headings"]), tuple((number, cells) for number, cells in one["rows"]))
        for title, one in kept.items()
    }  # fmt: skip


def sealed_faults(import_id: str, faults: Sequence[Fault]) -> bytes | None:
    """The faults as they are kept; they may name what stands in a cell."""
    return FAULTS.seal(import_id, orjson.dumps([asdict(fault) for fault in faults]).decode()) if faults else None


def staged(row: Row[Any]) -> Staged:
    """A row as people see it."""
    faults = [] if row.faults is None else orjson.loads(FAULTS.unseal(row.id, row.faults))
    values = {name: getattr(row, name) for name in Staged.__dataclass_fields__ if name not in ("mapping", "faults")}
    return Staged(**values, mapping=tuple(from_json(row.mapping)), faults=tuple(Fault(**one) for one in faults))


def remembered(session: Session) -> Remembered:
    """Every heading that somebody has confirmed once."""
    rows = session.execute(select(HEADING)).all()
    return {(row.table_key, row.heading): row.column_name for row in rows}
