"""Candidates' sheets as XLSX: the template of a step, and its rows read back as plain cells.

openpyxl is imported at the first use: it takes a third of the start of a process that may never see a sheet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from service.errors import Invalid
from service.flows.hiring.columns import Column

MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 5_000
HEADING_ROW = 1
FIRST_ROW = 2


@dataclass(frozen=True)
class Sheet:
    """Rows of a sheet: number as Excel shows it, and heading → cell; empty rows are left out."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Any]], ...]


def template(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]] = (), locale: str = "zh") -> bytes:
    """A workbook with the headings of these columns, every cell a text, and the given rows filled in."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "报名人员" if locale == "zh" else "Candidates"
    sheet.append([column.zh if locale == "zh" else column.en for column in columns])
    for row in rows:
        sheet.append([row.get(column.name) for column in columns])
    for number, column in enumerate(columns, start=1):
        head = sheet.cell(HEADING_ROW, number)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="center")
        if column.required:
            head.fill = PatternFill("solid", fgColor="F4F3EF")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def read(content: bytes) -> Sheet:
    """The first sheet of a workbook. Invalid("import.too_large" | "import.unreadable" | "import.too_many_rows")."""
    from openpyxl import load_workbook

    _expect_small(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = sheet.iter_rows(max_row=MAX_ROWS + FIRST_ROW, values_only=True)
        headings = tuple(_text(cell) for cell in next(cells, ()))
        rows = tuple(_rows(headings, cells))
    except (BadZipFile, KeyError, ValueError, IndexError, TypeError, OSError, SyntaxError) as error:
        raise Invalid("import.unreadable") from error
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
