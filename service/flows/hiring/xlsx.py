"""Candidates' sheets as XLSX: the template of a step."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service import sheets
from service.columns import Column
from service.sheets import Heading


def template(
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]] = (),
    locale: str = "zh",
    posts: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """A workbook with the headings of these columns and the given rows filled in.

    A second sheet lists which line number is which post.
    """
    chinese = locale == "zh"
    headings = [Heading(one.zh if chinese else one.en, one.width, one.required) for one in columns]
    filled = ([row.get(column.name) for column in columns] for row in rows)
    named = ("岗位行号", "岗位学科", "人数") if chinese else ("Line of the post", "Subject", "Number")
    listed = [named, *((post["line"], post["subject"], post["count"]) for post in posts)]
    beside = {"岗位" if chinese else "Posts": listed} if posts else {}
    return sheets.workbook("报名人员" if chinese else "Candidates", headings, filled, beside)
