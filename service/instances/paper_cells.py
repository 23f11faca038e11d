"""Cells of a workbook of cases on paper: each read in the type of its field, or named as wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.columns import Column
from service.errors import Fault
from service.instances.paper_layout import Layout, Part
from service.tasks.forms import SCHOOLS, STAFF

SEPARATORS = "；;\n"


@dataclass(frozen=True)
class Known:
    """What names in cells stand for; each None, or "" where several could be meant, is a wrong cell.

    `initiator` is asked for (organisation id, name or ID number, "" for the only one who could), `person` for
    one of its staff in the same way.
    """

    organisation: Callable[[str], str | None]
    initiator: Callable[[str, str], str | None]
    hold: Callable[[str, str], str | None]
    person: Callable[[str, str], str | None]
    files: Mapping[str, str]


@dataclass
class Book:
    """A workbook that is read: what its words stand for, and the wrong cells so far."""

    layout: Layout
    known: Known
    definition_key: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, part: Part, row: int, column: Column, code: str, **params: Any) -> None:
        place = {"sheet": part.zh, "sheet_en": part.en, "row": row, "column": column.zh, "column_en": column.en}
        self.faults.append(Fault(f"{part.kind}.{row}.{column.name}", code, "", {**place, **params}))


@dataclass(frozen=True)
class Line:
    """One row of a sheet: `values` by the names of its columns."""

    part: Part
    number: int
    values: Mapping[str, Any]
    columns: Mapping[str, Column]


def values_of(book: Book, line: Line, place: str = "") -> dict[str, Any]:
    """The cells of a form's fields, in the form's types; empty ones are left out. `place` is the case's organisation,
    of whose staff a field may ask for one."""
    found: dict[str, Any] = {}
    for name, component in line.part.components.items():
        text = text_of(line.values.get(name))
        if text:
            named = _named(book, line, name, component, text, place)
            found[component["key"]] = _cell(book, line, name, component, text) if named is None else named
    return found


def _named(book: Book, line: Line, name: str, component: Mapping[str, Any], text: str, place: str) -> str | None:
    """The id of a school or of one of the staff, where the field asks for one by `options`; None where it does not."""
    options = (component.get("properties") or {}).get("options")
    if options not in (STAFF, SCHOOLS):
        return None
    found = book.known.organisation(text) if options == SCHOOLS else book.known.person(place, text)
    if not found:
        wrong(book, line, name, "told.organisation" if options == SCHOOLS else "told.person")
    return found or ""


def _cell(book: Book, line: Line, name: str, component: Mapping[str, Any], text: str) -> Any:
    kind = component["type"]
    if kind == "filepicker":
        return [file_of(book, line, name, one) for one in _several(text)]
    if kind == "datetime":
        return _iso(text) or text
    if kind == "number":
        return _number(text)
    words = line.columns[name].words if name in line.columns else {}
    if kind == "checkbox":
        if text.casefold() not in words:
            wrong(book, line, name, "told.word")
        return words.get(text.casefold(), text) == "true"
    if kind in ("checklist", "taglist"):
        return [words.get(one.casefold(), one) for one in _several(text)]
    if words and text.casefold() not in words:
        wrong(book, line, name, "told.word")
    return words.get(text.casefold(), text)


def _several(text: str) -> list[str]:
    for separator in SEPARATORS:
        text = text.replace(separator, "；")
    return [one.strip() for one in text.split("；") if one.strip()]


def _number(text: str) -> Any:
    try:
        found = float(text)
    except ValueError:
        return text
    return int(found) if found.is_integer() else found


def file_of(book: Book, line: Line, name: str, text: str) -> str | None:
    """The upload with this file name."""
    found = book.known.files.get(text)
    if text and found is None:
        wrong(book, line, name, "told.file")
    return found


def required(book: Book, line: Line, name: str) -> str:
    """What stands in a cell that may not be empty."""
    text = text_of(line.values.get(name))
    if not text:
        wrong(book, line, name, "field.required")
    return text


def word(book: Book, line: Line, name: str, words: Mapping[str, str], code: str) -> str:
    """What the word of a cell stands for, of those that may stand there."""
    text = required(book, line, name)
    found = words.get(text, words.get(text.casefold(), ""))
    if text and not found:
        wrong(book, line, name, code)
    return found


def day(book: Book, line: Line, name: str) -> date | None:
    """The day of a cell."""
    text = required(book, line, name)
    found = _iso(text)
    if text and found is None:
        wrong(book, line, name, "told.date")
    return date.fromisoformat(found) if found else None


def _iso(text: str) -> str | None:
    """A day as people write it: 2026-09-01, 2026/9/1, 2026.9.1, 2026年9月1日, or Excel's own date."""
    plain = text.split(" ")[0].split("T")[0]
    for sign in ("年", "月", "/", "."):
        plain = plain.replace(sign, "-")
    try:
        return datetime.strptime(plain.removesuffix("日"), "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def wrong(book: Book, line: Line, name: str, code: str) -> None:
    """Name a cell as wrong."""
    book.fault(line.part, line.number, line.columns[name], code)


def text_of(cell: Any) -> str:
    """A cell as text; a whole number without its point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()
