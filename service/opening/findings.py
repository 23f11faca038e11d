"""What is wrong in a workbook: one fault a cell, with sheet, row, cell and words that say what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.errors import Fault
from service.opening.templates import TABLES

WHO = "who"
"""Whom a row names, beside its columns: see `identity.named_by`."""
MOST = 2_000
"""Faults that are kept: who has more has mistaken a column, and mends that first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: the table that it fills, its number in the file, and its values by column."""

    table: str
    number: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self.values


@dataclass(frozen=True, slots=True)
class Where:
    """How a table is called in the file: the sheet, and heading and letter of each column."""

    sheet: str
    headings: Mapping[str, tuple[str, str]]


@dataclass
class Findings:
    """The faults found so far, at most one a cell; `wrong` are the rows that have one, by table and number."""

    places: Mapping[str, Where]
    faults: list[Fault] = field(default_factory=list)
    wrong: set[tuple[str, int]] = field(default_factory=set)
    count: int = 0
    _cells: set[tuple[str, int, str]] = field(default_factory=set)

    def add(self, line: Line, name: str, code: str, /, **params: Any) -> None:
        """Something is wrong in the cell of column `name` ("" for the row as a whole)."""
        self.wrong.add((line.table, line.number))
        if (line.table, line.number, name) in self._cells:
            return
        self._cells.add((line.table, line.number, name))
        self.count += 1
        if len(self.faults) < MOST:
            params = {**params, **self._where(line, name)}
            self.faults.append(Fault(f"{line.table}.{line.number}.{name}", code, params=params))

    def add_all(self, line: Line, faults: Iterable[Fault], names: Mapping[str, str] | None = None) -> None:
        """What a rule of a noun found; `names` says which column its fields are in."""
        for fault in faults:
            self.add(line, (names or {}).get(fault.path, fault.path), fault.code, **fault.params)

    @property
    def in_order(self) -> tuple[Fault, ...]:
        """The faults as somebody mends them: sheet by sheet as in the workbook, then by row, cell by cell."""
        return tuple(sorted(self.faults, key=_place))

    def is_good(self, line: Line) -> bool:
        return (line.table, line.number) not in self.wrong

    def _where(self, line: Line, name: str) -> dict[str, Any]:
        place = self.places.get(line.table, Where(TABLES[line.table].zh, {}))
        heading, letter = place.headings.get(name, ("", ""))
        said = TABLES[line.table].column(name) if name else None
        return {
            "sheet": place.sheet,
            "row": line.number,
            "cell": f"{letter}{line.number}" if letter else "",
            "column": heading or (said.zh if said else ""),
            "column_en": heading or (said.en if said else ""),
        }


_ORDER = {
    key: (number, [column.name for column in table.columns]) for number, (key, table) in enumerate(TABLES.items())
}


def _place(fault: Fault) -> tuple[int, int, int]:
    """Sheet, row and column of a fault as numbers; what is wrong with the row as a whole comes first."""
    table, row, name = fault.path.split(".", 2)
    number, columns = _ORDER[table]
    return number, int(row), columns.index(name) if name in columns else -1
