"""Shapes of policy parameters."""

from apiflask import Schema
from marshmallow import fields, validate

from service.parameters.rules import CONFIRMED, OPEN, REFUSED
from service.web.api.schemas.base import Moment, Strict, Text, reference

STATES = (OPEN, CONFIRMED, REFUSED)


SCOPE = {
    "description": 'For whom: "" the whole county, else weak, area:<area>, stage:<stage>, organisation:<id> (a school,'
    " or all below a district or group) or flow:<key>, as far as the parameter allows."
}
VALUE = {
    "description": "By the unit: a whole number, true or false (yes_no), one of the choices, or a text: 09-01"
    " (day_of_year), 08:30-12:00 (hours_of_day). Null ends what was set apart for a scope."
}


class StandingQuery(Strict):
    """On which day (today), and for which school and flow (the whole county)."""

    on = fields.Date(load_default=None)
    organisation_id = reference(load_default=None)
    flow = reference(load_default=None)


class AffectedQuery(Strict):
    """Of a value for whom, that would hold on which day (today)."""

    scope = Text(most=80, load_default="", metadata=SCOPE)
    on = fields.Date(load_default=None)


class ParameterOut(Schema):
    """A parameter as it stands on a day; `valid_from` null is the declared default, `scope` for whom it is set."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Raw(required=True)
    unit = fields.String(required=True)
    source = fields.String(required=True)
    valid_from = fields.Date(required=True, allow_none=True)
    scope = fields.String(required=True, metadata=SCOPE)


class ParameterList(Schema):
    """All parameters."""

    items = fields.List(fields.Nested(ParameterOut), required=True)


class ParameterEntry(Schema):
    """One value that was entered; null ended what was set apart for its scope."""

    scope = fields.String(required=True, metadata=SCOPE)
    value = fields.Raw(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    source = fields.String(required=True)
    entered_by = fields.String(required=True)
    entered_at = Moment(required=True)


class ProposalOut(Schema):
    """A value that one person proposed; `decided_by` confirmed or refused it."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    scope = fields.String(required=True, metadata=SCOPE)
    value = fields.Raw(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    source = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    proposed_by = fields.String(required=True)
    proposed_at = Moment(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ProposalList(Schema):
    """Proposals."""

    items = fields.List(fields.Nested(ProposalOut), required=True)


class ProposalQuery(Strict):
    """Of one parameter, in one state."""

    key = Text(most=64, load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class RefusalIn(Strict):
    """Why a proposal is refused."""

    reason = Text(most=500, least=1, required=True)


class FlowUseOut(Schema):
    """A version of a flow that reads a parameter, with its running cases."""

    definition_id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    running = fields.Integer(required=True)


class StandingStepOut(Schema):
    """An open step whose deadline was counted by the parameter, and stays."""

    task_id = fields.String(required=True)
    name = fields.String(required=True)
    element_id = fields.String(required=True)
    definition_id = fields.String(required=True)
    business_key = fields.String(required=True)
    due_at = Moment(required=True)


class AffectedOut(Schema):
    """What a new value would meet; `steps` are the first 50 of `steps_count`."""

    flows = fields.List(fields.Nested(FlowUseOut), required=True)
    running = fields.Integer(required=True)
    steps = fields.List(fields.Nested(StandingStepOut), required=True)
    steps_count = fields.Integer(required=True)


class ParameterHistory(ParameterOut):
    """A parameter today, every value ever entered, the newest day first, and what waits for a second person.

    `scopes` are the kinds of scope that a value may have, `narrower` what is set apart today.
    """

    scopes = fields.List(fields.String(), required=True)
    narrower = fields.List(fields.Nested(ParameterOut), required=True)
    history = fields.List(fields.Nested(ParameterEntry), required=True)
    proposals = fields.List(fields.Nested(ProposalOut), required=True)


class ParameterIn(Strict):
    """A value, the first day on which it holds, the last (null: until another follows), what sets it, and for whom.

    Narrower values come before broader ones. With a scope, a value of null ends what was set apart for it.
    """

    scope = Text(most=80, load_default="", metadata=SCOPE)
    value = fields.Raw(required=True, allow_none=True, metadata=VALUE)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)
    source = Text(most=300, least=1, required=True)
