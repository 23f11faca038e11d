"""Who retires within twelve months: by school, and as a table for Excel."""

from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from service import sheets
from service.access.days import day_of
from service.people import queries as people
from service.records import queries_files
from service.records.queries_files import Retirement
from service.sheets import XLSX, Heading
from service.web import edge
from service.web.pages import pages
from service.web.recordview import post_words


@pages.get("/retirements")
def retirements() -> str:
    """The list, the next one first."""
    found = _found()
    return render_template("people/retirements.html", items=found, as_of=day_of(edge.now()))


@pages.get("/retirements.xlsx")
def export_retirements() -> Response:
    """The same list."""
    headings = [Heading(str(text)) for text in (_("Name"), _("School or office"), _("Post"), _("Title"), _("Subject"),
                                                _("Day of retirement"), _("By"))]  # fmt: skip
    names = ("name", "organisation", "post", "title", "subject", "day", "by")
    rows = ([str(item[name] or "") for name in names] for item in _found())
    reply = Response(sheets.workbook(str(_("Retirements")), headings, rows), mimetype=XLSX)
    reply.headers["Content-Disposition"] = "attachment; filename=retirements.xlsx"
    return reply


def _found() -> list[dict[str, Any]]:
    today = day_of(edge.now())
    due = queries_files.retirements(edge.actor(), today)
    names = people.organisation_names({one.organisation_id for one in due}, edge.locale())
    said = {"choice": _("chosen"), "stored": _("on record"), "tables": _("by the tables of 2025")}
    return [_shown(one, names, {key: str(text) for key, text in said.items()}, one.retires_on <= today) for one in due]


def _shown(one: Retirement, names: dict[str, str], said: dict[str, str], past: bool) -> dict[str, Any]:
    return {
        "id": one.person_id,
        "name": one.name,
        "organisation": names.get(one.organisation_id, ""),
        "post": post_words(_Post(one.band, None, one.post_category)),
        "title": one.title,
        "subject": one.subject,
        "day": one.retires_on,
        "by": said[one.by],
        "past": past,
    }


class _Post:
    """What `post_words` reads."""

    def __init__(self, band: str | None, grade: int | None, post_category: str) -> None:
        self.band, self.grade, self.post_category = band, grade, post_category
