"""The calendar: days, the import of a year, school holidays."""

from datetime import date
from hashlib import sha256
from typing import Any

from flask import Response

from service import sheets
from service.calendar import commands, commands_holidays, commands_years, importing, queries, queries_year
from service.calendar.commands import ClearDay, SetDay
from service.calendar.commands_holidays import SetHoliday
from service.calendar.commands_years import Imported, ImportYear
from service.errors import NotFound
from service.instances.queries_calendar import would_move
from service.web import edge
from service.web.api import Responses, api
from service.web.api.schemas import calendar as shapes

CALENDAR = ["Calendar"]
CSV = "text/csv"
BINARY = {"schema": {"type": "string", "format": "binary"}}
TEMPLATE: Responses = {200: {"description": "The template", "content": {sheets.XLSX: BINARY, CSV: BINARY}}}


@api.get("/calendar-days")
@api.input(shapes.PeriodQuery, location="query", arg_name="query")
@api.output(shapes.CalendarOut)
@api.doc(tags=CALENDAR)
def list_days(query: dict[str, Any]) -> Any:
    """The days of a year, or of a period, that differ from their weekday."""
    return {"items": queries.days(edge.actor(), *period_of(query))}


def period_of(query: dict[str, Any]) -> tuple[date, date]:
    """The first and last day that a query asks for."""
    if query["year"] is None:
        return query["first"], query["last"]
    return date(query["year"], 1, 1), date(query["year"], 12, 31)


@api.put("/calendar-days/<day>")
@api.input(shapes.CalendarDayIn, arg_name="body")
@api.output(shapes.RevisionOut)
@api.doc(tags=CALENDAR)
def set_day(day: str, body: dict[str, Any]) -> Any:
    """Make a day (YYYY-MM-DD) a working day or a day off."""
    sent = SetDay(day_in(day), body["working"], body["name"])
    revision = edge.repeatable(
        body, 200, lambda: commands.set_day(edge.actor(), sent, now=edge.now()), lambda ids: int(ids["revision"])
    )
    return {"revision": revision}


@api.delete("/calendar-days/<day>")
@api.output(shapes.RevisionOut)
@api.doc(tags=CALENDAR)
def clear_day(day: str) -> Any:
    """Take back what an admin set for a day."""
    sent = ClearDay(day_in(day))
    revision = edge.repeatable(
        {}, 200, lambda: commands.clear_day(edge.actor(), sent, now=edge.now()), lambda ids: int(ids["revision"])
    )
    return {"revision": revision}


def day_in(text: str) -> date:
    """The day that an address names; NotFound("http.404") when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("http.404", path=text) from None


@api.get("/calendar-years")
@api.output(shapes.YearList)
@api.doc(tags=CALENDAR)
def list_years() -> Any:
    """The years that were loaded, and by which document each is published."""
    return {"items": queries_year.years(edge.actor())}


@api.get("/calendar-days/template")
@api.input(shapes.TemplateQuery, location="query", arg_name="query")
@api.doc(tags=CALENDAR, responses=TEMPLATE)
def calendar_template(query: dict[str, Any]) -> Response:
    """The sheet of a year to fill in, with the days that are known."""
    return template_of(query["year"], query["form"])


def template_of(year: int, form: str) -> Response:
    """The template as a file; Forbidden for who may not edit the calendar."""
    days = queries_year.published(edge.actor(), year)
    content = importing.template(days, edge.locale(), as_csv=form == "csv")
    kind = f"{CSV}; charset=utf-8" if form == "csv" else sheets.XLSX
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="calendar-{year}.{form}"'}
    )


@api.post("/calendar-days/import")
@api.input(shapes.ImportQuery, location="query", arg_name="query")
@api.input(shapes.ImportIn, location="form_and_files", arg_name="body")
@api.output(shapes.ImportOut)
@api.doc(tags=CALENDAR)
def import_year(query: dict[str, Any], body: dict[str, Any]) -> Any:
    """Load the days of a year from a sheet; `?dry_run=true` only tells what would change."""
    sent = ImportYear(body["year"], body["source"], body["file"].stream.read(), body["revision"])
    if query["dry_run"]:
        return previewed(sent)
    repeated = {**body, "file": sha256(sent.content).hexdigest()}
    imported = edge.repeatable(
        repeated,
        200,
        lambda: commands_years.import_year(edge.actor(), sent, now=edge.now()),
        lambda ids: Imported(**ids),
    )
    return {"year": sent.year, **vars(imported), "deadlines": None}


def previewed(sent: ImportYear) -> dict[str, Any]:
    """What a file would change, in figures."""
    found = queries_year.preview(edge.actor(), sent)
    return {
        "year": found.year,
        "added": len(found.difference.added),
        "changed": len(found.difference.changed),
        "removed": len(found.difference.removed),
        "revision": found.revision,
        "deadlines": would_move(edge.actor(), found, now=edge.now()),
    }


@api.get("/school-holidays")
@api.input(shapes.PeriodQuery, location="query", arg_name="query")
@api.output(shapes.HolidayList)
@api.doc(tags=CALENDAR)
def list_holidays(query: dict[str, Any]) -> Any:
    """The school holidays of a year or a period: working days on which deadlines may pause."""
    return {"items": queries_year.holidays(edge.actor(), *period_of(query))}


@api.post("/school-holidays")
@api.input(shapes.HolidayIn, arg_name="body")
@api.output(shapes.HolidayOut, status_code=201)
@api.doc(tags=CALENDAR)
def add_holiday(body: dict[str, Any]) -> Any:
    """Add a school holiday."""
    sent = SetHoliday(**body)
    holiday_id = edge.repeatable(
        hashed(body), 201, lambda: commands_holidays.set_holiday(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["holiday_id"]),
    )  # fmt: skip
    return queries_year.holiday(edge.actor(), holiday_id)


@api.put("/school-holidays/<holiday_id>")
@api.input(shapes.HolidayIn, arg_name="body")
@api.output(shapes.HolidayOut)
@api.doc(tags=CALENDAR)
def change_holiday(holiday_id: str, body: dict[str, Any]) -> Any:
    """Change a school holiday."""
    sent = SetHoliday(**body, holiday_id=holiday_id)
    edge.repeatable(
        hashed(body), 200, lambda: commands_holidays.set_holiday(edge.actor(), sent, now=edge.now()),
        lambda _ids: holiday_id,
    )  # fmt: skip
    return queries_year.holiday(edge.actor(), holiday_id)


def hashed(body: dict[str, Any]) -> dict[str, Any]:
    """A body as a repeat is told by, its days as texts."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in body.items()}


@api.delete("/school-holidays/<holiday_id>")
@api.output({}, status_code=204)
@api.doc(tags=CALENDAR)
def remove_holiday(holiday_id: str) -> Any:
    """Take a school holiday out."""
    actor = edge.actor()
    edge.repeatable(
        {}, 204, lambda: commands_holidays.remove_holiday(actor, holiday_id, now=edge.now()), lambda _ids: None
    )
    return ""
