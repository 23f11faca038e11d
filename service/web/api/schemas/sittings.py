"""Shapes of committees: sittings, their list and members, marks, experts."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, Strict, Text, count, page_of, reference
from service.web.api.schemas.titles import LEVEL, MARK, TitleVersionIn


class SessionQuery(Strict):
    """The sittings of a batch, or all."""

    batch_id = reference(load_default=None)


class TitleSessionIn(Strict):
    """A sitting to be planned; `subject` null: every subject."""

    organisation_id = reference(required=True)
    name = Text(most=120, least=1, required=True)
    level = fields.String(required=True, validate=LEVEL)
    kind = fields.String(required=True, validate=validate.OneOf(["series", "specialty", "other"]))
    subject = Text(most=40, load_default=None, allow_none=True)
    seats = count(least=1, most=99, required=True)
    filing = Text(most=200, least=1, required=True)
    filed_on = fields.Date(required=True)
    meets_on = fields.Date(required=True)
    vote_until = fields.Date(required=True)


class TitleSessionItem(Schema):
    """A sitting; `seed` and `pool_hash` once it is drawn, so that anybody can draw again."""

    id = fields.String(required=True)
    batch_id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    kind = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    seats = fields.Integer(required=True)
    filing = fields.String(required=True)
    filed_on = fields.Date(required=True, allow_none=True)
    meets_on = fields.Date(required=True)
    vote_until = fields.Date(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["planned", "drawn", "voting", "cancelled"]))
    listed = fields.Integer(required=True, allow_none=True)
    seed = fields.String(required=True, allow_none=True)
    pool_hash = fields.String(required=True, allow_none=True)
    drawn_at = Moment(required=True, allow_none=True)
    drawn_because = fields.String(required=True, allow_none=True)
    cancelled_because = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TitleSessionList(Schema):
    """The sittings that I may know of, the latest first."""

    items = fields.List(fields.Nested(TitleSessionItem), required=True)


class TitleCandidateOut(Schema):
    """Somebody on the list; `mine` is the state of my own seat at the vote.

    `closed`: every member has voted; the ballots are counted when every vote of the sitting has ended.
    """

    process_instance_id = fields.String(required=True, attribute="instance_id")
    name = fields.String(required=True)
    school = fields.String(required=True)
    subject = fields.String(required=True)
    school_score = fields.Float(required=True, allow_none=True, metadata=MARK)
    demonstration = fields.Float(required=True, allow_none=True, metadata=MARK)
    interview = fields.Float(required=True, allow_none=True, metadata=MARK)
    task_id = fields.String(required=True, allow_none=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["waiting", "open", "closed", "passed", "failed", "no_quorum"])
    )  # fmt: skip
    voted = fields.Integer(required=True)
    recused = fields.Integer(required=True)
    members = fields.Integer(required=True)
    mine = fields.String(required=True, allow_none=True)


class TitleMemberOut(Schema):
    """A drawn expert; told to who convenes, the bureau and the auditor alone."""

    person_id = fields.String(required=True)
    name = fields.String(required=True)
    position = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["seated", "next", "excused"]))
    reason = fields.String(required=True)


class TitleSessionOut(TitleSessionItem):
    """A sitting with its list and, for who may know them, its members."""

    candidates = fields.List(fields.Nested(TitleCandidateOut), required=True)
    member_list = fields.List(fields.Nested(TitleMemberOut), required=True)
    reproducible = fields.Boolean(required=True, allow_none=True)


NO_INTEREST = {"description": "That I am related to nobody on the list: asked of who handles it."}


class TitleListIn(TitleVersionIn):
    """The cases on the list; null: everybody who waits for a sitting like this, [] empties it."""

    process_instance_ids = fields.List(reference(), load_default=None, allow_none=True)
    no_interest = fields.Boolean(load_default=False, metadata=NO_INTEREST)


class TitleDrawIn(TitleVersionIn):
    """`reason`: why once more, where a sitting like this was drawn and has not voted."""

    reason = Text(most=200, load_default="")
    no_interest = fields.Boolean(load_default=False, metadata=NO_INTEREST)


class TitleVoteIn(TitleVersionIn):
    """The version of the sitting whose votes are opened."""

    no_interest = fields.Boolean(load_default=False, metadata=NO_INTEREST)


class TitleCancelIn(TitleVersionIn):
    """Why the committee does not sit."""

    reason = Text(most=200, least=1, required=True)


class ExcuseIn(TitleVersionIn):
    """Who cannot come, and why."""

    person_id = reference(required=True)
    reason = Text(most=200, least=1, required=True)
    no_interest = fields.Boolean(load_default=False, metadata=NO_INTEREST)


class TitleMarkIn(Strict):
    """The marks of one candidate; what is left out stays, null takes back."""

    process_instance_id = reference(required=True)
    demonstration = fields.Float(allow_none=True, metadata=MARK)
    interview = fields.Float(allow_none=True, metadata=MARK)


class TitleMarksIn(TitleVersionIn):
    """The marks of several candidates: all are kept or none."""

    no_interest = fields.Boolean(load_default=False, metadata=NO_INTEREST)
    marks = fields.List(fields.Nested(TitleMarkIn), required=True)


class TitleCountOut(Schema):
    """How many it concerned."""

    count = fields.Integer(required=True)


class ExpertIn(Strict):
    """A term in a pool."""

    organisation_id = reference(required=True)
    person_id = reference(required=True)
    highest = fields.String(required=True, validate=LEVEL)
    subject = Text(most=40, load_default=None, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    document = Text(most=200, least=1, required=True)


class ExpertEnd(Strict):
    """The first day without the term."""

    on = fields.Date(required=True)


class ExpertOut(Schema):
    """A term of an expert: valid_from ≤ day < valid_until."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    name = fields.String(required=True)
    organisation_id = fields.String(required=True)
    highest = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    document = fields.String(required=True)


class ExpertQuery(Strict):
    """Words of the name; `cursor` is the `next` of the page before."""

    name = Text(most=40, load_default="")
    cursor = reference(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


ExpertPage = page_of(ExpertOut, "TitleExpertPage")
"""The terms that I see and that have not ended."""
