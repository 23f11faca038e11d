"""Shapes of exchange plans: figures, lists, openings, rounds, explanations, objections."""

from apiflask import Schema
from marshmallow import fields, validate

from service.flows.exchange.models import RESULTS
from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, Versioned, page_of, reference
from service.web.api.schemas.instances import InstanceItem, InstanceOut

WORDS = {"most": 2000, "least": 1}


class PlanQuery(PageQuery):
    """Which plans."""

    state = Text(most=12, load_default=None)


class PlanIn(Strict):
    """A plan of a year; `variables` are the fields of the flow's start form."""

    organisation_id = reference(load_default=None, allow_none=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class GoalOut(Schema):
    """A goal in whole persons: reached of needed, out of base."""

    name = fields.String(required=True)
    reached = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    base = fields.Integer(required=True)


class PlanOut(InstanceOut):
    """A plan: its case, its figures, and what may be done now."""

    year = fields.Integer(required=True)
    effective_on = fields.Date(required=True)
    term_years = fields.Integer(required=True)
    staff = fields.Integer(required=True)
    eligible = fields.Integer(required=True)
    uncounted = fields.Integer(required=True)
    goals = fields.List(fields.Nested(GoalOut), required=True)
    open = fields.List(fields.String(), required=True)
    appeals = fields.Integer(required=True)
    corrections = fields.Integer(required=True)


class SchoolProgressOut(Schema):
    """A school's part in a plan, in persons."""

    organisation_id = fields.String(required=True)
    name = fields.String(required=True)
    staff = fields.Integer(required=True)
    required = fields.Integer(required=True)
    applied = fields.Integer(required=True)
    nominated = fields.Integer(required=True)
    placed = fields.Integer(required=True)
    arrived = fields.Integer(required=True)
    backbone = fields.Integer(required=True)
    places = fields.Integer(required=True)
    coming = fields.Integer(required=True)


class ExchangeProgressOut(Schema):
    """The schools in the order of the tree."""

    items = fields.List(fields.Nested(SchoolProgressOut), required=True)


class EntryQueryIn(Strict):
    """Which entries of a plan; `after` is the id of the last one of the page before."""

    organisation_id = reference(load_default=None)
    result = fields.String(load_default=None, validate=validate.OneOf([*RESULTS, "ASK_HR"]))
    state = Text(most=10, load_default=None)
    after = reference(load_default=None)
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


class WishOut(Schema):
    """A wish with its opening."""

    number = fields.Integer(required=True)
    opening_id = fields.String(required=True)
    school = fields.String(required=True)
    subject = fields.String(required=True)
    manner = fields.String(required=True)


class ExchangeEntryOut(Schema):
    """A person on the list; `result` is ASK_HR and `counted` null where the actor may not know more."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    person_id = fields.String(required=True)
    name = fields.String(required=True)
    organisation_id = fields.String(required=True)
    school = fields.String(required=True)
    subject = fields.String(required=True)
    stage = fields.String(required=True)
    band = fields.String(required=True)
    backbone = fields.Boolean(required=True, allow_none=True)
    counted = fields.Boolean(required=True, allow_none=True)
    result = fields.String(required=True)
    reason = fields.String(required=True)
    changed_because = fields.String(required=True)
    exception = fields.String(required=True, allow_none=True)
    exception_reason = fields.String(required=True)
    state = fields.String(required=True)
    anywhere = fields.Boolean(required=True)
    motive = fields.String(required=True)
    opinion = fields.String(required=True, allow_none=True)
    opinion_text = fields.String(required=True)
    opening_id = fields.String(required=True, allow_none=True)
    target = fields.String(required=True, allow_none=True)
    manner = fields.String(required=True, allow_none=True)
    placement_id = fields.String(required=True, allow_none=True)
    arrived_on = fields.Date(required=True, allow_none=True)
    nominated_because = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    wishes = fields.List(fields.Nested(WishOut), required=True)


class EntryList(Schema):
    """Entries in the order of the list."""

    items = fields.List(fields.Nested(ExchangeEntryOut), required=True)


class ApplicationIn(Strict):
    """Wishes are openings, best first; `anywhere` lets the round choose any that fits."""

    wishes = fields.List(reference(), load_default=list, validate=validate.Length(max=20))
    anywhere = fields.Boolean(load_default=False)
    motive = Text(most=500, load_default="")


class ReasonIn(Strict):
    """Why."""

    reason = Text(**WORDS, required=True)


class OpinionIn(Strict):
    """What the school says of its applicant."""

    opinion = fields.String(required=True, validate=validate.OneOf(["support", "oppose"]))
    text = Text(most=500, load_default="")


class ExchangeObjectionIn(Strict):
    """What is objected; `wanted` is the result that a correction asks for."""

    text = Text(**WORDS, required=True)
    wanted = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(RESULTS))


class AnswerIn(Strict):
    """What was found; `result` is what stands after an accepted correction."""

    outcome = fields.String(
        required=True, validate=validate.OneOf(["accepted", "declined", "cleared", "rematch", "strike"])
    )
    text = Text(**WORDS, required=True)
    result = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(RESULTS))


class SettleIn(Versioned):
    """What stands of an entry, and why."""

    result = fields.String(required=True, validate=validate.OneOf(RESULTS))
    because = Text(most=500, least=1, required=True)


class ExceptionIn(Strict):
    """What the meeting decided of one person."""

    granted = fields.Boolean(required=True)
    reason = Text(most=500, least=1, required=True)


class ObjectionQuery(Strict):
    """Corrections of the list, or appeals against the result."""

    kind = fields.String(load_default="appeal", validate=validate.OneOf(["correction", "appeal"]))


class ExchangeObjectionOut(Schema):
    """A correction or an appeal."""

    id = fields.String(required=True)
    entry_id = fields.String(required=True)
    name = fields.String(required=True)
    school = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    wanted = fields.String(required=True, allow_none=True)
    at = Moment(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


class ObjectionList(Schema):
    """Those that wait first."""

    items = fields.List(fields.Nested(ExchangeObjectionOut), required=True)


PlanPage = page_of(InstanceItem, "ExchangePlanPage")
