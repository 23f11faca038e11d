"""Reports that were frozen: the list, one of them on screen, paper and in a workbook, and what differs today."""

from io import BytesIO
from typing import Any

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response as Reply

from service.access import policy
from service.access import queries as accounts
from service.access.days import day_of
from service.errors import Invalid
from service.evidence import pdf
from service.people import queries as people
from service.reports import contents, queries_frozen
from service.reports.commands import FreezeReport, freeze_report
from service.reports.registry import TOPICS
from service.sheets import XLSX
from service.web import edge, frozenview, reportview
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.reports import day_shown, list_asked, list_shown
from service.web.paper import PDF, STYLES
from service.web.words import words


class FreezeForm(sent.Form):
    """The name of the report, and the day that it is of."""

    name = Text(most=120, load_default="")
    on = fields.Date(load_default=None, allow_none=True)


@pages.get("/reports/frozen")
def frozen_reports() -> str:
    """Every frozen report, the latest first, and the form for a new one."""
    return _list({}, {})


def _list(entered: dict[str, Any], errors: dict[str, str]) -> str:
    found = queries_frozen.reports(edge.actor())
    names = accounts.account_names([row.frozen_by for row in found])
    return render_template(
        "reports/frozen.html",
        items=[frozenview.head_of(row, names) for row in found],
        day=day_shown(day_of(edge.now())),
        may_freeze=policy.allows(edge.actor(), "report.freeze"),
        entered=entered,
        errors=errors,
    )


@pages.post("/reports/frozen")
def freeze() -> Reply | tuple[str, int]:
    """Count everything once and keep it; what is wrong stands beside its field."""
    given = sent.form(FreezeForm)
    actor, now = edge.actor(), edge.now()
    on = given["on"] or day_of(now)
    try:
        kept = FreezeReport(given["name"], queries_frozen.to_freeze(actor, on, now))
        report_id = freeze_report(actor, kept, now=now)
    except Invalid as refused:
        return _list({"name": given["name"], "on": on}, sent.beside(refused)), 422
    flash(_("Frozen. It stays as it is; later corrections show as a difference."))
    return redirect(url_for("pages.frozen_report", report_id=report_id))


@pages.get("/reports/frozen/<report_id>")
def frozen_report(report_id: str) -> str:
    """The figures of one of them."""
    return render_template("reports/frozen_one.html", **_shown(report_id))


def _shown(report_id: str) -> dict[str, Any]:
    found = queries_frozen.report(edge.actor(), report_id)
    on = found.row.as_of
    figures = [_figure(report_id, kept, on) for kept in found.contents["figures"]]
    topics = [
        {"name": words(f"topic.{topic}", {}, edge.locale()), "figures": [f for f in figures if f["topic"] == topic]}
        for topic in TOPICS
    ]
    names = accounts.account_names([found.row.frozen_by])
    return {
        "report": frozenview.head_of(found.row, names), "topics": topics, "is_sound": found.is_sound,
        "bureau": people.bureau_name(edge.locale()), "school_year": reportview.school_year_words(on),
    }  # fmt: skip


def _figure(report_id: str, kept: dict[str, Any], on: Any) -> dict[str, Any]:
    url = url_for("pages.frozen_list", report_id=report_id, key=kept["key"])
    return {**reportview.figure_of(contents.found_of(kept), on), "url": url}


@pages.get("/reports/frozen/<report_id>/figures/<key>")
def frozen_list(report_id: str, key: str) -> str:
    """The list behind a figure as it was frozen."""
    frozen = queries_frozen.report(edge.actor(), report_id)
    kept = frozen.figure(key)
    behind = frozenview.behind_of(kept)
    shown = list_shown(behind, frozen.row.as_of, list_asked())
    head = frozenview.head_of(frozen.row, {})
    return render_template("reports/list.html", **shown, frozen=head)


@pages.get("/reports/frozen/<report_id>/difference")
def frozen_difference(report_id: str) -> str:
    """Which figures, persons and cases read otherwise now for the same day."""
    frozen, found = queries_frozen.difference(edge.actor(), report_id, edge.now())
    head = frozenview.head_of(frozen.row, accounts.account_names([frozen.row.frozen_by]))
    return render_template("reports/difference.html", report=head, items=frozenview.differences_of(found))


@pages.get("/reports/frozen/<report_id>.pdf")
def frozen_pdf(report_id: str) -> Response:
    """The figures on A4."""
    shown = _shown(report_id)
    page = render_template("reports/paper.html", **shown, styles=STYLES.read_text("utf-8"))
    return send_file(BytesIO(pdf.render(page)), mimetype=PDF, download_name=f"{shown['report']['name']}.pdf")


@pages.get("/reports/frozen/<report_id>.xlsx")
def frozen_workbook(report_id: str) -> Response:
    """Figures and every list, a sheet each."""
    found = queries_frozen.report(edge.actor(), report_id)
    book = frozenview.workbook_of(found)
    return send_file(BytesIO(book), mimetype=XLSX, as_attachment=True, download_name=f"{found.row.name}.xlsx")
