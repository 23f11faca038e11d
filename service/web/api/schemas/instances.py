"""Shapes of process instances: start, lists, one case, its events and variables."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, PageQuery, Reasoned, Strict, Text, page_of, reference


class StartIn(Strict):
    """Ask for a case; `variables` are the fields of the flow's start form."""

    definition_key = Text(most=64, required=True)
    organisation_id = reference(load_default=None, allow_none=True)
    business_key = Text(most=64, load_default=None, allow_none=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class InstanceQuery(PageQuery):
    """Which cases."""

    mine = fields.Boolean(load_default=False)
    definition_key = Text(most=64, load_default=None)
    state = Text(most=12, load_default=None)
    organisation_id = reference(load_default=None)
    business_key = Text(most=64, load_default=None)


class CurrentOut(Schema):
    """A place where the case stands."""

    element_id = fields.String(required=True)
    name = fields.String(allow_none=True, required=True)
    kind = fields.String(required=True)
    task_id = fields.String(allow_none=True, required=True)
    holders = fields.List(fields.String(), required=True)


class InstanceItem(Schema):
    """A case as lists show it."""

    id = fields.String(required=True)
    business_key = fields.String(required=True)
    definition_key = fields.String(required=True)
    definition_version = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    initiator = fields.String(required=True)
    organisation_id = fields.String(required=True)
    started_at = Moment(required=True)
    ended_at = Moment(allow_none=True, required=True)
    version = fields.Integer(required=True)


class InstanceOut(InstanceItem):
    """A case: where it stands and what it knows."""

    variables = fields.Dict()
    current = fields.List(fields.Nested(CurrentOut), required=True)
    suspension_reason = fields.String(allow_none=True)


class EventQuery(PageQuery):
    """Events after a number."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))


class EventOut(Schema):
    """One event of the chain."""

    seq = fields.Integer(required=True)
    at = Moment(required=True)
    kind = fields.String(required=True)
    actor_id = fields.String(required=True)
    actor_name = fields.String(allow_none=True)
    on_behalf_of = fields.String(allow_none=True, metadata={"description": "Whom the actor represented, if anybody."})
    on_behalf_of_name = fields.String(allow_none=True)
    element_id = fields.String(required=True)
    body = fields.Dict(allow_none=True)
    redacted_at = Moment(allow_none=True)


class ChangeOut(Schema):
    """One change of one variable."""

    version = fields.Integer(required=True)
    scope = fields.String(required=True)
    name = fields.String(required=True)
    element_id = fields.String(required=True)
    old = fields.Raw(allow_none=True)
    new = fields.Raw(allow_none=True)
    at = Moment(required=True)


class VariablesOut(Schema):
    """The variables of a case and what each step did to them."""

    variables = fields.Dict(required=True)
    changes = fields.List(fields.Nested(ChangeOut), required=True)


class DiagramOut(Schema):
    """The diagram of a case: its XML, the elements passed in order, and the current ones."""

    xml = fields.String(required=True)
    passed = fields.List(fields.String(), required=True)
    current = fields.List(fields.String(), required=True)


class TimerOut(Schema):
    """A deadline of a case."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    element_id = fields.String(required=True)
    due_at = Moment(allow_none=True, required=True)
    rule = fields.String(required=True)
    unit = fields.String(required=True)


class MoveTimerIn(Reasoned):
    """When a timer of the diagram falls due now, and why; `seen` is when it did so far (409 when that has changed)."""

    due_at = Moment(required=True)
    seen = Moment(load_default=None, allow_none=True)


class RetriedOut(Schema):
    """How many incidents a retry closed."""

    resolved = fields.Integer(required=True)


class FiredOut(Schema):
    """Whether the timer fired; false when it was gone or its case was held elsewhere."""

    fired = fields.Boolean(required=True)


InstancePage = page_of(InstanceItem, "InstancePage")
EventPage = page_of(EventOut, "EventPage")
