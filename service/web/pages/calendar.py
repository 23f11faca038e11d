"""The calendar of the bureau: a year at a glance, its days, its notice as a sheet, school holidays, who set what."""

from datetime import date
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.calendar import commands, commands_holidays, commands_years, importing, queries_year
from service.calendar.commands import ClearDay, SetDay
from service.calendar.commands_holidays import SetHoliday
from service.calendar.commands_years import ImportYear
from service.errors import Fault, Invalid
from service.instances.queries_calendar import would_move
from service.web import edge
from service.web.api.calendar import template_of
from service.web.api.schemas.base import Text
from service.web.pages import calendarview, packing, pages, sent
from service.web.words import words

YEARS = validate.Range(2000, 2100)
CONTENT_LIMIT = 400_000


class CalendarQuery(sent.Query):
    """Which year, and which day of it is looked at."""

    year = fields.Integer(load_default=None, allow_none=True, validate=YEARS)
    day = fields.Date(load_default=None, allow_none=True)


class TemplateQuery(sent.Query):
    """The year of a template, and its form."""

    year = fields.Integer(required=True, validate=YEARS)
    form = fields.String(load_default="xlsx", validate=validate.OneOf(("xlsx", "csv")))


class DayIn(sent.Form):
    """A day as it is set."""

    day = fields.Date(required=True)
    working = fields.Boolean(required=True)
    name = Text(most=200, load_default="")


class DayOut(sent.Form):
    """A day that is taken back."""

    day = fields.Date(required=True)


class YearIn(sent.Form):
    """The sheet of a year."""

    year = fields.Integer(required=True, validate=YEARS)
    source = Text(most=300, load_default="")
    sheet = fields.Raw(required=True)


class PreviewQuery(sent.Query):
    """A year's sheet that was read, packed into the address."""

    year = fields.Integer(required=True, validate=YEARS)
    source = Text(most=300, required=True)
    sheet = Text(most=CONTENT_LIMIT, required=True)


class ConfirmedIn(sent.Form):
    """The year that was looked at, as its preview holds it."""

    year = fields.Integer(required=True, validate=YEARS)
    source = Text(most=300, required=True)
    revision = sent.whole(required=True)
    content = Text(most=CONTENT_LIMIT, required=True)


class HolidayIn(sent.Form):
    """A school holiday; without an id it is a new one."""

    id = Text(most=64, load_default=None, allow_none=True)
    name = Text(most=200, load_default="")
    first = fields.Date(required=True)
    last = fields.Date(required=True)


@pages.get("/calendar")
def calendar() -> str:
    """Twelve months; who may, edits."""
    asked = sent.query(CalendarQuery)
    year = asked["year"] or (asked["day"] or day_of(edge.now())).year
    return _page(year, asked["day"])


def _page(year: int, day: date | None = None, **more: Any) -> str:
    may_edit = policy.allows(edge.actor(), "calendar.edit")
    given = {"problem": None, "report": None, "entered": {}, **more}
    return render_template("calendar/index.html", may_edit=may_edit, **calendarview.year_of(year, day), **given)


def _there(day: date) -> Response:
    return redirect(url_for("pages.calendar", year=day.year, day=day.isoformat()))


@pages.post("/calendar/day")
def set_calendar_day() -> Response | tuple[str, int]:
    """Make a day a working day or a day off."""
    found = sent.form(DayIn)
    try:
        commands.set_day(edge.actor(), SetDay(found["day"], found["working"], found["name"]), now=edge.now())
    except Invalid as refused:
        return _page(found["day"].year, found["day"], problem=_problem(refused), entered=found), 422
    flash(_("Set; deadlines that depend on this day are counted again now."))
    return _there(found["day"])


@pages.post("/calendar/day/clear")
def clear_calendar_day() -> Response:
    """Take back what was set for a day."""
    day = sent.form(DayOut)["day"]
    commands.clear_day(edge.actor(), ClearDay(day), now=edge.now())
    flash(_("Taken back; deadlines that depend on this day are counted again now."))
    return _there(day)


