"""A workbook with its confirmed mapping, read into rows of values, sheet by sheet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from service.columns import letter_of
from service.errors import Fault, Invalid
from service.opening.cells import values_of
from service.opening.findings import WHO, Findings, Line, Where
from service.opening.identity import named_by
from service.opening.mapping import SheetMap
from service.opening.shapes import Cell
from service.opening.templates import TABLES
from service.sheets import Sheet

Tell = Callable[[int], None]
"""Hears how many rows were read."""
PART = 200


@dataclass
class Read:
    """The rows by table, and the columns that the file has of each."""

    findings: Findings
    lines: dict[str, list[Line]] = field(default_factory=dict)
    columns: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, table: str) -> list[Line]:
        """The rows of a table, none where the file lacks it."""
        return self.lines.get(table, [])

    def has(self, table: str) -> bool:
        """Whether the file has this sheet, so that it says everything of its kind."""
        return table in self.lines


def read(sheets: Mapping[str, Sheet], maps: Sequence[SheetMap], tell: Tell) -> Read:
    """Every row of the mapped sheets. Invalid("import.headings") where a required column is mapped nowhere."""
    wanted = [(one, sheets[one.sheet]) for one in maps if one.table is not None and one.sheet in sheets]
    expect_columns(maps)
    found = Read(Findings({one.table or "": _where(one, sheet) for one, sheet in wanted}))
    done = 0
    for one, sheet in wanted:
        key, columns = one.table or "", _columns(one)
        found.columns[key] = frozenset(column.name for column in columns.values())
        lines = found.lines.setdefault(key, [])
        for number, cells in sheet.rows:
            line = Line(key, number, {})
            values = values_of(line, columns, cells, found.findings)
            line = Line(key, number, values | {WHO: named_by(values)})
            _expect_filled(line, found.findings)
            lines.append(line)
            done += 1
            if done % PART == 0:
                tell(done)
    return found


def expect_columns(maps: Sequence[SheetMap]) -> None:
    """What no row can mend, in the sheets that are read.

    Invalid("import.headings" | "opening.mapping" | "opening.sheet_twice" | "opening.no_sheet").
    """
    maps = [one for one in maps if one.table is not None]
    keys = [one.table for one in maps]
    if not keys:
        raise Invalid("opening.no_sheet")
    if len(keys) != len(set(keys)):
        raise Invalid("opening.sheet_twice")
    twice = [
        Fault(f"{one.sheet}.{column}", "opening.column_twice")
        for one in maps
        for column in {heading.column for heading in one.headings} - {None}
        if sum(heading.column == column for heading in one.headings) > 1
    ]
    if twice:
        raise Invalid("opening.mapping", faults=tuple(twice))
    missing = [
        (one.sheet, column)
        for one in maps
        for column in TABLES[one.table or ""].columns
        if column.required and column.name not in {heading.column for heading in one.headings}
    ]
    if missing:
        faults = tuple(
            Fault(f"{sheet}.{column.name}", "import.heading", params={"column": column.zh, "column_en": column.en})
            for sheet, column in missing
        )
        named = {
            "missing": "、".join(f"{sheet}：{column.zh}" for sheet, column in missing),
            "missing_en": ", ".join(f"{sheet}: {column.en}" for sheet, column in missing),
        }
        raise Invalid("import.headings", faults=faults, **named)


def _columns(one: SheetMap) -> dict[str, Cell]:
    table = TABLES[one.table or ""]
    return {heading.heading: table.column(heading.column) for heading in one.headings if heading.column is not None}


def _where(one: SheetMap, sheet: Sheet) -> Where:
    letters = {heading: letter_of(number) for number, heading in enumerate(sheet.headings, start=1)}
    named = {h.column: (h.heading, letters.get(h.heading, "")) for h in one.headings if h.column is not None}
    return Where(one.sheet, named)


def _expect_filled(line: Line, findings: Findings) -> None:
    for column in TABLES[line.table].columns:
        if column.required and line[column.name] is None and line[column.instead] is None:
            findings.add(line, column.name, "opening.required")
