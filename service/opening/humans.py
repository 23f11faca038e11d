"""A person while a workbook is planned: of the file, of the books, or of both."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.opening.findings import Line
from service.opening.people import Known
from service.opening.register import Unit
from service.records.rules import Entry


@dataclass
class Human:
    """`line` is the row of the staff sheet, None where only the books know the person; `entries` are to be on file.

    `unit`, `job` and `born_on` are as they will be after the load. Of who has left, `left` is the first day without the
    last appointment, `unit` where that was, and `line` the row of the sheet of the departed.
    """

    id: str
    id_number: str | None
    name: str
    known: Known | None = None
    line: Line | None = None
    unit: Unit | None = None
    job: dict[str, Any] = field(default_factory=dict)
    sex: str | None = None
    born_on: date | None = None
    since: date | None = None
    left: date | None = None
    is_good: bool = True
    entries: list[tuple[Entry, str, Line]] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """The stream of the person's events."""
        return f"person:{self.id}"
