"""Shapes of deciding many tasks at once."""

from apiflask import Schema
from marshmallow import fields, validate

from service.tasks.bulk import MOST
from service.web.api.schemas.base import Moment, Strict, Text, Versioned, reference


class ChosenIn(Versioned):
    """A task, and the version of it that was seen (a task of several signers needs none)."""

    id = reference(required=True)


class BulkIn(Strict):
    """Tasks of one's own that are decided alike; those that ask for more are refused with the reason."""

    tasks = fields.List(fields.Nested(ChosenIn), required=True, validate=validate.Length(1, MOST))
    decision = Text(
        most=64,
        least=1,
        allow_none=True,
        load_default=None,
        metadata={"description": "Without it the agreeing decision of each step."},
    )
    opinion = Text(most=2000, allow_none=True, load_default=None)


class BulkRowOut(Schema):
    """What came of one task: done, refused with code and reason, or waiting for a run, unless that was cancelled."""

    task_id = fields.String(required=True)
    business_key = fields.String(allow_none=True, required=True)
    title = fields.String(allow_none=True, required=True)
    state = fields.String(required=True)
    code = fields.String(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)


class BulkOut(Schema):
    """A row for each task, in the order in which they were sent."""

    id = fields.String(required=True)
    decision = fields.String(allow_none=True, required=True)
    run_id = fields.String(
        allow_none=True, required=True, metadata={"description": "The background work that decides more than a page."}
    )
    at = Moment(required=True)
    done = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    rows = fields.List(fields.Nested(BulkRowOut), required=True)
