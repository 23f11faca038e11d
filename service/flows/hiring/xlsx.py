"""Candidates' sheets as XLSX: the template of a step."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service import sheets
from service.flows.hiring.columns import Column
from service.sheets import Heading


def template(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]] = (), locale: str = "zh") -> bytes:
    """A workbook with the headings of these columns and the given rows filled in."""
    headings = [Heading(one.zh if locale == "zh" else one.en, one.width, one.required) for one in columns]
    filled = ([row.get(column.name) for column in columns] for row in rows)
    return sheets.workbook("报名人员" if locale == "zh" else "Candidates", headings, filled)
