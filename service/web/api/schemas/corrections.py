"""Shapes of corrections: what can be corrected, one that is proposed, both versions and what it does."""

from apiflask import Schema
from marshmallow import fields, validate

from service.flows.corrections.queries import MOST, STATES
from service.web.api.schemas.base import Moment, Reasoned, Strict, Text, count, reference


class CorrectableFieldOut(Schema):
    """A value that can be corrected, as it stands; `choices` are the words that it may be."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    entered = fields.String(
        required=True,
        validate=validate.OneOf(["text", "note", "day", "number", "choice", "person", "school"]),
    )
    required = fields.Boolean(required=True)
    value = fields.Raw(required=True, allow_none=True)
    choices = fields.List(fields.String(), required=True)


class CorrectableOut(Schema):
    """One thing of a case that can be corrected; `item` tells it from others of its kind."""

    kind = fields.String(required=True)
    item = fields.String(required=True)
    label = fields.String(required=True)
    about = fields.String(required=True)
    asked = fields.List(fields.Nested(CorrectableFieldOut), required=True)


class CorrectableList(Schema):
    """Everything of a case that can be corrected now; `elsewhere` says which way there is for the rest."""

    items = fields.List(fields.Nested(CorrectableOut), required=True)
    elsewhere = fields.String(required=True)


class CaseCorrectionIn(Strict):
    """The right values (those that are left out stay), why, and the paper, uploaded before, that shows it."""

    kind = Text(most=40, required=True)
    item = Text(most=36, load_default="")
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    reason = Text(most=500, required=True)
    document = Text(most=200, required=True)
    decided_on = fields.Date(required=True)
    attachment_id = reference(required=True)


class CaseCorrectionAnswerIn(Reasoned):
    """Why a correction is refused, or taken back by whoever proposed it."""


class MovementOut(Schema):
    """One entry of the ledger that a correction adds: `undone` is the opposite of what the case had moved."""

    account_id = fields.String(required=True)
    event = fields.String(required=True)
    approved = fields.Integer(required=True)
    excess = fields.Integer(required=True)
    occupied = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    lent = fields.Integer(required=True)


class CaseCorrectionOut(Schema):
    """A correction with both versions; `ledger` and `effects` are what it does, of an open one what it would do."""

    id = fields.String(required=True)
    process_instance_id = fields.String(required=True, attribute="instance_id")
    business_key = fields.String(required=True)
    kind = fields.String(required=True)
    item = fields.String(required=True)
    about = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)
    ledger = fields.List(fields.Nested(MovementOut), required=True)
    effects = fields.List(fields.String(), required=True)
    published = fields.Boolean(required=True, metadata={"description": "A list is published again."})
    reason = fields.String(required=True)
    document = fields.String(required=True)
    decided_on = fields.Date(required=True)
    attachment_id = fields.String(required=True)
    proposed_by = fields.String(required=True)
    proposed_at = Moment(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


class CaseCorrectionQuery(Strict):
    """Which corrections."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    process_instance_id = reference(load_default=None)
    after = reference(load_default=None, metadata={"description": "The id of the last one of the page before."})
    limit = count(load_default=50, least=1, most=MOST)


class CaseCorrectionList(Schema):
    """Corrections, the newest first; `next` is what the next page is asked for by."""

    items = fields.List(fields.Nested(CaseCorrectionOut), required=True)
    next = fields.String(required=True, allow_none=True)
