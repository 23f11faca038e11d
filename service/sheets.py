"""Tables that people fill in: workbooks written and read, and CSV as spreadsheets save it here.

openpyxl is imported at the first use: it takes a third of the start of a process that may never see a sheet.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from service.errors import Invalid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 5_000
HEADING_ROW = 1
FIRST_ROW = 2
ENCODINGS = ("utf-8-sig", "gb18030")
"""In this order: what is no UTF-8 was saved by a spreadsheet in Chinese."""
DELIMITERS = ",;\t，"


@dataclass(frozen=True)
class Heading:
    """A column of a template: its words, its width in characters, and whether it must be filled in."""

    text: str
    width: int = 16
    required: bool = False


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
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append([heading.text for heading in headings])
    for row in rows:
        sheet.append(list(row))
    for number, heading in enumerate(headings, start=1):
        head = sheet.cell(HEADING_ROW, number)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="center")
        if heading.required:
            head.fill = PatternFill("solid", fgColor="F4F3EF")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = heading.width
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    for name, lines in (beside or {}).items():
        further = book.create_sheet(name)
        for line in lines:
            further.append(list(line))
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def read_workbook(content: bytes) -> Sheet:
    """The first sheet of a workbook. Invalid("import.too_large" | "import.unreadable" | "import.too_many_rows")."""
    from openpyxl import load_workbook

    _expect_small(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return _sheet(sheet.iter_rows(max_row=MAX_ROWS + FIRST_ROW, values_only=True))
    except (BadZipFile, KeyError, ValueError, IndexError, TypeError, OSError, SyntaxError) as error:
        raise Invalid("import.unreadable") from error


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
        return _sheet(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
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


def _sheet(lines: Iterable[Sequence[Any]]) -> Sheet:
    cells = iter(lines)
    headings = tuple(_text(cell) for cell in next(cells, ()))
    rows = tuple(_rows(headings, cells))
    if len(rows) > MAX_ROWS:
        raise Invalid("import.too_many_rows", limit=MAX_ROWS)
    return Sheet(headings, rows)


def _expect_small(content: bytes) -> None:
    """A workbook is a zip: what it unpacks to is looked at before it is unpacked."""
    if len(content) > MAX_BYTES:
        raise Invalid("import.too_large", limit=MAX_BYTES)
    try:
        with ZipFile(BytesIO(content)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
    except BadZipFile as error:
        raise Invalid("import.unreadable") from error
    if unpacked > MAX_UNPACKED:
        raise Invalid("import.too_large", limit=MAX_UNPACKED)


def _rows(headings: Sequence[str], cells: Iterable[Sequence[Any]]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    for number, row in enumerate(cells, start=FIRST_ROW):
        filled = {heading: cell for heading, cell in zip(headings, row, strict=False) if heading}
        if any(_text(cell) for cell in filled.values()):
            yield number, filled


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
