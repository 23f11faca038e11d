"""A year's days off and moved working days as a sheet, cell by cell: what it says, or every fault with its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from service import sheets
from service.calendar.days import Days
from service.calendar.rules import FIRST_YEAR, LAST_YEAR, NAME_LIMIT
from service.errors import Fault, Invalid
from service.sheets import Heading, Sheet

COLUMNS: Mapping[str, tuple[str, str]] = {"day": ("日期", "Date"), "kind": ("类型", "Kind"), "name": ("名称", "Name")}
KINDS: Mapping[str, bool] = {
    "放假": False, "休": False, "休息": False, "off": False, "day off": False, "holiday": False,
    "上班": True, "班": True, "调休上班": True, "work": True, "working": True, "working day": True,
}  # fmt: skip
WRITTEN = {False: ("放假", "off"), True: ("上班", "work")}
DECEMBER = 20
"""From this day of the December before, a notice may speak of days: of New Year's moved weekend."""
SOURCE_LIMIT = 200

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})"
)
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(36_526, 73_416)
"""Days from 2000 to 2100 as a spreadsheet numbers them."""


@dataclass
class Reading:
    """What a sheet says so far; `faults` have the path `rows.<number>.<column>`."""

    year: int
    days: dict[date, tuple[bool, str]] = field(default_factory=dict)
    lines: dict[date, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, number: int, column: str, code: str, cell: Any = "", **params: Any) -> None:
        """Note what is wrong with a cell; the params carry row, column in both languages and what stands there."""
        zh, en = COLUMNS[column]
        where = {"row": number, "column": zh, "column_en": en, "value": "" if cell is None else str(cell)[:80]}
        self.faults.append(Fault(f"rows.{number}.{column}", code, params=where | params))


def template(days: Days, locale: str, *, as_csv: bool = False) -> bytes:
    """A sheet to fill in, with the days that are known; CSV has the mark by which spreadsheets know UTF-8."""
    english = locale == "en"
    rows = [[day.isoformat(), WRITTEN[works][english], name] for day, (works, name) in sorted(days.items())]
    headings = [words[english] for words in COLUMNS.values()]
    if as_csv:
        lines = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in [headings, *rows]]
        return ("\ufeff" + "\r\n".join([*lines, ""])).encode()
    return sheets.workbook("Days" if english else "放假安排", [Heading(text, 18, True) for text in headings], rows)


def read(content: bytes, year: int, source: str) -> Days:
    """The days that a file says of a year. Invalid("calendar.import" with every fault, `import.headings`, …)."""
    faults = list(_frame_faults(year, source))
    sheet = sheets.read(content)
    reading = Reading(year)
    headings = _matched(sheet)
    for number, row in sheet.rows:
        _line(reading, number, {column: row.get(heading) for column, heading in headings.items()})
    if not sheet.rows:
        faults.append(Fault("file", "calendar.import_empty"))
    faults += reading.faults
    if faults:
        raise Invalid("calendar.import", faults=tuple(faults), rows=len(sheet.rows))
    return reading.days


def _frame_faults(year: int, source: str) -> Iterator[Fault]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        yield Fault("year", "calendar.year", params={"first": FIRST_YEAR, "last": LAST_YEAR})
    if not source.strip() or len(source) > SOURCE_LIMIT:
        yield Fault("source", "calendar.source", params={"limit": SOURCE_LIMIT})


def _matched(sheet: Sheet) -> Mapping[str, str]:
    """Column → heading, in either language."""
    known = {text.casefold(): text for text in sheet.headings}
    found = {
        column: known[text.casefold()]
        for column, words in COLUMNS.items()
        for text in words
        if text.casefold() in known
    }
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        faults = tuple(
            Fault(column, "import.heading", params={"column": COLUMNS[column][0], "column_en": COLUMNS[column][1]})
            for column in missing
        )
        chinese, english = ([COLUMNS[column][n] for column in missing] for n in (0, 1))
        raise Invalid("import.headings", faults=faults, missing="、".join(chinese), missing_en=", ".join(english))
    return found


def _line(reading: Reading, number: int, cells: Mapping[str, Any]) -> None:
    before = len(reading.faults)
    day, works = day_of(cells["day"]), KINDS.get(str(cells["kind"] or "").strip().casefold())
    name = str(cells["name"] or "").strip()
    if day is None:
        reading.refuse(number, "day", "calendar.import_date", cells["day"])
    elif not date(reading.year - 1, 12, DECEMBER) <= day <= date(reading.year, 12, 31):
        reading.refuse(number, "day", "calendar.import_year", cells["day"], year=reading.year)
    elif day in reading.lines:
        reading.refuse(number, "day", "calendar.import_twice", cells["day"], line=reading.lines[day])
    if works is None:
        reading.refuse(number, "kind", "calendar.import_kind", cells["kind"])
    elif works and day is not None and day.weekday() < 5:
        reading.refuse(number, "kind", "calendar.import_weekday", cells["kind"])
    if not name or len(name) > NAME_LIMIT:
        reading.refuse(number, "name", "calendar.name", cells["name"], limit=NAME_LIMIT)
    if day is not None:
        reading.lines.setdefault(day, number)
    if len(reading.faults) == before and day is not None and works is not None:
        reading.days[day] = (works, name)


def day_of(cell: Any) -> date | None:
    """The day of a cell: a date of a spreadsheet, its number, 2027-01-01, 2027/1/1, 2027年1月1日, 20270101."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell or "").strip().removesuffix(".0")
    if text.isdecimal() and len(text) == 5 and int(text) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    match = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups() if part)) if match else None
    except ValueError:
        return None
