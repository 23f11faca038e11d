"""Shapes of what is published, and of objections to it."""

from apiflask import Schema
from marshmallow import fields, validate

from service.flows.publicity.sources import HEARINGS, WAITS
from service.instances.objecting import CHANNELS
from service.web.api.schemas.base import Moment, Strict, Text, reference


class LineOut(Schema):
    """One published name; `key` names it in an objection."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    place = fields.String(required=True)
    what = fields.String(required=True)


class PublicityOut(Schema):
    """A publicity period with its names; `until` is its last day, unless it is `suspended` for an inquiry."""

    id = fields.String(required=True)
    flow = fields.String(required=True)
    heading = fields.String(required=True)
    from_on = fields.Date(required=True)
    until = fields.Date(required=True)
    suspended = fields.Boolean(required=True)
    corrected = fields.Boolean(
        required=True, metadata={"description": "It was published before, and is again after a correction."}
    )
    lines = fields.List(fields.Nested(LineOut), required=True)


class PublicityQuery(Strict):
    """The next page."""

    before = reference(load_default=None, metadata={"description": "The id of the last one of the page before."})


class PublicityList(Schema):
    """What is published now, the latest first; 50 a page."""

    items = fields.List(fields.Nested(PublicityOut), required=True)


class ObjectionIn(Strict):
    """An objection; `line` may be left out where one name is published, name and contact where the bureau allows it."""

    line = Text(most=64, load_default="")
    text = Text(most=2000, required=True)
    name = Text(most=100, load_default="")
    contact = Text(most=100, load_default="")


class ObjectionBrought(ObjectionIn):
    """An objection that a clerk registers; a letter needs its scan, uploaded before."""

    publicity_id = reference(required=True)
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    received_on = fields.Date(required=True, metadata={"description": "The day on which it reached the bureau."})
    attachment_id = Text(most=36, load_default="")


class ObjectionMade(Schema):
    """The objection that was taken, and the number of its receipt; `reached`: it has stopped the period."""

    objection_id = fields.String(required=True)
    number = fields.String(required=True)
    reached = fields.Boolean(required=True)


class PeriodQuery(Strict):
    """The periods of one case, those that are over too."""

    case = Text(most=64, load_default="", metadata={"description": "The case number."})


class PeriodOut(Schema):
    """A period to which an objection may be registered."""

    notice = fields.Nested(PublicityOut, required=True)
    business_key = fields.String(required=True)
    over = fields.Boolean(required=True)


class PeriodList(Schema):
    """Periods, the latest first; 50 at most."""

    items = fields.List(fields.Nested(PeriodOut), required=True)


class ObjectionItem(Schema):
    """An objection to what is published; `running` says whether its case goes on."""

    id = fields.String(required=True)
    at = Moment(required=True)
    about = fields.String(required=True)
    named = fields.Boolean(required=True)
    heading = fields.String(required=True)
    instance_id = fields.String(required=True)
    business_key = fields.String(required=True)
    running = fields.Boolean(required=True)
    number = fields.String(required=True, metadata={"description": "Of the receipt; empty before there were any."})
    channel = fields.String(required=True, validate=validate.OneOf(("page", *CHANNELS)))
    received_on = fields.Date(required=True, allow_none=True)
    registered_by = fields.String(required=True, metadata={"description": "The clerk; empty for the page."})
    reached = fields.Boolean(required=True)
    hearing = fields.String(
        required=True,
        validate=validate.OneOf(("", WAITS, *HEARINGS)),
        metadata={"description": "Of one that has stopped nothing, as its source was known: what came of it."},
    )


class ObjectionHeard(Strict):
    """What bureau HR makes of an objection that has stopped nothing; a reason for all but `inquired`."""

    outcome = fields.String(required=True, validate=validate.OneOf(HEARINGS))
    reason = Text(most=500, load_default="")


class ObjectionWordsOut(Schema):
    """What was said, and by whom; empty where nothing was given."""

    text = fields.String(required=True)
    name = fields.String(required=True)
    contact = fields.String(required=True)


class ObjectionOut(ObjectionItem):
    """One objection in full."""

    said = fields.Nested(ObjectionWordsOut, required=True)
    attachment_id = fields.String(required=True, allow_none=True)


class PublicityObjectionList(Schema):
    """Objections, the latest first; at most 500."""

    items = fields.List(fields.Nested(ObjectionItem), required=True)
