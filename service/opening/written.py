"""What earlier loads have written and still stands, and the tables in which that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from service.opening.models import OpeningEffect, OpeningHeading, OpeningImport, OpeningNumber, OpeningSignature
from workflows.base import table_of

IMPORT, EFFECT = table_of(OpeningImport), table_of(OpeningEffect)
HEADING, NUMBER, SIGNATURE = table_of(OpeningHeading), table_of(OpeningNumber), table_of(OpeningSignature)


@dataclass(frozen=True)
class Written:
    """`numbers` are what was stated of each organisation; `sheets` the sheet that each row in the books came from."""

    numbers: Mapping[str, Row[Any]] = field(default_factory=dict)
    sheets: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def is_from(self, table: Table, row_id: str, sheet: str) -> bool:
        """Whether a load made this row from that sheet; a key of several columns is joined by "/"."""
        return self.sheets.get((table.name, row_id)) == sheet


def written(session: Session) -> Written:
    """All that loads have made which were not taken back."""
    found = select(EFFECT.c.inserted).join(IMPORT, IMPORT.c.id == EFFECT.c.import_id).where(IMPORT.c.state == "loaded")
    rows = [one for inserted in session.scalars(found) for one in inserted]
    numbers = {row.organisation_id: row for row in session.execute(select(NUMBER))}
    return Written(numbers, {(table, "/".join(key.values())): sheet for table, key, sheet in rows})
