"""Shapes of reports: who is late, and the list behind."""

from apiflask import Schema
from marshmallow import fields

from service.web.api.schemas.base import Moment, PageQuery, Text, page_of, reference
from service.web.api.schemas.tasks import TaskItem


class LatenessOut(Schema):
    """What one office owes: overdue now, and done late in the last twelve months; late in working days."""

    organisation_id = fields.String(required=True)
    organisation = fields.String(required=True)
    role = fields.String(required=True, metadata={"description": "Empty for persons who were named."})
    overdue = fields.Integer(required=True)
    workdays = fields.Integer(required=True, metadata={"description": "Working days late of all that is overdue."})
    longest = fields.Integer(required=True, metadata={"description": "Working days late of the oldest."})
    done = fields.Integer(required=True, metadata={"description": "Done late in the last twelve months."})
    done_workdays = fields.Integer(required=True)


class OverdueOut(Schema):
    """The figures as of a moment."""

    as_of = Moment(required=True)
    items = fields.List(fields.Nested(LatenessOut), required=True)


class LateQuery(PageQuery):
    """Of which office."""

    organisation_id = reference(required=True)
    role = Text(most=64, load_default=None)


class LateTaskOut(TaskItem):
    """An overdue task, how late, and with whom it lies."""

    workdays_late = fields.Integer(required=True)
    holders = fields.List(fields.String(), required=True, metadata={"description": "person:… or role@organisation"})


LateTaskPage = page_of(LateTaskOut, "LateTaskPage")
