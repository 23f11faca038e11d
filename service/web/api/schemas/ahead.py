"""Shapes of what comes next: paths of steps, and forks whose branches are paths again."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment

KINDS = ("task", "call", "wait", "join", "fork", "back", "end", "more", "signers")


class AheadHolderOut(Schema):
    """A queue that would have the step."""

    holder = fields.String(required=True, metadata={"description": "`role@organisation`"})
    role = fields.String(required=True)
    organisation = fields.String(required=True)


class BranchOut(Schema):
    """One way of a fork; `goes_on` when it leads to what stands after the fork."""

    conditions = fields.List(fields.String(), required=True)
    goes_on = fields.Boolean(required=True)
    path = fields.List(fields.Nested(lambda: AheadOut()), required=True)


class BesideOut(Schema):
    """An event attached to a step: it may come while the step is open, and ends it where it interrupts."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    due_at = Moment(allow_none=True, required=True, metadata={"description": "When its period is over at the latest."})
    interrupts = fields.Boolean(required=True)
    leads_to = fields.List(fields.String(), required=True, metadata={"description": "Names of what comes first then."})


class AheadOut(Schema):
    """Something ahead: a step of people, a called process, a period, a join, a fork, a way back, an end.

    `more` says that what follows is too far ahead to tell; `signers` are others who sign the same step.
    """

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    element_id = fields.String(allow_none=True, required=True)
    name = fields.String(required=True)
    holders = fields.List(fields.Nested(AheadHolderOut), required=True)
    persons = fields.List(fields.String(), required=True, metadata={"description": "Who stands for them today."})
    due_at = Moment(
        allow_none=True,
        required=True,
        metadata={"description": "When it is done at the latest, if every step before takes all its time."},
    )
    repeated = fields.Boolean(required=True, metadata={"description": "Once for each item of a list."})
    side_by_side = fields.Boolean(required=True, metadata={"description": "The branches run at the same time."})
    beside = fields.List(fields.Nested(BesideOut), required=True)
    depends_on = fields.List(fields.String(), required=True, metadata={"description": "What is not known yet."})
    branches = fields.List(fields.Nested(BranchOut), required=True)


class OutlookOut(Schema):
    """What comes after a decision; null: after everybody has let the case go on."""

    decision = fields.String(allow_none=True, required=True)
    label = fields.String(allow_none=True, required=True)
    path = fields.List(fields.Nested(AheadOut), required=True)


class PreviewOut(Schema):
    """An open step or waiting event of a case, and what comes after it."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    path = fields.List(fields.Nested(AheadOut), required=True)
