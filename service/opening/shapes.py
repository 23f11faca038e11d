"""What sheets of the opening workbook and their columns are made of, and the columns that several sheets share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.columns import Column
from service.opening import vocabulary as said

TEXT, WORD, DAY, WHOLE, PLACE, IDENTITY, PHONE = "text", "word", "day", "whole", "place", "identity", "phone"
"""What a cell holds; a place is the code or the name of an organisation."""
BANDS = ("senior", "middle", "junior")
_YEAR = re.compile(r"(?:年度考核|考核|assessment)((?:19|20|21)\d\d)年?度?|((?:19|20|21)\d\d)年?度?考核(?:结果|等次)?")
ASSESSMENT = "assessment_"


@dataclass(frozen=True)
class Cell(Column):
    """A column of the workbook: what its cells hold, other headings that mean the same, a note in two languages.

    A required cell may be empty where the column `instead` is filled in.
    """

    holds: str = TEXT
    also: tuple[str, ...] = ()
    note: tuple[str, str] = ("", "")
    longest: int = 200
    least: int = 0
    most: int = 100_000
    instead: str = ""


@dataclass(frozen=True)
class Table:
    """One sheet; the columns in `key` together name a row, which may stand once."""

    key: str
    zh: str
    en: str
    note: tuple[str, str]
    columns: tuple[Cell, ...]
    identity: tuple[str, ...] = field(default_factory=tuple)

    def column(self, name: str) -> Cell:
        """The column of that name; a yearly assessment of any year is one of the staff sheet."""
        for one in self.columns:
            if one.name == name:
                return one
        return assessment(int(name.removeprefix(ASSESSMENT)))


def year_of(short: str) -> int | None:
    """The year of whose assessment a heading speaks, in the form in which headings are compared; None: of none."""
    found = _YEAR.fullmatch(short)
    return int(found[1] or found[2]) if found else None


def word(name: str, zh: str, en: str, words: Mapping[str, str], required: bool = False, **more: object) -> Cell:
    """A column with fixed words."""
    return Cell(name, zh, en, required, words, holds=WORD, **more)  # type: ignore[arg-type]


def day(name: str, zh: str, en: str, required: bool = False, **more: object) -> Cell:
    """A column of days."""
    return Cell(name, zh, en, required, holds=DAY, width=12, **more)  # type: ignore[arg-type]


def whole(name: str, zh: str, en: str, required: bool = False, **more: object) -> Cell:
    """A column of whole numbers."""
    return Cell(name, zh, en, required, holds=WHOLE, width=9, **more)  # type: ignore[arg-type]


def place(name: str, zh: str, en: str, required: bool = False, **more: object) -> Cell:
    """A column of organisations."""
    return Cell(name, zh, en, required, holds=PLACE, width=20, **more)  # type: ignore[arg-type]


def assessment(year: int) -> Cell:
    """The column of the yearly assessment of one year."""
    note = ("空白即不详，不作合格论。", "Empty is unknown, never competent.")
    return word(f"{ASSESSMENT}{year}", f"{year}年度考核", f"Assessment {year}", said.ASSESSMENTS, note=note)


UNKNOWN = ("空白即不详，绝不作“否”。", "Empty is unknown, never no.")
WHO = (
    Cell("id_number", "身份证号", "ID number", True, holds=IDENTITY, width=22, also=said.ALSO_ID,
         note=("18 位，单元格设为文本；没有的填人员编号。", "18 characters, as text; who has none gets a key."),
         instead="person_key"),
    Cell("name", "姓名", "Name", also=("名字", "教师姓名", "职工姓名"), longest=80,
         note=("可空；填写则与身份证号核对。", "May be empty; else compared with the ID number.")),
    Cell("person_key", "人员编号", "Key", width=16, also=("编号", "工号"), longest=60,
         note=("没有身份证号的人自编一个，各表相同，以后不变。",
               "Your own for who has no ID number: the same everywhere and always.")),
)  # fmt: skip
PLACE_NOTE = ("填机构编码或全称。", "Code or full name of the organisation.")
