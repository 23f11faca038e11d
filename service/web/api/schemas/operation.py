"""Shapes of incidents, notices, messages and the tools of admins."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, page_of, reference


class IncidentQuery(Strict):
    """Open incidents, or those that are resolved; the newest first."""

    resolved = fields.Boolean(load_default=False)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class IncidentOut(Schema):
    """One failure of one element of one case."""

    id = fields.String(required=True)
    process_instance_id = fields.String(required=True, allow_none=True, attribute="instance_id")
    element_id = fields.String(required=True)
    kind = fields.String(required=True)
    subject_id = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True)
    at = Moment(required=True)
    resolved_at = Moment(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)


class IncidentList(Schema):
    """Incidents."""

    items = fields.List(fields.Nested(IncidentOut), required=True)


class NoticeQuery(PageQuery):
    """A page of my notices, newest first."""


class NoticeOut(Schema):
    """A notice to me or to one of my roles."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    process_instance_id = fields.String(required=True, allow_none=True)
    task_id = fields.String(required=True, allow_none=True)
    at = Moment(required=True)
    read_at = Moment(required=True, allow_none=True)


class ReadIn(Strict):
    """Which of my notices; null: all."""

    ids = fields.List(reference(), load_default=None, allow_none=True, validate=validate.Length(max=200))


class UnreadOut(Schema):
    """How many notices I have not read; 100 stands for more than 99."""

    unread = fields.Integer(required=True)


class MessageIn(Strict):
    """A message from outside; a `message_id` is delivered once."""

    name = Text(most=200, least=1, required=True)
    correlation_key = Text(most=200, load_default="")
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    message_id = reference(required=True)


class DeliveredOut(Schema):
    """The case that took the message."""

    process_instance_id = fields.String(required=True)


NoticePage = page_of(NoticeOut, "NoticePage")