def _problem(refused: Invalid) -> dict[str, Any]:
    return {"title": words(refused.code, refused.params, edge.locale()), "words": [_words(f) for f in refused.faults]}


def _words(fault: Fault) -> str:
    return words(fault.code, fault.params, edge.locale())


@pages.get("/calendar/template")
def calendar_sheet() -> Answer:
    """The sheet of a year to fill in."""
    asked = sent.query(TemplateQuery)
    return template_of(asked["year"], asked["form"])


@pages.post("/calendar/import")
def send_calendar() -> Response | tuple[str, int]:
    """Read a year's sheet and go to what it would change; 422 names every wrong cell."""
    found = sent.form(YearIn)
    file: FileStorage = found["sheet"]
    command = ImportYear(found["year"], found["source"], file.stream.read())
    try:
        preview = queries_year.preview(edge.actor(), command)
    except Invalid as refused:
        report = {"file": file.filename or "", "lines": refused.params.get("rows", 0), "errors": _cells(refused)}
        problem = None if report["errors"] else _problem(refused)
        return _page(found["year"], report=report if report["errors"] else None, problem=problem, entered=found), 422
    sheet = packing.packed(importing.template(preview.days, "zh", as_csv=True))
    return redirect(url_for("pages.preview_calendar", year=found["year"], source=found["source"], sheet=sheet))


@pages.get("/calendar/import")
def preview_calendar() -> str:
    """What a year's sheet would change, to be confirmed; its days stand in the address, so Back and reload work."""
    asked = sent.query(PreviewQuery)
    content = packing.unpacked(asked["sheet"], CONTENT_LIMIT)
    preview = queries_year.preview(edge.actor(), ImportYear(asked["year"], asked["source"], content))
    return render_template(
        "calendar/preview.html",
        **calendarview.preview_of(preview),
        deadlines=would_move(edge.actor(), preview, now=edge.now()),
        content=content.decode("utf-8-sig"),
    )


def _cells(refused: Invalid) -> list[dict[str, Any]]:
    english = edge.locale() == "en"
    named = {"year": _("Year"), "source": _("Document"), "file": _("File")}
    return [
        {"line": fault.params.get("row", "–"),
         "column": fault.params.get("column_en" if english else "column") or named.get(fault.path, fault.path),
         "value": fault.params.get("value", "–"), "message": _words(fault)}
        for fault in refused.faults
    ]  # fmt: skip


@pages.post("/calendar/import/confirm")
def confirm_calendar() -> Response:
    """Load the year that was looked at; 409 when the calendar has changed since."""
    found = sent.form(ConfirmedIn)
    command = ImportYear(found["year"], found["source"], found["content"].encode(), found["revision"])
    done = commands_years.import_year(edge.actor(), command, now=edge.now())
    flash(_("%(year)s is loaded: %(n)s days changed. Open deadlines are counted again now.", year=found["year"],
            n=done.added + done.changed + done.removed))  # fmt: skip
    return redirect(url_for("pages.calendar", year=found["year"]))


@pages.post("/calendar/holidays")
def set_school_holiday() -> Response | tuple[str, int]:
    """Add or change a school holiday."""
    found = sent.form(HolidayIn)
    command = SetHoliday(found["name"], found["first"], found["last"], found["id"])
    try:
        commands_holidays.set_holiday(edge.actor(), command, now=edge.now())
    except Invalid as refused:
        return _page(found["first"].year, problem=_problem(refused), entered=found), 422
    flash(_("Saved; deadlines that pause on school holidays are counted again now."))
    return redirect(url_for("pages.calendar", year=found["first"].year))


@pages.post("/calendar/holidays/<holiday_id>/remove")
def remove_school_holiday(holiday_id: str) -> Response:
    """Take a school holiday out."""
    year = queries_year.holiday(edge.actor(), holiday_id).first.year
    commands_holidays.remove_holiday(edge.actor(), holiday_id, now=edge.now())
    flash(_("Removed; deadlines that pause on school holidays are counted again now."))
    return redirect(url_for("pages.calendar", year=year))
