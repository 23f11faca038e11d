"""Shapes of the calendar: days, years, their import, school holidays."""

from typing import Any

from apiflask import Schema
from marshmallow import ValidationError, fields, validate, validates_schema

from service.web.api.schemas.base import Moment, Strict, Text

YEARS = validate.Range(2000, 2100)


class PeriodQuery(Strict):
    """A calendar year, or the days `from` to `to` (both included, at most ten years)."""

    year = fields.Integer(load_default=None, allow_none=True, validate=YEARS)
    first = fields.Date(load_default=None, data_key="from", allow_none=True)
    last = fields.Date(load_default=None, data_key="to", allow_none=True)

    @validates_schema
    def one_way(self, data: dict[str, Any], **_options: Any) -> None:
        """Either the year or both days."""
        ends = (data["first"], data["last"])
        if (data["year"] is None) != all(ends) or any(ends) != all(ends):
            raise ValidationError("Field may not be null.", "year")
        if all(ends) and not 0 <= (data["last"] - data["first"]).days <= 3660:
            raise ValidationError("Invalid value.", "to")


class CalendarDay(Schema):
    """A day that differs from its weekday; `source` is published (State Council) or local."""

    day = fields.Date(required=True)
    working = fields.Boolean(required=True)
    name = fields.String(required=True)
    source = fields.String(required=True)


class CalendarOut(Schema):
    """The exceptional days of a period."""

    items = fields.List(fields.Nested(CalendarDay), required=True)


class CalendarDayIn(Strict):
    """Make a day a working day or a day off, under a name that people read."""

    working = fields.Boolean(required=True)
    name = Text(most=80, least=1, required=True)


class RevisionOut(Schema):
    """The calendar's new revision; deadlines counted by older ones are recomputed."""

    revision = fields.Integer(required=True)


class YearOut(Schema):
    """A year and the document that publishes it; a provisional one counts weekends only."""

    year = fields.Integer(required=True)
    provisional = fields.Boolean(required=True)
    source = fields.String(required=True, allow_none=True)
    loaded_at = Moment(required=True, allow_none=True)


class YearList(Schema):
    """The years that were loaded."""

    items = fields.List(fields.Nested(YearOut), required=True)


class ImportIn(Strict):
    """The days of a year as XLSX, or CSV in UTF-8 or GB18030, with the columns date, kind, name of the template.

    `source` is name or number of the document that publishes them; `revision` is the one that a dry run told.
    """

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})

    year = fields.Integer(required=True, validate=YEARS)
    source = Text(most=200, least=1, required=True)
    revision = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**31 - 1))


class ImportQuery(Strict):
    """`dry_run` tells what would change and loads nothing."""

    dry_run = fields.Boolean(load_default=False)


class ImportOut(Schema):
    """Days that come, change and go; `deadlines` are the open ones that would move (null once it is loaded)."""

    year = fields.Integer(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    deadlines = fields.Integer(required=True, allow_none=True)


class TemplateQuery(Strict):
    """The year whose known days the template holds, and its form."""

    year = fields.Integer(required=True, validate=YEARS)
    form = fields.String(load_default="xlsx", validate=validate.OneOf(("xlsx", "csv")))


class HolidayIn(Strict):
    """A school holiday, both days included."""

    name = Text(most=80, least=1, required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)


class HolidayOut(HolidayIn):
    """A school holiday with its id."""

    id = fields.String(required=True)


class HolidayList(Schema):
    """The school holidays of a period."""

    items = fields.List(fields.Nested(HolidayOut), required=True)
