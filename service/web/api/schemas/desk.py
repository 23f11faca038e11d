"""Shapes of a person's desk: saved filters of the inbox, phrases for opinions."""

from apiflask import Schema
from marshmallow import fields, validate

from service.desk.commands_phrases import LONGEST, MOST
from service.tasks.dues import DUES
from service.tasks.orders import SORTS
from service.tasks.queries_boxes import BOXES
from service.web.api.schemas.base import Strict, Text, reference
from service.web.api.schemas.tasks import DUE_WORDS


class FilterIn(Strict):
    """A list under a name; it is shared with a role of one's own (`role@organisation`) or one's `organisation:<id>`."""

    name = Text(most=40, least=1, required=True)
    box = fields.String(load_default="todo", validate=validate.OneOf(BOXES))
    flow = Text(most=64, allow_none=True, load_default=None)
    q = Text(most=100, allow_none=True, load_default=None)
    organisation_id = reference(allow_none=True, load_default=None)
    due = fields.String(
        allow_none=True, load_default=None, validate=validate.OneOf(DUES), metadata={"description": DUE_WORDS}
    )
    sort = fields.String(load_default="due", validate=validate.OneOf(list(SORTS)))
    shared_with = Text(most=120, allow_none=True, load_default=None)


class FilterOut(Schema):
    """A saved filter; `mine` says who may change it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    box = fields.String(required=True)
    flow = fields.String(allow_none=True, required=True)
    q = fields.String(allow_none=True, required=True)
    organisation_id = fields.String(allow_none=True, required=True)
    due = fields.String(allow_none=True, required=True)
    sort = fields.String(required=True)
    shared_with = fields.String(allow_none=True, required=True)
    mine = fields.Boolean(required=True)


class FilterList(Schema):
    """One's own filters, then those shared with one."""

    items = fields.List(fields.Nested(FilterOut), required=True)


class PhrasesIn(Strict):
    """A whole list, in its order."""

    phrases = fields.List(Text(most=LONGEST, least=1), required=True, validate=validate.Length(max=MOST))


class PhrasesOut(Schema):
    """One's own phrases, and the bureau's."""

    own = fields.List(fields.String(), required=True)
    bureau = fields.List(fields.String(), required=True)
