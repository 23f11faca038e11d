"""The leader's page: the year's figures against their targets, how long steps take, and the list behind each figure."""

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO
from typing import Any

from flask import Response, render_template, url_for
from marshmallow import fields, validate

from service import sheets
from service.access.days import day_of
from service.reports import queries, queries_steps
from service.reports.declaring import Found, Line
from service.reports.queries import Behind
from service.reports.registry import TOPICS
from service.reports.rules import Measure, average
from service.sheets import XLSX, Heading
from service.web import edge, reportview, stepview
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.words import words

HEADLINES = ("exchange_share", "exchange_floor", "exchange_backbone", "rural_age")
POOLS = ("pool_senior", "pool_middle", "pool_exchanged")
STEPS_SHOWN, OFFICES_SHOWN, PAGE = 8, 6, 100
SUBJECTS = {"person": "pages.person", "instance": "pages.case", "task": "pages.task"}
IDS = {"person": "person_id", "instance": "case_id", "task": "task_id"}


class DayQuery(sent.Query):
    """As of which day; today where none is asked for."""

    on = fields.Date(load_default=None, allow_none=True)


class ListQuery(DayQuery):
    """Which rows of a list, and where the page begins."""

    which = fields.String(load_default="", validate=validate.OneOf(("", *reportview.WHICH)))
    place = Text(most=64, load_default=None, allow_none=True)
    cursor = Text(most=20, load_default=None, allow_none=True)


@pages.get("/reports")
def reports() -> str:
    """Every figure on a day; first what misses its target."""
    actor, now = edge.actor(), edge.now()
    on = sent.query(DayQuery)["on"] or day_of(now)
    found = {one.figure.key: one for one in queries.figures(actor, on, now)}
    shown = {key: {**reportview.figure_of(one, on), "url": _url(key, on)} for key, one in found.items()}
    heat = queries_steps.steps(actor, on, now)
    return render_template(
        "reports/index.html",
        day=day_shown(on),
        figures=shown,
        wanting=[shown[key] for key in shown if shown[key]["verdict"] == "missed"],
        years=_years(on, found["rural_age"].measure),
        heat=stepview.heat_of(heat, STEPS_SHOWN),
        offices=stepview.offices_of(queries_steps.offices(actor, on, now)[:OFFICES_SHOWN]),
        topics=[_topic(topic, list(shown.values())) for topic in TOPICS],
    )


def day_shown(on: date) -> dict[str, Any]:
    """The day of the report, and the days that years turn on."""
    today = day_of(edge.now())
    first = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    return {
        "on": on, "today": today, "school_year": reportview.school_year_words(on), "first": first,
        "last": date(today.year - 1, 12, 31),
    }  # fmt: skip


def _topic(topic: str, figures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    rest = [one for one in figures if one["topic"] == topic and one["key"] not in HEADLINES]
    return {"name": words(f"topic.{topic}", {}, edge.locale()), "figures": rest}


def _years(on: date, now: Measure) -> list[dict[str, Any]]:
    """The mean age on the same day of the last years and on this one, for the line."""
    before = queries.ages_before(edge.actor(), on, edge.now())
    return [_point(day, measure) for day, measure in [*before, (on, now)] if measure.whole]


def _point(day: date, measure: Measure) -> dict[str, Any]:
    return {"year": day.year, "words": average(measure), "value": measure.part / measure.whole}


@pages.get("/reports/figures/<key>")
def report_list(key: str) -> str:
    """The list behind a figure."""
    asked = list_asked()
    on = asked["on"] or day_of(edge.now())
    behind = queries.behind(edge.actor(), key, on, edge.now())
    return render_template("reports/list.html", **list_shown(behind, on, asked), frozen=None)


def list_asked() -> dict[str, Any]:
    """Which rows of a list the address asks for."""
    return sent.query(ListQuery)


def list_shown(behind: Behind, on: date, asked: dict[str, Any]) -> dict[str, Any]:
    """What reports/list.html is given."""
    lines = _kept(behind.lines, asked)
    start = reportview.place_of(asked["cursor"], len(lines))
    counts = {which: sum(reportview.kind_of(line) == which for line in behind.lines) for which in reportview.WHICH}
    return {
        "day": day_shown(on), "figure": reportview.figure_of(behind.found, on),
        "heading": reportview.heading(behind.found), "counts": counts, "which": asked["which"],
        "place": asked["place"],
        "places": reportview.by_place(behind) if behind.found.figure.subject != "organisation" else [],
        "items": [_linked(row, behind.found) for row in reportview.rows_of(lines[start : start + PAGE], behind.found)],
        "hidden": behind.hidden, "next": str(start + PAGE) if start + PAGE < len(lines) else None,
    }  # fmt: skip


def _kept(lines: Sequence[Line], asked: dict[str, Any]) -> list[Line]:
    found = reportview.chosen(lines, asked["which"])
    return [line for line in found if asked["place"] in (None, line.organisation_id)]


def _linked(row: dict[str, Any], found: Found) -> dict[str, Any]:
    subject = found.figure.subject
    if subject == "organisation":
        return {**row, "url": url_for("pages.account", organisation_id=row["organisation_id"])}
    return {**row, "url": url_for(SUBJECTS[subject], **{IDS[subject]: row["id"]})}


def _url(key: str, on: date) -> str:
    return url_for("pages.report_list", key=key, on=None if on == day_of(edge.now()) else on.isoformat())


@pages.get("/reports/figures/<key>.xlsx")
def export_report_list(key: str) -> Response:
    """The same list as a workbook."""
    head, rows, name = _exported(key)
    book = sheets.workbook(name[:31], [Heading(text, 20) for text in head], rows)
    return _saved(book, XLSX, f"{key}.xlsx")


@pages.get("/reports/figures/<key>.csv")
def export_report_csv(key: str) -> Response:
    """The same list as CSV, as spreadsheets here open it."""
    head, rows, _name = _exported(key)
    text = StringIO(newline="")
    csv.writer(text).writerows([head, *rows])
    return _saved(("\ufeff" + text.getvalue()).encode(), "text/csv; charset=utf-8", f"{key}.csv")


def _saved(body: bytes, kind: str, name: str) -> Response:
    reply = Response(body, content_type=kind)
    reply.headers["Content-Disposition"] = f"attachment; filename={name}"
    return reply


def _exported(key: str) -> tuple[list[str], list[list[str]], str]:
    """Headings, rows and name of a list; what a cell holds is a text that no program computes."""
    asked = sent.query(ListQuery)
    on = asked["on"] or day_of(edge.now())
    behind = queries.behind(edge.actor(), key, on, edge.now())
    rows = reportview.cells_of(_kept(behind.lines, asked), behind.found)
    return reportview.columns_of(behind.found), rows, words(f"figure.{key}", {}, edge.locale())
