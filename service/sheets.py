"""Tables that people fill in: workbooks written and read, and CSV as spreadsheets save it here.

openpyxl is imported at the first use: it takes a third of the start of a process that may never see a sheet.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from flask import current_app, has_app_context

from service.errors import Invalid

PRACTICE = "演练 PRACTICE"
"""On every printed page of a workbook where a county is for practice."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 5_000
HEADING_ROW = 1
FIRST_ROW = 2
TITLES = 5
"""Rows above the headings of a foreign sheet at the most."""
LAST_ROW = 5_000
"""The last row that offers the words of its column."""
LONGEST_LIST = 250
"""Characters of the list that Excel keeps in a cell's rule."""
ENCODINGS = ("utf-8-sig", "gb18030")
"""In this order: what is no UTF-8 was saved by a spreadsheet in Chinese."""
DELIMITERS = ",;\t，"


@dataclass(frozen=True)
class Heading:
    """A column of a template: its words, its width in characters, and whether it must be filled in.

    `note` stands beside the heading where the pointer rests, `allowed` are the words among which a cell chooses.
    """

    text: str
    width: int = 16
    required: bool = False
    note: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook that is written: headings, and the rows that are filled in."""

    title: str
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Any]] = ()


@dataclass(frozen=True)
class Sheet:
    """Rows of a sheet: number as Excel shows it, and heading → cell; empty rows are left out."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Any]], ...]


def workbook(
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Any]] = (),
    beside: Mapping[str, Iterable[Sequence[Any]]] | None = None,
) -> bytes:
    """A workbook with these headings, every cell a text, and the given rows filled in; `beside` are further sheets."""
    return book([Page(title, headings, rows)], beside)


def book(written: Sequence[Page], beside: Mapping[str, Iterable[Sequence[Any]]] | None = None) -> bytes:
    """A workbook of several sheets with headings; `beside` are plain sheets after them."""
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.worksheets[0])
    for page in written:
        _fill(made.create_sheet(page.title), page)
    for name, lines in (beside or {}).items():
        further = made.create_sheet(name)
        for line in lines:
            _append(further, line)
    if practice_mark():
        _mark(made)
    packed = BytesIO()
    made.save(packed)
    return packed.getvalue()


def _fill(sheet: Any, page: Page) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append([heading.text for heading in page.headings])
    for row in page.rows:
        _append(sheet, row)
    for number, heading in enumerate(page.headings, start=1):
        head = sheet.cell(HEADING_ROW, number)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="center")
        if heading.required:
            head.fill = PatternFill("solid", fgColor="F4F3EF")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = heading.width
        sheet.column_dimensions[letter].number_format = "@"
        _explain(sheet, head, letter, heading)
    sheet.freeze_panes = "A2"


