"""Shapes of the confirmations that a school has no other open case on paper."""

from apiflask import Schema
from marshmallow import fields

from service.web.api.schemas.base import Moment, Strict, Text, reference


class ConfirmationOut(Schema):
    """Who has confirmed it, and when; `recorder` has written down what was said on a sealed paper."""

    name = fields.String(required=True)
    at = Moment(required=True)
    document = fields.String(required=True, allow_none=True)
    attachment_id = fields.String(required=True, allow_none=True)
    recorder = fields.String(required=True, allow_none=True)


class OpenCaseCheckOut(Schema):
    """A school: what each side has confirmed; null where it has not."""

    organisation_id = fields.String(required=True)
    organisation_name = fields.String(required=True)
    school = fields.Nested(ConfirmationOut, required=True, allow_none=True)
    bureau = fields.Nested(ConfirmationOut, required=True, allow_none=True)
    complete = fields.Boolean(required=True)


class OpenCaseChecksOut(Schema):
    """`needed` says whether schools ask for posts only after both sides have confirmed it."""

    needed = fields.Boolean(required=True)
    items = fields.List(fields.Nested(OpenCaseCheckOut), required=True)


class OpenCaseQuery(Strict):
    """One school, or all whose ledger I may see."""

    organisation_id = reference(load_default=None)


class TakeBackIn(Strict):
    """Why it does not hold any more."""

    reason = Text(most=500, least=1, required=True)
