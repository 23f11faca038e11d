"""From what stands in a cell to a value: days, numbers, words and numbers of persons as spreadsheets keep them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from service.opening.findings import Findings, Line
from service.opening.shapes import DAY, IDENTITY, PHONE, WHOLE, WORD, Cell
from service.people import rules
from service.sheets import text_of

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+00:00:00)?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_BROKEN = re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)")
DIGITS_KEPT = 15
"""A spreadsheet keeps so many digits of a number; the rest of an ID number is lost."""


class Unclear(Exception):
    """What stands in a cell is no value of its column: the code of the fault, and its parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def values_of(line: Line, columns: Mapping[str, Cell], cells: Mapping[str, Any], found: Findings) -> dict[str, Any]:
    """Column → value of each mapped heading (None: empty, so unknown); every cell that is none is a finding."""
    values: dict[str, Any] = {}
    for heading, column in columns.items():
        try:
            values[column.name] = value_of(column, cells.get(heading))
        except Unclear as unclear:
            values[column.name] = None
            found.add(line, column.name, unclear.code, **unclear.params)
    return values


def value_of(column: Cell, cell: Any) -> Any:
    """The value of a cell, None where it is empty; raises Unclear."""
    text = text_of(cell)
    if not text:
        return None
    if _BROKEN.fullmatch(text):
        raise Unclear("opening.broken_formula", value=text)
    if isinstance(cell, int | float) and column.holds in (IDENTITY, PHONE) and len(text) > DIGITS_KEPT:
        raise Unclear("opening.number_not_text")
    if column.holds == DAY:
        return _day(text, column.required)
    if column.holds == WHOLE:
        return _whole(column, text)
    if column.holds == WORD:
        return _word(column, text)
    if column.holds == IDENTITY:
        return rules.id_number_of(text)
    if column.holds == PHONE:
        return rules.phone_of(text)
    if len(text) > column.longest:
        raise Unclear("opening.long", most=column.longest)
    return text


def _day(text: str, required: bool) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        lacking = "opening.month_only_required" if required else "opening.month_only"
        raise Unclear(lacking if _MONTH.fullmatch(text) else "opening.day", value=text[:40])
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError as unreal:
        raise Unclear("opening.no_such_day", value=text[:40]) from unreal
    if not EARLIEST <= day < LATEST:
        raise Unclear("opening.far_day", value=day.isoformat())
    return day


def _whole(column: Cell, text: str) -> int:
    plain = text.replace(",", "").replace("，", "")
    if not re.fullmatch(r"-?\d{1,9}", plain, re.ASCII):
        raise Unclear("opening.whole", value=text[:40])
    number = int(plain)
    if number < 0 <= column.least:
        raise Unclear("opening.negative", value=number)
    if not column.least <= number <= column.most:
        raise Unclear("opening.range", least=column.least, most=column.most, value=number)
    return number


def _word(column: Cell, text: str) -> str:
    found = column.words.get(text.casefold())
    if found is None:
        allowed = list(dict.fromkeys(_first(column.words)))
        raise Unclear("opening.word", value=text[:40], allowed="、".join(allowed))
    return found


def _first(words: Mapping[str, str]) -> Iterator[str]:
    """One word a value, the first that is Chinese."""
    seen: set[str] = set()
    for word, value in words.items():
        if value not in seen:
            seen.add(value)
            yield word
