"""Shapes of the reserved pool: rounds, applications with their ranks, lent posts."""

from apiflask import Schema
from marshmallow import fields

from service.web.api.schemas.base import Moment, Strict, reference


class OfferedOut(Schema):
    """Posts that a round gives at most."""

    senior = fields.Integer(required=True)
    middle = fields.Integer(required=True)


class RoundItem(Schema):
    """A yearly round; `state` is planned, open, closed, decided, rejected or cancelled."""

    id = fields.String(required=True)
    business_key = fields.String(required=True)
    year = fields.Integer(required=True)
    state = fields.String(required=True)
    offered = fields.Nested(OfferedOut, required=True)
    opened_at = Moment(required=True, allow_none=True)
    closes_at = Moment(required=True, allow_none=True)
    applications = fields.Integer(required=True, metadata={"description": "Those that you may see."})
    granted = fields.Integer(required=True)


class RoundList(Schema):
    """Every round, the newest first."""

    items = fields.List(fields.Nested(RoundItem), required=True)


class PoolOut(Schema):
    """One band of the county against the floor of its pool."""

    band = fields.String(required=True)
    total = fields.Integer(required=True, metadata={"description": "Posts of schools and pool together."})
    floor = fields.Integer(required=True)
    approved = fields.Integer(required=True)
    shortage = fields.Integer(required=True)
    lent = fields.Integer(required=True)
    free = fields.Integer(required=True)


class ProgressOut(Schema):
    """The applications of one school by where they stand; `overdue` wait past a deadline."""

    school_id = fields.String(required=True)
    school_name = fields.String(required=True)
    submitted = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    held = fields.Integer(required=True)
    ended = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class RoundOut(RoundItem):
    """A round with the pool as it stands now and the progress of each school."""

    pool = fields.List(fields.Nested(PoolOut), required=True)
    progress = fields.List(fields.Nested(ProgressOut), required=True)


class ApplicationQuery(Strict):
    """Of one school."""

    school_id = reference(load_default=None)


class ApplicationItem(Schema):
    """An application; `why` tells rank and criteria in the language of the request."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    business_key = fields.String(required=True)
    school_id = fields.String(required=True)
    school_name = fields.String(required=True)
    person_id = fields.String(required=True)
    name = fields.String(required=True)
    band = fields.String(required=True)
    state = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    because = fields.String(required=True, allow_none=True)
    why = fields.String(required=True)
    votes = fields.List(fields.Integer(), required=True)
    granted = fields.Boolean(required=True)
    overdue = fields.Boolean(required=True)


class ApplicationList(Schema):
    """The applications of a round by band and rank."""

    items = fields.List(fields.Nested(ApplicationItem), required=True)


class LoanQuery(Strict):
    """Which lent posts."""

    ended = fields.Boolean(load_default=False, metadata={"description": "Those that have been given back, too."})
    organisation_id = reference(load_default=None)
    until = fields.Date(load_default=None, metadata={"description": "Whose term ends by this day."})


class LoanItem(Schema):
    """A lent post: its holder and school, the term, and how it ended."""

    id = fields.String(required=True)
    band = fields.String(required=True)
    borrower_id = fields.String(required=True)
    school_name = fields.String(required=True)
    person_id = fields.String(required=True)
    name = fields.String(required=True)
    instance_id = fields.String(required=True, allow_none=True)
    business_key = fields.String(required=True, allow_none=True)
    from_on = fields.Date(required=True)
    until = fields.Date(required=True)
    appointed_on = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    ended_because = fields.String(required=True, allow_none=True)
    decidable = fields.Boolean(required=True, metadata={"description": "No running case looks after it."})


class LoanList(Schema):
    """Lent posts, those whose term ends first before the others; at most 2000."""

    items = fields.List(fields.Nested(LoanItem), required=True)
