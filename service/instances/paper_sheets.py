"""Reads a workbook of cases on paper: each case as it is told, every wrong cell with sheet, row and column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.columns import Column, matched
from service.errors import Fault, Invalid
from service.instances.paper_layout import CASES, ROWS, STEPS, Layout, Part
from service.instances.told import ToldCase, ToldStep
from service.sheets import Sheet
from service.tasks.papers import Tally

MOST = 200
"""Cases of one workbook."""
SEPARATORS = "；;\n"
NUMBERS = ("line",)


@dataclass(frozen=True)
class Known:
    """What names in cells stand for; each None, or "" where several could be meant, is a wrong cell.

    `initiator` is asked for (organisation id, name or ID number, "" for the only one who could).
    """

    organisation: Callable[[str], str | None]
    initiator: Callable[[str, str], str | None]
    hold: Callable[[str, str], str | None]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Read:
    """One case of the workbook: its key, what is told, and from which rows that was read."""

    key: str
    told: ToldCase
    origin: dict[str, Any]


@dataclass
class _Book:
    layout: Layout
    known: Known
    definition_key: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, part: Part, row: int, column: Column, code: str, **params: Any) -> None:
        place = {"sheet": part.zh, "sheet_en": part.en, "row": row, "column": column.zh, "column_en": column.en}
        self.faults.append(Fault(f"{part.kind}.{row}.{column.name}", code, "", {**place, **params}))


@dataclass(frozen=True)
class _Line:
    part: Part
    number: int
    values: Mapping[str, Any]
    columns: Mapping[str, Column]


def read(
    layout: Layout, definition_key: str, sheets: Mapping[str, Sheet], known: Known
) -> tuple[list[Read], list[Fault]]:
    """The cases in their order, and the faults of cells. Invalid("import.headings" | "import.empty" | "told.many")."""
    book = _Book(layout, known, definition_key)
    lines = {id(part): _lines(part, sheets) for part in layout.parts}
    by_part = [(part, lines[id(part)]) for part in layout.parts]
    cases = next(found for part, found in by_part if part.kind == CASES)
    if not cases:
        raise Invalid("import.empty")
    if len(cases) > MOST:
        raise Invalid("told.many", most=MOST)
    keys = [_text(line.values.get("key")) for line in cases]
    for part, found in by_part:
        for line in found:
            if part.kind != CASES and _text(line.values.get("key")) not in keys:
                book.fault(part, line.number, line.columns["key"], "told.no_case")
    for line, key in zip(cases, keys, strict=True):
        if keys.count(key) > 1 or not key:
            book.fault(line.part, line.number, line.columns["key"], "told.twice")
    return [_case(book, line, key, by_part) for line, key in zip(cases, keys, strict=True)], book.faults


def _lines(part: Part, sheets: Mapping[str, Sheet]) -> list[_Line]:
    sheet = next((sheets[name] for name in (part.title("zh"), part.title("en")) if name in sheets), None)
    if sheet is None:
        if part.kind == CASES:
            raise Invalid("told.no_sheet", sheet=part.zh, sheet_en=part.en)
        return []
    columns = matched(part.columns, sheet.headings)
    by_name = {column.name: column for column in part.columns}
    return [
        _Line(part, number, {column.name: row.get(heading) for heading, column in columns.items()}, by_name)
        for number, row in sheet.rows
    ]


def _case(book: _Book, line: _Line, key: str, by_part: list[tuple[Part, list[_Line]]]) -> Read:
    mine = [(part, [one for one in found if _text(one.values.get("key")) == key]) for part, found in by_part]
    place = book.known.organisation(_required(book, line, "organisation")) or ""
    if not place and _text(line.values.get("organisation")):
        _wrong(book, line, "organisation", "told.organisation")
    variables = _values(book, line)
    for part, found in mine:
        if part.kind == "list" and not part.at_step:
            variables[part.list_of] = [_values(book, one) for one in found]
    steps, numbers, rows = _steps(book, mine)
    stands = _word(book, line, "stands", book.layout.steps, "told.element")
    told = ToldCase(
        book.definition_key, place, _initiator(book, line, place), _day(book, line, "requested_on") or date.min,
        stands, variables, steps, _text(line.values.get("business_key")) or None, _hold(book, line, place),
    )  # fmt: skip
    return Read(key, told, {"case": line.number, "steps": numbers, "rows": rows})


def _steps(
    book: _Book, mine: list[tuple[Part, list[_Line]]]
) -> tuple[tuple[ToldStep, ...], list[int], list[list[int]]]:
    lines = [one for part, found in mine if part.kind == STEPS for one in found]
    elements = [_word(book, line, "element_id", book.layout.steps, "told.element") for line in lines]
    days = [_day(book, line, "decided_on") for line in lines]
    order = sorted(range(len(lines)), key=lambda number: (days[number] or date.max, number))
    steps, numbers, rows = [], [], []
    for number in order:
        line, element = lines[number], elements[number]
        extra = _beside(book, mine, element) if element not in elements[:number] else ([], [])
        lists = {
            part.list_of: [_values(book, one) for one in found if _at(book, one) == element]
            for part, found in mine
            if part.kind == "list" and part.at_step
        }
        values = {**_values(book, line), **{name: found for name, found in lists.items() if found}}
        steps.append(_step(book, line, element, days[number], values, tuple(extra[0])))
        numbers.append(line.number)
        rows.append(extra[1])
    return tuple(steps), numbers, rows


def _step(
    book: _Book,
    line: _Line,
    element: str,
    day: date | None,
    values: dict[str, Any],
    rows: tuple[Mapping[str, Any], ...],
) -> ToldStep:
    tally = _tally(book, line)
    offered = book.layout.decisions.get(element, {})
    decision = "complete" if tally else _word(book, line, "decision", offered, "told.decision")
    scan = _file(book, line, "scan", _required(book, line, "scan"))
    return ToldStep(
        element, day, decision, _required(book, line, "decided_by") or None, _required(book, line, "document"),
        scan or "", None, _text(line.values.get("opinion")) or None, values, tally, rows,
        about=_text(line.values.get("about")) or None,
    )  # fmt: skip


def _tally(book: _Book, line: _Line) -> Tally | None:
    """The count of a vote, where one of its cells is filled in."""
    given = {name.removeprefix("tally."): _text(line.values.get(name)) for name in line.columns if "tally." in name}
    filled = {name: text for name, text in given.items() if text}
    for name in (name for name, text in filled.items() if not text.isdecimal()):
        _wrong(book, line, f"tally.{name}", "told.count")
    numbers = {name: int(text) for name, text in filled.items() if text.isdecimal()}
    if not filled:
        return None
    yes, no, abstain, present = (numbers.get(name, 0) for name in ("yes", "no", "abstain", "present"))
    members, aside = numbers.get("members"), numbers.get("aside", 0)
    return Tally(yes, no, abstain, present, members=members, aside=aside)


def _beside(book: _Book, mine: list[tuple[Part, list[_Line]]], element: str) -> tuple[list[dict[str, Any]], list[int]]:
    lines = [one for part, found in mine if part.kind == ROWS for one in found if _at(book, one) == element]
    return [_row(line) for line in lines], [line.number for line in lines]


def _row(line: _Line) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, cell in line.values.items():
        column, text = line.columns[name], _text(cell)
        if name in ("key", "element_id") or not text:
            continue
        value: Any = column.words.get(text.casefold(), text)
        found[name] = int(value) if name in NUMBERS and str(value).isdecimal() else value
    return found


def _at(book: _Book, line: _Line) -> str:
    return book.layout.steps.get(_text(line.values.get("element_id")), "")


def _values(book: _Book, line: _Line) -> dict[str, Any]:
    """The cells of a form's fields, in the form's types; empty ones are left out."""
    found: dict[str, Any] = {}
    for name, component in line.part.components.items():
        text = _text(line.values.get(name))
        if text:
            found[component["key"]] = _cell(book, line, name, component, text)
    return found


def _cell(book: _Book, line: _Line, name: str, component: Mapping[str, Any], text: str) -> Any:
    kind = component["type"]
    if kind == "filepicker":
        return [_file(book, line, name, one) for one in _several(text)]
    if kind == "datetime":
        return _iso(text) or text
    if kind == "number":
        return _number(text)
    words = line.columns[name].words if name in line.columns else {}
    if kind == "checkbox":
        return words.get(text.casefold(), text) == "true"
    if kind in ("checklist", "taglist"):
        return [words.get(one.casefold(), one) for one in _several(text)]
    if words and text.casefold() not in words:
        _wrong(book, line, name, "told.word")
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


def _file(book: _Book, line: _Line, name: str, text: str) -> str | None:
    found = book.known.files.get(text)
    if text and found is None:
        _wrong(book, line, name, "told.file")
    return found


def _initiator(book: _Book, line: _Line, place: str) -> str:
    text = _text(line.values.get("initiator"))
    found = book.known.initiator(place, text) if place else ""
    if place and not found:
        _wrong(book, line, "initiator", "told.applicant")
    return found or ""


def _hold(book: _Book, line: _Line, place: str) -> str | None:
    text = _text(line.values.get("hold"))
    found = book.known.hold(place, text) if text and place else None
    if text and place and not found:
        _wrong(book, line, "hold", "told.no_hold")
    return found


def _required(book: _Book, line: _Line, name: str) -> str:
    text = _text(line.values.get(name))
    if not text:
        _wrong(book, line, name, "field.required")
    return text


def _word(book: _Book, line: _Line, name: str, words: Mapping[str, str], code: str) -> str:
    text = _required(book, line, name)
    found = words.get(text, words.get(text.casefold(), ""))
    if text and not found:
        _wrong(book, line, name, code)
    return found


def _day(book: _Book, line: _Line, name: str) -> date | None:
    text = _required(book, line, name)
    found = _iso(text)
    if text and found is None:
        _wrong(book, line, name, "told.date")
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


def _wrong(book: _Book, line: _Line, name: str, code: str) -> None:
    book.fault(line.part, line.number, line.columns[name], code)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()
