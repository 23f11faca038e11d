"""Shapes of background work."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, PageQuery, page_of

STATES = ("waiting", "running", "done", "failed", "cancelled")


class RunQuery(PageQuery):
    """A page of one's own."""


class RunOut(Schema):
    """One piece of work; `result` depends on its kind, `fault` and `reason` say why it failed."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "The kind in words."})
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True, metadata={"description": "null while it is not known."})
    organisation_id = fields.String(required=True, allow_none=True)
    asked_at = Moment(required=True)
    began_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)
    cancelling = fields.Boolean(required=True)
    may_cancel = fields.Boolean(required=True)
    result = fields.Dict(keys=fields.String(), required=True)
    said = fields.String(required=True, metadata={"description": "The result in a sentence."})
    fault = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


RunPage = page_of(RunOut, "RunPage")
