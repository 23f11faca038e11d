"""Shapes of policy parameters."""

from apiflask import Schema
from marshmallow import fields

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
