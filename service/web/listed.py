"""A list of tasks as a workbook: the same columns and names as the inbox, each cell a text that no program computes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

from flask_babel import gettext as _

from service.people import queries as people
from service.tasks import queries_boxes
from service.tasks.models import NEVER
from service.tasks.queries_boxes import BoxQuery
from service.web import edge
from service.web.casetitles import case_title, look_up
from service.web.naming import definition_of, flow_name, step_name

MOST = 10_000
"""Rows of one workbook."""
WIDTHS = (18, 48, 20, 20, 14, 24, 18, 18)


def workbook_of(query: BoxQuery) -> bytes:
    """The tasks of a box or filter, at most MOST, written as they are read."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Tasks"))
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGH"[number]].width = width
    sheet.freeze_panes = "A2"
    for line in _lines(query):
        cells = [WriteOnlyCell(sheet, value=text) for text in line]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def _lines(query: BoxQuery) -> Iterator[list[str]]:
    yield [
        _("Case number"), _("Title"), _("Flow"), _("Step"), _("Started by"), _("Organisation"), _("Due"), _("Arrived"),
    ]  # fmt: skip
    written, cursor = 0, query.cursor
    while True:
        found = queries_boxes.page(edge.actor(), replace(query, cursor=cursor, limit=200))
        names = people.names([row.initiator_id for row in found.items])
        places = people.organisation_names([row.organisation_id for row in found.items], edge.locale())
        look_up(found.items)
        for row in found.items[: MOST - written]:
            yield _line(row, names, places)
        written, cursor = written + len(found.items), found.next
        if cursor is None or written >= MOST:
            return


def _line(row: Any, names: dict[str, str], places: dict[str, str]) -> list[str]:
    return [
        row.business_key,
        case_title(row.instance_id, row.title),
        flow_name(definition_of(row.definition_id)),
        step_name(row.definition_id, row.element_id, row.name),
        names.get(row.initiator_id, ""),
        places.get(row.organisation_id, ""),
        "" if row.due_at == NEVER else _moment(row.due_at),
        _moment(row.opened_at),
    ]


def _moment(moment: datetime) -> str:
    """A moment with its year, so that a table sorts by it."""
    return moment.astimezone(edge.settings().zone).strftime("%Y-%m-%d %H:%M")
