"""Which sheet is which table, and which foreign heading is which column: proposed here, confirmed by people."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from service.opening.shapes import Table, assessment, year_of
from service.opening.templates import TABLES
from service.sheets import Sheet

ALIKE = 0.72
SURE, GUESSED, NONE = "sure", "guessed", "none"
Remembered = Mapping[tuple[str, str], str | None]
"""(table, heading in short) → column, None for one that is to be left out."""


@dataclass(frozen=True)
class HeadingMap:
    """One heading of a file: the column that it stands for, None: left out; `how` sure | guessed | none."""

    heading: str
    column: str | None
    how: str = SURE


@dataclass(frozen=True)
class SheetMap:
    """One sheet of a file: the table that it fills, None: not read, and its headings."""

    sheet: str
    table: str | None
    headings: tuple[HeadingMap, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Nothing about it needs a person's look."""
        return all(one.how == SURE for one in self.headings)


def short(heading: str) -> str:
    """A heading as headings are compared: without blanks, stars and what stands in brackets, in lower case."""
    text = re.sub(r"[（(【\[].*?[）)】\]]", "", heading)
    return re.sub(r"[\s*＊:：_\-]", "", text).casefold()


def propose(sheets: Mapping[str, Sheet], remembered: Remembered) -> list[SheetMap]:
    """A proposal for every sheet; those in which nothing is known are not read."""
    taken: set[str] = set()
    found = []
    for title, sheet in sheets.items():
        key = _table_of(title, sheet, remembered, taken)
        if key is None:
            found.append(SheetMap(title, None, tuple(HeadingMap(one, None) for one in _named(sheet.headings))))
            continue
        taken.add(key)
        found.append(SheetMap(title, key, _headings(TABLES[key], sheet.headings, remembered)))
    return found


def as_table(one: SheetMap, table: str | None, remembered: Remembered) -> SheetMap:
    """The same sheet as another table: a proposal for its headings."""
    texts = [heading.heading for heading in one.headings]
    if table is None:
        return SheetMap(one.sheet, None, tuple(HeadingMap(text, None) for text in texts))
    return SheetMap(one.sheet, table, _headings(TABLES[table], texts, remembered))


def _named(headings: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(heading for heading in headings if heading))


def _table_of(title: str, sheet: Sheet, remembered: Remembered, taken: set[str]) -> str | None:
    if not sheet.rows:
        return None
    named = [key for key, table in TABLES.items() if short(title) in (short(table.zh), short(table.en))]
    if named and named[0] not in taken:
        return named[0]
    scores = {key: _score(table, sheet, remembered) for key, table in TABLES.items() if key not in taken}
    best = max(scores, key=lambda key: scores[key], default=None)
    return best if best is not None and scores[best] >= 0.5 else None


def _score(table: Table, sheet: Sheet, remembered: Remembered) -> float:
    """The share of the required columns that the headings name, and a little for every other one."""
    known = {_known(table, heading, remembered) for heading in sheet.headings} - {None}
    needed = [column.name for column in table.columns if column.required]
    return sum(name in known for name in needed) / len(needed) + 0.01 * len(known)


def _headings(table: Table, headings: Sequence[str], remembered: Remembered) -> tuple[HeadingMap, ...]:
    sure = {heading: _known(table, heading, remembered) for heading in headings if heading}
    used = {column for column in sure.values() if column}
    found = []
    for heading in _named(headings):
        forgotten = (table.key, short(heading)) in remembered
        column = sure[heading]
        if column is None and not forgotten:
            column = _alike(table, heading, used)
            used |= {column} if column else set()
            found.append(HeadingMap(heading, column, GUESSED if column else NONE))
        else:
            found.append(HeadingMap(heading, column))
    return tuple(found)


def _known(table: Table, heading: str, remembered: Remembered) -> str | None:
    text = short(heading)
    if (table.key, text) in remembered:
        return remembered[table.key, text]
    column = names_of(table.key).get(text)
    if column is None and table.key == "staff" and (year := year_of(text)):
        return assessment(year).name
    return column


@cache
def names_of(key: str) -> Mapping[str, str]:
    """What a heading may be called → column; the words of the templates before the others."""
    table = TABLES[key]
    also = {short(text): column.name for column in table.columns for text in column.also}
    return also | {short(text): column.name for column in table.columns for text in (column.zh, column.en)}


def _alike(table: Table, heading: str, used: set[str]) -> str | None:
    """The free column whose name is most like the heading, if any is like it at all."""
    text = short(heading)
    scores = {
        column: max(SequenceMatcher(None, text, name).ratio() for name, own in names_of(table.key).items()
                    if own == column)
        for column in {one.name for one in table.columns} - used
    }  # fmt: skip
    best = max(sorted(scores), key=lambda column: scores[column], default=None)
    return best if best is not None and scores[best] >= ALIKE else None


def as_json(maps: Sequence[SheetMap]) -> list[dict[str, Any]]:
    """Plain values that are kept with an import."""
    return [
        {"sheet": one.sheet, "table": one.table, "headings": [vars(heading) for heading in one.headings]}
        for one in maps
    ]  # fmt: skip


def from_json(kept: Sequence[Mapping[str, Any]]) -> list[SheetMap]:
    """The opposite of `as_json`."""
    return [
        SheetMap(one["sheet"], one["table"], tuple(HeadingMap(**heading) for heading in one["headings"]))
        for one in kept
    ]  # fmt: skip
