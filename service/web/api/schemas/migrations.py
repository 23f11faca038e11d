"""Shapes of moving running cases to another version of their flow."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, PageQuery, Reasoned, Strict, Text, page_of, reference
from service.web.api.schemas.drafts import WhoOut

ROW_STATES = ("waiting", "moved", "stayed")


def mapping() -> fields.Dict:
    """What tokens stand on in the old version → what stands in its place in the new one."""
    return fields.Dict(
        keys=fields.String(validate=validate.Length(1, 200)),
        values=fields.String(validate=validate.Length(1, 200)),
        load_default=dict,
        validate=validate.Length(max=200),
        metadata={
            "description": "Id of a step, wait, called process, sub process, joining gateway or event gateway of the "
            "old version → id of the one of its kind that stands in its place."
        },
    )


class MigrateIn(Reasoned):
    """The version that a case shall go on by, and why; `dry_run` only says whether it may."""

    definition_id = reference(required=True)
    mapping = mapping()
    dry_run = fields.Boolean(load_default=False)


class MigrationReasonOut(Schema):
    """Why a case stays: a code, the element concerned, in words."""

    code = fields.String(required=True)
    element_id = fields.String(required=True, allow_none=True)
    message = fields.String(required=True)


class RedrawnOut(Schema):
    """An open step at which somebody will decide otherwise: decisions | fields | paper | final | escalateTo | form |
    words."""

    element_id = fields.String(required=True)
    what = fields.List(fields.String(), required=True)


class MigrateOut(Schema):
    """Whether a case may move (or has moved): the attached events that begin to wait (`armed`) and that stop, and the
    open steps that are decided otherwise, whose holders are told."""

    safe = fields.Boolean(required=True)
    moved = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(MigrationReasonOut), required=True)
    armed = fields.List(fields.String(), required=True)
    dropped = fields.List(fields.String(), required=True)
    redrawn = fields.List(fields.Nested(RedrawnOut), required=True)


class MigrateManyIn(Strict):
    """The running cases of the flow that are on other versions, or of the versions `of`, shall move to this one."""

    of = fields.List(reference(), load_default=list, validate=validate.Length(max=200))
    mapping = mapping()
    reason = Text(most=500, allow_none=True, load_default=None)
    dry_run = fields.Boolean(load_default=False)


class MigrationOut(Schema):
    """Many cases on their way; `run_id` is the background work that moves them, and that can be cancelled."""

    id = fields.String(required=True)
    definition_id = fields.String(required=True)
    definition_key = fields.String(required=True)
    definition_version = fields.Integer(required=True)
    dry_run = fields.Boolean(required=True)
    reason = fields.String(required=True)
    asked_by = fields.Nested(WhoOut, required=True)
    at = Moment(required=True)
    run_id = fields.String(required=True, allow_none=True)
    mapping = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    waiting = fields.Integer(required=True)
    moved = fields.Integer(required=True)
    stayed = fields.Integer(required=True)


class MigrationRowQuery(PageQuery):
    """Cases of a migration in a state."""

    state = fields.String(load_default=None, validate=validate.OneOf(ROW_STATES))


class MigrationRowOut(Schema):
    """One case of a migration: what came of it (of a dry run: would come), and why it stays."""

    process_instance_id = fields.String(required=True)
    business_key = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(ROW_STATES))
    reasons = fields.List(fields.Nested(MigrationReasonOut), required=True)


MigrationRowPage = page_of(MigrationRowOut, "MigrationRowPage")
