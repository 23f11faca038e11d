"""Shapes of cases that began on paper: what is told of one, where it would stand, what it would hold."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, count, page_of, reference
from service.web.api.schemas.papers import TallyIn

STEPS, ROWS = 200, 2000


class ToldTallyIn(TallyIn):
    """The count of a vote; of a committee that sat on paper, whose members nobody names, how many they are."""

    members = count(allow_none=True, load_default=None, metadata={"description": "Those who stepped aside included."})
    aside = count(load_default=0, metadata={"description": "How many stepped aside."})


class ToldStepIn(Strict):
    """An earlier step as its paper tells it; the fields are those of a recorded paper."""

    element_id = Text(most=200, least=1, required=True)
    decided_on = fields.Date(required=True)
    decided_by = Text(most=200, allow_none=True, load_default=None, metadata={"description": "As the paper names it."})
    person_id = reference(allow_none=True, load_default=None)
    document = Text(most=100, load_default="", metadata={"description": "Number of the document."})
    attachment_id = Text(most=64, load_default="", metadata={"description": "Scan; several steps may share one."})
    decision = Text(most=64, load_default="complete")
    opinion = Text(most=4000, allow_none=True, load_default=None)
    values = fields.Dict(keys=fields.String(), load_default=dict)
    tally = fields.Nested(ToldTallyIn, allow_none=True, load_default=None)
    about = Text(
        most=64,
        allow_none=True,
        load_default=None,
        metadata={"description": "Of a step that is done for several: whose (a candidate's ID number, a school's id)."},
    )
    rows = fields.List(
        fields.Dict(keys=fields.String()),
        load_default=list,
        validate=validate.Length(max=ROWS),
        metadata={"description": "What stood beside the form by then, such as who applied; by ID number."},
    )


class PaperCaseIn(Strict):
    """A case on paper: who asked for it when, its earlier steps in their order, and where it stands."""

    definition_key = reference(required=True)
    organisation_id = reference(required=True)
    initiator_id = reference(required=True, metadata={"description": "Who asked for it, and answers returns."})
    requested_on = fields.Date(required=True)
    element_id = Text(most=200, least=1, required=True, metadata={"description": "Where it stands."})
    variables = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "The start form."})
    steps = fields.List(fields.Nested(ToldStepIn), load_default=list, validate=validate.Length(max=STEPS))
    business_key = Text(most=64, allow_none=True, load_default=None)
    hold_id = reference(allow_none=True, load_default=None, metadata={"description": "A named hold it takes over."})


class PlaceOut(Schema):
    """An element at which a case can stand; `allowed` whether one on paper may, else why not, in words."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["task", "wait"]))
    allowed = fields.Boolean(required=True)
    code = fields.String(allow_none=True, required=True)
    message = fields.String(allow_none=True, required=True)


class PlacesOut(Schema):
    """Every element at which a case of the flow can stand."""

    items = fields.List(fields.Nested(PlaceOut), required=True)


class HeldOut(Schema):
    """What the case holds of an account, and what is free there after it."""

    account_id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    kind = fields.String(required=True)
    band = fields.String(allow_none=True, required=True)
    pool = fields.Boolean(required=True)
    count = fields.Integer(required=True)
    free = fields.Integer(required=True)


class WaitsOut(Schema):
    """A step that is open or a period that runs; `was_due` its real day, where that was past and more time is given."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    due_at = Moment(allow_none=True, required=True)
    was_due = Moment(allow_none=True, required=True)


class RestOut(Schema):
    """Where the case would stand, what it would hold, which deadlines would run."""

    title = fields.String(required=True)
    waits = fields.List(fields.Nested(WaitsOut), required=True)
    holds = fields.List(fields.Nested(HeldOut), required=True)


class ProposedOut(Schema):
    """The id under which it waits for a second person."""

    id = fields.String(required=True)


class BegunOut(Schema):
    """The case that it has become."""

    instance_id = fields.String(required=True)


class PaperCaseRefusal(Strict):
    """Why nothing comes of it."""

    reason = Text(most=500, least=1, required=True)


class PaperCaseQuery(PageQuery):
    """Those of a state, or all."""

    state = fields.String(load_default=None, validate=validate.OneOf(["open", "confirmed", "refused"]))


class PaperCaseOut(Schema):
    """A told case: waiting, confirmed (then `instance_id` is the case) or refused."""

    id = fields.String(required=True)
    definition_key = fields.String(required=True)
    organisation_id = fields.String(required=True)
    element_id = fields.String(required=True)
    initiator_id = fields.String(required=True)
    requested_on = fields.Date(required=True)
    state = fields.String(required=True)
    proposed_by = fields.String(required=True)
    proposed_at = Moment(required=True)
    decided_by = fields.String(allow_none=True, required=True)
    decided_at = Moment(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)
    instance_id = fields.String(allow_none=True, required=True)
    import_id = fields.String(allow_none=True, required=True)


PaperCasePage = page_of(PaperCaseOut, "PaperCasePage")
