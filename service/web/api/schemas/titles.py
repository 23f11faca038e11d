"""Shapes of title evaluation: batches, applications, sittings, experts, certificates."""

from apiflask import Schema
from marshmallow import fields, validate

from service.flows.title.queries_progress import STAGES
from service.flows.title.rules import LEVELS
from service.web.api.schemas.base import Moment, Strict, Text, count, page_of, reference
from service.web.api.schemas.instances import InstanceOut

LEVEL = validate.OneOf(LEVELS)
MARK = {"description": "Points of 100, at most two decimals."}


class LevelIn(Strict):
    """A title that is open; `outside`: a committee above decides."""

    level = fields.String(required=True, validate=LEVEL)
    outside = fields.Boolean(load_default=False)


class BatchIn(Strict):
    """The evaluation of a year."""

    year = count(least=2000, most=2200, required=True)
    name = Text(most=120, least=1, required=True)
    levels = fields.List(fields.Nested(LevelIn), required=True)
    opens_on = fields.Date(required=True)
    closes_on = fields.Date(required=True)
    criteria = Text(most=200, least=1, required=True)


class BatchEdit(Strict):
    """Another last day of applications."""

    version = count(most=2**31 - 1, required=True)
    closes_on = fields.Date(required=True)


class TitleVersionIn(Strict):
    """The version that the caller saw."""

    version = count(most=2**31 - 1, required=True)


class LevelOut(Schema):
    """A title that is open."""

    level = fields.String(required=True)
    outside = fields.Boolean(required=True)


class BatchOut(Schema):
    """The evaluation of a year."""

    id = fields.String(required=True)
    year = fields.Integer(required=True)
    name = fields.String(required=True)
    levels = fields.List(fields.Nested(LevelOut), required=True)
    opens_on = fields.Date(required=True)
    closes_on = fields.Date(required=True)
    criteria = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["open", "closed"]))
    opened_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)
    version = fields.Integer(required=True)


class BatchList(Schema):
    """All of them, the newest first."""

    items = fields.List(fields.Nested(BatchOut), required=True)


class TitleProgressOut(Schema):
    """One school's applications by stage."""

    organisation_id = fields.String(required=True)
    name = fields.String(required=True)
    total = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    stages = fields.Dict(keys=fields.String(validate=validate.OneOf(STAGES)), values=fields.Integer(), required=True)


class ProgressList(Schema):
    """The schools that I see, by name."""

    items = fields.List(fields.Nested(TitleProgressOut), required=True)


class TitleApplicationQuery(Strict):
    """Which applications; `cursor` is the `next` of the page before."""

    batch_id = reference(load_default=None)
    organisation_id = reference(load_default=None)
    mine = fields.Boolean(load_default=False)
    cursor = reference(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class TitleApplicationIn(Strict):
    """An application of my own; `variables` are the fields of the flow's start form."""

    organisation_id = reference(load_default=None, allow_none=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class TitleApplicationItem(Schema):
    """An application; `place` in the queue for a post while it waits for one."""

    process_instance_id = fields.String(required=True, attribute="instance_id")
    business_key = fields.String(required=True)
    batch_id = fields.String(required=True)
    person_id = fields.String(required=True)
    person_name = fields.String(required=True)
    organisation_id = fields.String(required=True)
    organisation_name = fields.String(required=True)
    target = fields.String(required=True)
    subject = fields.String(required=True)
    from_title = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    committee = fields.String(required=True, allow_none=True)
    session_id = fields.String(required=True, allow_none=True)
    school_score = fields.Float(required=True, allow_none=True, metadata=MARK)
    result = fields.String(required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)
    revoked_on = fields.Date(required=True, allow_none=True)
    waiting_since = Moment(required=True, allow_none=True)
    place = fields.Integer(required=True, allow_none=True)
    appointed_on = fields.Date(required=True, allow_none=True)
    applied_at = Moment(required=True)


ApplicationPage = page_of(TitleApplicationItem, "TitleApplicationPage")


class TitleApplicationOut(InstanceOut):
    """An application with its case."""

    application = fields.Nested(TitleApplicationItem, required=True)


class CertificateOut(Schema):
    """A certificate; `code` is what somebody verifies it by."""

    number = fields.String(required=True)
    code = fields.String(required=True)
    person_id = fields.String(required=True)
    person_name = fields.String(required=True)
    process_instance_id = fields.String(required=True, attribute="instance_id")
    level = fields.String(required=True)
    subject = fields.String(required=True)
    confirmed_on = fields.Date(required=True)
    document = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["valid", "revoked", "replaced"]))
    revoked_on = fields.Date(required=True, allow_none=True)
    revoked_because = fields.String(required=True, allow_none=True, validate=validate.OneOf(["fraud", "correction"]))


class VerifyQuery(Strict):
    """Number and code as they stand on the certificate."""

    number = Text(most=40, least=1, required=True)
    code = Text(most=64, least=1, required=True)


class VerifiedOut(Schema):
    """Whether it is genuine, and what then stands on it."""

    number = fields.String(required=True)
    genuine = fields.Boolean(required=True)
    state = fields.String(required=True, allow_none=True)
    level = fields.String(required=True, allow_none=True)
    confirmed_on = fields.Date(required=True, allow_none=True)
    revoked_on = fields.Date(required=True, allow_none=True)
    revoked_because = fields.String(required=True, allow_none=True, validate=validate.OneOf(["fraud", "correction"]))
