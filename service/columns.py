"""Columns of sheets that people fill in: headings in both languages, words of cells, the match with a sheet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.errors import Fault, Invalid


@dataclass(frozen=True)
class Column:
    """One column: `name` is the field, `words` the words of a cell in lower case → the value, of fixed values.

    `also` are headings of earlier sheets, which are still understood; `whole` is of whole numbers above 0.
    """

    name: str
    zh: str
    en: str
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    width: int = 16
    also: tuple[str, ...] = ()
    whole: bool = False


def matched(columns: Iterable[Column], headings: Sequence[str], also: Sequence[str] = ()) -> dict[str, Column]:
    """Heading → column, in either language; Invalid("import.headings") names those that are missing.

    Needed are the required ones and those named in `also`.
    """
    every = tuple(columns)
    by_text = {text: column for column in every for text in (*column.also, column.zh, column.en)}
    found = {heading: by_text[heading] for heading in headings if heading in by_text}
    needed = [column for column in every if column.required or column.name in also]
    missing = [column for column in needed if column not in found.values()]
    if missing:
        faults = tuple(
            Fault(column.name, "import.heading", params={"column": column.zh, "column_en": column.en})
            for column in missing
        )
        named = {"missing": "、".join(c.zh for c in missing), "missing_en": ", ".join(c.en for c in missing)}
        raise Invalid("import.headings", faults=faults, **named)
    return found


def whole(cell: Any) -> int | None:
    """A whole number above 0; None for anything else."""
    text = str(cell if cell is not None else "").strip()
    return int(text) if text.isdecimal() and int(text) else None


def unread(column: Column, value: Any) -> str | None:
    """The code of what is wrong with a value that is filled in: one of the column's words is meant, or a number."""
    if value is None or value == "":
        return None
    if column.words:
        said = str(value).casefold() if isinstance(value, bool) else str(value)
        return None if said in column.words.values() else "told.word"
    return "told.whole" if column.whole and whole(value) is None else None


def letter_of(number: int) -> str:
    """The letters by which spreadsheets name the column of that number: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
