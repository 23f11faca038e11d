"""Shapes of openings and of matching rounds of the exchange."""

from apiflask import Schema
from marshmallow import fields, validate

from service.flows.exchange.matching.problem import MANNERS
from service.web.api.schemas.base import Moment, Strict, Text, count, reference


class Made(Schema):
    """The id of what was made."""

    id = fields.String(required=True)


class ApplicantOut(Schema):
    """Who wishes to come, for the receiving school."""

    entry_id = fields.String(required=True)
    name = fields.String(required=True)
    school = fields.String(required=True)
    band = fields.String(required=True)
    backbone = fields.Boolean(required=True, allow_none=True)
    duty = fields.String(required=True)
    number = fields.Integer(required=True)
    motive = fields.String(required=True)
    opinion = fields.String(required=True, allow_none=True)
    rank = fields.Integer(required=True, allow_none=True)
    declined = fields.Boolean(required=True)
    reason = fields.String(required=True)
    marks = fields.List(fields.String(), required=True, metadata={"description": "Of a panel, by its members."})
    total = fields.String(required=True, allow_none=True, metadata={"description": "Their mean, two decimals."})


class PanelMember(Strict):
    """Somebody of a panel, and where from."""

    name = Text(most=50, required=True)
    unit = Text(most=100, load_default="")


class ExchangeOpeningIn(Strict):
    """Places that a school offers; `band` empty takes every band."""

    organisation_id = reference(load_default=None, allow_none=True)
    subject = Text(most=40, least=1, required=True)
    stage = Text(most=16, required=True)
    band = Text(most=16, load_default="")
    count = count(required=True, least=1, most=50)
    manner = fields.String(load_default="move", validate=validate.OneOf(MANNERS))
    competition = fields.Boolean(load_default=False)
    note = Text(most=300, load_default="")


class OpeningOut(Schema):
    """An opening; applicants for its school and bureau HR only."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    school = fields.String(required=True)
    number = fields.Integer(required=True)
    subject = fields.String(required=True)
    stage = fields.String(required=True)
    band = fields.String(required=True)
    count = fields.Integer(required=True)
    manner = fields.String(required=True)
    competition = fields.Boolean(required=True)
    note = fields.String(required=True)
    panel = fields.List(fields.Nested(PanelMember), required=True)
    tie_reason = fields.String(required=True)
    applicants = fields.List(fields.Nested(ApplicantOut), required=True)


class OpeningQuery(Strict):
    """The openings of one school."""

    organisation_id = reference(load_default=None)


class OpeningList(Schema):
    """Openings by number."""

    items = fields.List(fields.Nested(OpeningOut), required=True)


class RankingIn(Strict):
    """Entries, best first, and who is declined with the reason."""

    ranked = fields.List(reference(), load_default=list, validate=validate.Length(max=1000))
    declined = fields.Dict(keys=reference(), values=Text(most=300, least=1), load_default=dict)


class AssessmentIn(Strict):
    """Marks of a panel, 0 to 100, by entry in the order of its members; empty where a member gives none.

    `order` puts equals in order, best first; `no_interest`: every member was asked about kinship and interest;
    `sheet_id`: the sheet that they have signed, an attachment; empty keeps the one that is there.
    """

    panel = fields.List(fields.Nested(PanelMember), required=True, validate=validate.Length(max=15))
    marks = fields.Dict(keys=reference(), values=fields.List(Text(most=8)), load_default=dict)
    declined = fields.Dict(keys=reference(), values=Text(most=300, least=1), load_default=dict)
    order = fields.List(reference(), load_default=list, validate=validate.Length(max=1000))
    tie_reason = Text(most=500, load_default="")
    no_interest = fields.Boolean(load_default=False)
    sheet_id = Text(most=36, load_default="")


class PublishedOut(Schema):
    """One line of the published list."""

    name = fields.String(required=True)
    source = fields.String(required=True)
    subject = fields.String(required=True)
    target = fields.String(required=True)
    manner = fields.String(required=True)


class PublishedList(Schema):
    """By opening."""

    items = fields.List(fields.Nested(PublishedOut), required=True)


class RoundIn(Strict):
    """A round; without a seed one is drawn."""

    seed = count(load_default=None, allow_none=True, most=2**31 - 1)


class MatchingRoundOut(Schema):
    """A matching round in figures; its run tells how far it is while `done_at` is null."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    number = fields.Integer(required=True)
    seed = fields.Integer(required=True)
    inputs_hash = fields.String(required=True)
    result_hash = fields.String(required=True, allow_none=True)
    quality = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    solver = fields.String(required=True)
    run_id = fields.String(required=True, allow_none=True)
    replay_of = fields.Integer(required=True, allow_none=True)
    same = fields.Boolean(required=True, allow_none=True)
    adopted = fields.Boolean(required=True)
    asked_at = Moment(required=True)
    done_at = Moment(required=True, allow_none=True)


class MatchingRoundList(Schema):
    """Rounds, the newest first."""

    items = fields.List(fields.Nested(MatchingRoundOut), required=True)


class PlacedOut(Schema):
    """A person in the result of a round."""

    entry_id = fields.String(required=True)
    name = fields.String(required=True)
    source = fields.String(required=True)
    subject = fields.String(required=True)
    target = fields.String(required=True, allow_none=True)
    wish = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)


class ResultOut(Schema):
    """Everybody who took part, the placed first."""

    items = fields.List(fields.Nested(PlacedOut), required=True)


class MissedOut(Schema):
    """A wish that was not granted, and why: `before` of the `places` went to who is ranked higher."""

    number = fields.Integer(required=True)
    school = fields.String(required=True)
    subject = fields.String(required=True)
    reason = fields.String(required=True)
    places = fields.Integer(required=True)
    before = fields.Integer(required=True)


class ExplanationOut(Schema):
    """Why a person got what they got in the adopted round; no name of anybody else."""

    round_number = fields.Integer(required=True)
    school = fields.String(required=True, allow_none=True)
    wish = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)
    missed = fields.List(fields.Nested(MissedOut), required=True)


class SentOut(Schema):
    """Where somebody went whom a school has ranked."""

    rank = fields.Integer(required=True)
    name = fields.String(required=True)
    outcome = fields.String(required=True)


class SentList(Schema):
    """In the order of the school's ranking."""

    items = fields.List(fields.Nested(SentOut), required=True)


class PlacementQueryIn(Strict):
    """Placements from or to a school, or only those with a step past its deadline."""

    organisation_id = reference(load_default=None)
    overdue = fields.Boolean(load_default=False)


class PlacementOut(Schema):
    """One person's way: `state` placed, waiting, arrived, ended or missed; `step` is the open step of the case."""

    entry_id = fields.String(required=True)
    placement_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    subject = fields.String(required=True)
    band = fields.String(required=True)
    manner = fields.String(required=True)
    source_id = fields.String(required=True)
    source = fields.String(required=True)
    target_id = fields.String(required=True)
    target = fields.String(required=True)
    state = fields.String(required=True)
    arrived_on = fields.Date(required=True, allow_none=True)
    step = fields.String(required=True, allow_none=True)
    due_at = Moment(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)


class SchoolPlacementsOut(Schema):
    """A receiving school's placements by state; `overdue` of them have a step past its deadline."""

    organisation_id = fields.String(required=True)
    name = fields.String(required=True)
    placed = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    arrived = fields.Integer(required=True)
    ended = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class PlacementList(Schema):
    """By receiving school, and the same counted."""

    items = fields.List(fields.Nested(PlacementOut), required=True)
    schools = fields.List(fields.Nested(SchoolPlacementsOut), required=True)