def _explain(sheet: Any, head: Any, letter: str, heading: Heading) -> None:
    """The note of a heading, and the list of a column's words where Excel takes one of this length."""
    from openpyxl.comments import Comment
    from openpyxl.worksheet.datavalidation import DataValidation

    if heading.note:
        head.comment = Comment(heading.note, "Lectern")
    listed = ",".join(heading.allowed)
    if listed and len(listed) <= LONGEST_LIST:
        choice = DataValidation("list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
        choice.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
        sheet.add_data_validation(choice)


def _append(sheet: Any, row: Sequence[Any]) -> None:
    """Write a row; a text that looks like a formula stays the text that it is."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    plain = [ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row]
    sheet.append(plain)
    for number, cell in enumerate(plain, start=1):
        if isinstance(cell, str) and cell.startswith("="):
            sheet.cell(sheet.max_row, number).data_type = "s"


def practice_mark() -> str:
    """What every paper says where a county is for practice; "" elsewhere."""
    practising = has_app_context() and current_app.extensions["lectern.settings"].practice
    return PRACTICE if practising else ""


def _mark(made: Any) -> None:
    """Say on every printed page that it is practice; titles stay, as sheets are read by them."""
    for sheet in made.worksheets:
        sheet.oddHeader.center.text = sheet.oddFooter.center.text = PRACTICE


def read_workbook(content: bytes) -> Sheet:
    """The first sheet of a workbook. Invalid("import.too_large" | "import.unreadable" | "import.too_many_rows")."""
    return next(iter(_read(content, MAX_ROWS, first=True).values()))


def read_book(content: bytes, most: int) -> dict[str, Sheet]:
    """Title → sheet, of every sheet of a workbook with at most `most` rows each; raises as `read_workbook`.

    Foreign sheets are read too: a title above the headings is passed over, and of two equal headings the second is
    called "… (2)".
    """
    return _read(content, most)


def _read(content: bytes, most: int, *, first: bool = False) -> dict[str, Sheet]:
    from openpyxl import load_workbook

    expect_book(content)
    try:
        opened = load_workbook(BytesIO(content), read_only=True, data_only=True)
        wanted = opened.worksheets[:1] if first else opened.worksheets
        found = {one.title: _sheet(_lines(one, most), most, foreign=not first) for one in wanted}
    except (BadZipFile, KeyError, ValueError, IndexError, TypeError, OSError, SyntaxError) as error:
        raise Invalid("import.unreadable") from error
    if not found:
        raise Invalid("import.unreadable")
    return found


def _lines(sheet: Any, most: int) -> Iterable[Sequence[Any]]:
    """The rows as they are, not as far as the file says: other programs write that wrongly."""
    sheet.reset_dimensions()
    rows: Iterable[Sequence[Any]] = sheet.iter_rows(max_row=most + FIRST_ROW + TITLES, values_only=True)
    return rows


def read(content: bytes) -> Sheet:
    """A workbook or a CSV, told by its contents. Raises as `read_workbook`, and Invalid("import.unreadable_text")."""
    if content.startswith(b"PK"):
        return read_workbook(content)
    if len(content) > MAX_BYTES:
        raise Invalid("import.too_large", limit=MAX_BYTES)
    text = _text_of(content)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return _sheet(csv.reader(StringIO(text, newline=""), delimiter=delimiter), MAX_ROWS)
    except csv.Error as error:
        raise Invalid("import.unreadable_text") from error


def _text_of(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid("import.unreadable_text")


def _sheet(lines: Iterable[Sequence[Any]], most: int, *, foreign: bool = False) -> Sheet:
    cells = iter(enumerate(lines, start=HEADING_ROW))
    headings = _headings(cells, TITLES if foreign else 0)
    rows = tuple(_rows(headings, cells))
    if len(rows) > most:
        raise Invalid("import.too_many_rows", limit=most)
    return Sheet(headings, rows)


def _headings(cells: Iterator[tuple[int, Sequence[Any]]], titles: int) -> tuple[str, ...]:
    """The first row, or the first below at most so many titles: rows in which a single cell is filled."""
    texts: list[str] = []
    for number, row in cells:
        texts = [text_of(cell) for cell in row]
        if number > titles or sum(map(bool, texts)) > 1:
            break
    if titles:
        texts = [f"{text} ({texts[:at].count(text) + 1})" if text and text in texts[:at] else text
                 for at, text in enumerate(texts)]  # fmt: skip
    return tuple(texts)


def expect_book(content: bytes) -> None:
    """A workbook is a zip: what it unpacks to is looked at before it is unpacked.

    Invalid("import.unreadable" | "import.too_large").
    """
    if len(content) > MAX_BYTES:
        raise Invalid("import.too_large", limit=MAX_BYTES)
    try:
        with ZipFile(BytesIO(content)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
    except BadZipFile as error:
        raise Invalid("import.unreadable") from error
    if unpacked > MAX_UNPACKED:
        raise Invalid("import.too_large", limit=MAX_UNPACKED)


def _rows(
    headings: Sequence[str], cells: Iterable[tuple[int, Sequence[Any]]]
) -> Iterable[tuple[int, Mapping[str, Any]]]:
    for number, row in cells:
        filled = {heading: _plain(cell) for heading, cell in zip(headings, row, strict=False) if heading}
        if any(text_of(cell) for cell in filled.values()):
            yield number, filled


def _plain(cell: Any) -> Any:
    """A day as the text that people write: rows are kept as JSON, which writes a day in another way."""
    return text_of(cell) if isinstance(cell, date) else cell


def text_of(cell: Any) -> str:
    """A cell as text: no outer blanks, whole numbers without a point, days as ISO text."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\u3000", " ").strip()
