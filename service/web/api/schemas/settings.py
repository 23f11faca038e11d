"""Shapes of policy parameters and of the calendar."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, Strict, Text


class DayQuery(Strict):
    """On which day (today)."""

    on = fields.Date(load_default=None)


class ParameterOut(Schema):
    """A parameter as it stands on a day; `valid_from` null is the declared default."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Raw(required=True)
    unit = fields.String(required=True)
    source = fields.String(required=True)
    valid_from = fields.Date(required=True, allow_none=True)


class ParameterList(Schema):
    """All parameters."""

    items = fields.List(fields.Nested(ParameterOut), required=True)


class ParameterEntry(Schema):
    """One value that was entered."""

    value = fields.Raw(required=True)
    valid_from = fields.Date(required=True)
    source = fields.String(required=True)
    entered_by = fields.String(required=True)
    entered_at = Moment(required=True)


class ParameterHistory(ParameterOut):
    """A parameter today, and every value ever entered, the newest day first."""

    history = fields.List(fields.Nested(ParameterEntry), required=True)


class ParameterIn(Strict):
    """A value, the first day on which it holds, and the text or decision that sets it."""

    value = fields.Raw(required=True, metadata={"description": "Boolean, whole number or one of the choices."})
    valid_from = fields.Date(required=True)
    source = Text(most=300, least=1, required=True)


class YearQuery(Strict):
    """The calendar year."""

    year = fields.Integer(required=True, validate=validate.Range(2000, 2100))


class CalendarDay(Schema):
    """A day that differs from its weekday; `source` is published (State Council) or local."""

    day = fields.Date(required=True)
    working = fields.Boolean(required=True)
    name = fields.String(required=True)
    source = fields.String(required=True)


class CalendarOut(Schema):
    """The exceptional days of a year."""

    items = fields.List(fields.Nested(CalendarDay), required=True)


class CalendarDayIn(Strict):
    """Make a day a working day or a day off, under a name that people read."""

    working = fields.Boolean(required=True)
    name = Text(most=80, least=1, required=True)


class RevisionOut(Schema):
    """The calendar's new revision; deadlines counted by older ones are recomputed."""

    revision = fields.Integer(required=True)
