"""Reads a workbook of cases on paper: each case as it is told, every wrong cell with sheet, row and column."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.columns import matched, unread, whole
from service.errors import Fault, Invalid
from service.instances.paper_cells import Book, Known, Line, day, file_of, required, text_of, values_of, word, wrong
from service.instances.paper_layout import CASES, ROWS, STEPS, Layout, Part
from service.instances.told import ToldCase, ToldStep
from service.sheets import Sheet
from service.tasks.papers import Tally

MOST = 200
"""Cases of one workbook."""


@dataclass(frozen=True)
class Read:
    """One case of the workbook: its key, what is told, and from which rows that was read."""

    key: str
    told: ToldCase
    origin: dict[str, Any]


def read(
    layout: Layout, definition_key: str, sheets: Mapping[str, Sheet], known: Known
) -> tuple[list[Read], list[Fault]]:
    """The cases in their order, and the faults of cells. Invalid("import.headings" | "import.empty" | "told.many")."""
    book = Book(layout, known, definition_key)
    lines = {id(part): _lines(part, sheets) for part in layout.parts}
    by_part = [(part, lines[id(part)]) for part in layout.parts]
    cases = next(found for part, found in by_part if part.kind == CASES)
    if not cases:
        raise Invalid("import.empty")
    if len(cases) > MOST:
        raise Invalid("told.many", most=MOST)
    keys = [text_of(line.values.get("key")) for line in cases]
    for part, found in by_part:
        for line in found:
            if part.kind != CASES and text_of(line.values.get("key")) not in keys:
                book.fault(part, line.number, line.columns["key"], "told.no_case")
    for line, key in zip(cases, keys, strict=True):
        if keys.count(key) > 1 or not key:
            book.fault(line.part, line.number, line.columns["key"], "told.twice")
    return [_case(book, line, key, by_part) for line, key in zip(cases, keys, strict=True)], book.faults


def _lines(part: Part, sheets: Mapping[str, Sheet]) -> list[Line]:
    sheet = next((sheets[name] for name in (part.title("zh"), part.title("en")) if name in sheets), None)
    if sheet is None:
        if part.kind == CASES:
            raise Invalid("told.no_sheet", sheet=part.zh, sheet_en=part.en)
        return []
    columns = matched(part.columns, sheet.headings)
    by_name = {column.name: column for column in part.columns}
    return [
        Line(part, number, {column.name: row.get(heading) for heading, column in columns.items()}, by_name)
        for number, row in sheet.rows
    ]


def _case(book: Book, line: Line, key: str, by_part: list[tuple[Part, list[Line]]]) -> Read:
    mine = [(part, [one for one in found if text_of(one.values.get("key")) == key]) for part, found in by_part]
    place = book.known.organisation(required(book, line, "organisation")) or ""
    if not place and text_of(line.values.get("organisation")):
        wrong(book, line, "organisation", "told.organisation")
    variables = values_of(book, line, place)
    for part, found in mine:
        if part.kind == "list" and not part.at_step:
            variables[part.list_of] = [values_of(book, one, place) for one in found]
    steps, numbers, rows = _steps(book, mine)
    stands = word(book, line, "stands", book.layout.steps, "told.element")
    told = ToldCase(
        book.definition_key, place, _initiator(book, line, place), day(book, line, "requested_on") or date.min,
        stands, variables, steps, text_of(line.values.get("business_key")) or None, _hold(book, line, place),
    )  # fmt: skip
    return Read(key, told, {"case": line.number, "steps": numbers, "rows": rows})


def _steps(book: Book, mine: list[tuple[Part, list[Line]]]) -> tuple[tuple[ToldStep, ...], list[int], list[list[int]]]:
    lines = [one for part, found in mine if part.kind == STEPS for one in found]
    elements = [word(book, line, "element_id", book.layout.steps, "told.element") for line in lines]
    days = [day(book, line, "decided_on") for line in lines]
    order = sorted(range(len(lines)), key=lambda number: (days[number] or date.max, number))
    steps, numbers, rows = [], [], []
    for number in order:
        line, element = lines[number], elements[number]
        extra = _beside(book, mine, element) if element not in elements[:number] else ([], [])
        lists = {
            part.list_of: [values_of(book, one) for one in found if _at(book, one) == element]
            for part, found in mine
            if part.kind == "list" and part.at_step
        }
        values = {**values_of(book, line), **{name: found for name, found in lists.items() if found}}
        steps.append(_step(book, line, element, days[number], values, tuple(extra[0])))
        numbers.append(line.number)
        rows.append(extra[1])
    return tuple(steps), numbers, rows


def _step(
    book: Book,
    line: Line,
    element: str,
    day: date | None,
    values: dict[str, Any],
    rows: tuple[Mapping[str, Any], ...],
) -> ToldStep:
    tally = _tally(book, line)
    offered = book.layout.decisions.get(element, {})
    decision = "complete" if tally else word(book, line, "decision", offered, "told.decision")
    scan = file_of(book, line, "scan", required(book, line, "scan"))
    return ToldStep(
        element, day, decision, required(book, line, "decided_by") or None, required(book, line, "document"),
        scan or "", None, text_of(line.values.get("opinion")) or None, values, tally, rows,
        about=text_of(line.values.get("about")) or None,
    )  # fmt: skip


def _tally(book: Book, line: Line) -> Tally | None:
    """The count of a vote, where one of its cells is filled in."""
    given = {name.removeprefix("tally."): text_of(line.values.get(name)) for name in line.columns if "tally." in name}
    filled = {name: text for name, text in given.items() if text}
    for name in (name for name, text in filled.items() if not text.isdecimal()):
        wrong(book, line, f"tally.{name}", "told.count")
    numbers = {name: int(text) for name, text in filled.items() if text.isdecimal()}
    if not filled:
        return None
    yes, no, abstain, present = (numbers.get(name, 0) for name in ("yes", "no", "abstain", "present"))
    members, aside = numbers.get("members"), numbers.get("aside", 0)
    return Tally(yes, no, abstain, present, members=members, aside=aside)


def _beside(book: Book, mine: list[tuple[Part, list[Line]]], element: str) -> tuple[list[dict[str, Any]], list[int]]:
    lines = [one for part, found in mine if part.kind == ROWS for one in found if _at(book, one) == element]
    return [_row(book, line) for line in lines], [line.number for line in lines]


def _row(book: Book, line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, cell in line.values.items():
        column, text = line.columns[name], text_of(cell)
        if name in ("key", "element_id") or not text:
            continue
        value: Any = column.words.get(text.casefold(), text)
        if code := unread(column, value):
            wrong(book, line, name, code)
        found[name] = whole(value) or value if column.whole else value
    return found


def _at(book: Book, line: Line) -> str:
    return book.layout.steps.get(text_of(line.values.get("element_id")), "")


def _initiator(book: Book, line: Line, place: str) -> str:
    text = text_of(line.values.get("initiator"))
    found = book.known.initiator(place, text) if place else ""
    if place and not found:
        wrong(book, line, "initiator", "told.applicant")
    return found or ""


def _hold(book: Book, line: Line, place: str) -> str | None:
    text = text_of(line.values.get("hold"))
    found = book.known.hold(place, text) if text and place else None
    if text and place and not found:
        wrong(book, line, "hold", "told.no_hold")
    return found
