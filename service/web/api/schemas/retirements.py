"""Shapes of flows that are taken out of use."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import PageQuery, Strict, Text, page_of
from service.web.api.schemas.drafts import SaidOut

REQUEST_STATES = ("open", "approved", "refused")


class RetireIn(Strict):
    """Why a flow takes no new cases any more, or what is said to the request."""

    reason = Text(most=500, allow_none=True, load_default=None)


class RetiredOut(Schema):
    """The version by which the flow was named, as it stands; `retirement_id` where a second admin must approve it."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    state = fields.String(required=True)
    retirement_id = fields.String(required=True, allow_none=True)


class RetirementRequestQuery(PageQuery):
    """Of a flow, in a state."""

    key = Text(most=64, load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(REQUEST_STATES))


class RetirementRequestOut(Schema):
    """That a flow shall take no new cases: who asked why, and what a second admin said."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    definition_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(REQUEST_STATES))
    asked = fields.Nested(SaidOut, required=True)
    answer = fields.Nested(SaidOut, required=True, allow_none=True)
    why_not_approve = fields.String(required=True, allow_none=True)


RetirementRequestPage = page_of(RetirementRequestOut, "RetirementRequestPage")
