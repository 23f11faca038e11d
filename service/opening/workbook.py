"""The workbook as people get it: empty with notes and allowed words, or filled from the books."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service import sheets
from service.opening.shapes import Cell, Table, assessment
from service.opening.templates import TABLES
from service.opening.templates_people import RECORDS, STAFF
from service.opening.vocabulary import SAID
from service.records.rules import KINDS
from service.sheets import Heading, Page

Rows = Mapping[str, Iterable[Mapping[str, Any]]]
"""Table → its rows, column → what stands in the cell."""
YEARS = 5
NEEDED = {"organisation": "organisation_id"}
"""Column of the files → what the rules of records call it, where that differs."""
AFTER = "retires_on"
"""The column of the staff sheet before which the yearly assessments stand."""


def blank(locale: str, year: int, rows: Rows) -> bytes:
    """A workbook to fill in, with the five assessment columns before `year`; `rows` stand in it already."""
    return filled(locale, range(year - YEARS, year), rows)


def filled(locale: str, years: Sequence[int] | range, rows: Rows) -> bytes:
    """A workbook with these rows."""
    at = int(locale == "en")
    pages = []
    for key, table in TABLES.items():
        columns = columns_of(table, years)
        headings = [_heading(column, at) for column in columns]
        lines = [[_cell(row.get(column.name)) for column in columns] for row in rows.get(key, ())]
        pages.append(Page((table.zh, table.en)[at], headings, lines))
    return sheets.book(pages, {("填写说明", "Notes")[at]: _notes(at)})


def columns_of(table: Table, years: Sequence[int] | range) -> tuple[Cell, ...]:
    """The columns of a sheet, those of the yearly assessments among them."""
    if table is not STAFF:
        return table.columns
    place = [column.name for column in table.columns].index(AFTER)
    return (*table.columns[:place], *(assessment(year) for year in years), *table.columns[place:])


def _heading(column: Cell, at: int) -> Heading:
    words = _allowed(column, at)
    return Heading((column.zh, column.en)[at], column.width, column.required, column.note[at], tuple(words))


def _allowed(column: Cell, at: int) -> list[str]:
    """One word a value, in the language of the workbook."""
    values = list(dict.fromkeys(column.words.values()))
    group = next((pairs for pairs in SAID.values() if set(values) == set(pairs)), None)
    if group is None:
        return values
    return [group[value][at] for value in values]


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _notes(at: int) -> list[list[str]]:
    """What each sheet is for, and of each column whether it is needed, what it holds and which words it takes."""
    head = ["表", "列", "必填", "说明", "可填内容"], ["Sheet", "Column", "Required", "Note", "Words"]
    lines = [list(head[at])]
    for table in TABLES.values():
        name = (table.zh, table.en)[at]
        lines.append([name, "", "", table.note[at], ""])
        for column in columns_of(table, ()):
            needed = ("是", "yes")[at] if column.required else ""
            words = "、".join(_allowed(column, at))
            lines.append([name, (column.zh, column.en)[at], needed, column.note[at], words])
    return [*lines, *_notes_of_kinds(at)]


def _notes_of_kinds(at: int) -> Iterable[list[str]]:
    """Of each kind of record: which cells of its row must be filled in, and what its value may be."""
    heads = {NEEDED.get(column.name, column.name): (column.zh, column.en)[at] for column in RECORDS.columns}
    for kind in KINDS.values():
        needed = [heads[name] for name in heads if name in kind.needs]
        said = ("另须填：", "Also required: ")[at] + "、".join(needed) if needed else ""
        words = "、".join(SAID["value"][value][at] for value in kind.values)
        yield [(RECORDS.zh, RECORDS.en)[at], (kind.zh, kind.en)[at], "", said, words]
