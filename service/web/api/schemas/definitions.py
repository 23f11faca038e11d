"""Shapes of process definitions and deployments."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import FindingOut, Moment, PageQuery, Reasoned, Strict, Text, page_of
from service.web.api.schemas.drafts import SaidOut, WhoOut

LANGUAGE = {"description": "The name by language; English where flow.toml gives one."}


class DefinitionQuery(PageQuery):
    """Which versions; `startable` are the newest versions that I may start, `every` has retired ones and libraries."""

    key = Text(most=64, load_default=None)
    startable = fields.Boolean(load_default=False)
    every = fields.Boolean(load_default=False)


class DefinitionItem(Schema):
    """One published version of a flow."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True, metadata=LANGUAGE)
    state = fields.String(required=True, validate=validate.OneOf(("active", "retired", "library")))
    checksum = fields.String(required=True)
    deployed_at = Moment(required=True, allow_none=True)


class StartTimerIn(Reasoned):
    """Whether a flow goes on beginning by itself, and why that was changed."""

    active = fields.Boolean(required=True)


class StartTimerOut(Schema):
    """When a flow next begins by itself; null when its series is over."""

    active = fields.Boolean(required=True)
    due_at = Moment(required=True, allow_none=True)


class ReleaseOut(Schema):
    """Who brought a version, why, who approved it, and that its flow takes no new cases any more."""

    authors = fields.List(fields.Nested(WhoOut), required=True)
    approved_by = fields.Nested(WhoOut, required=True, allow_none=True)
    reason = fields.String(required=True)
    retired = fields.Nested(SaidOut, required=True, allow_none=True)


class FilesOut(Schema):
    """The own files of a version."""

    contents = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class DefinitionOut(DefinitionItem):
    """A version with what it runs by and who may start it."""

    manifest = fields.Dict(required=True, metadata={"description": "Kind → file name → SHA-256."})
    start_roles = fields.List(fields.String(), required=True)
    decisions = fields.List(fields.String(), required=True)
    release = fields.Nested(ReleaseOut, required=True, allow_none=True)


class XmlOut(Schema):
    """The diagram of a version."""

    id = fields.String(required=True)
    xml = fields.String(required=True)


class StartFormOut(Schema):
    """The form with which a case is asked for; null when the flow needs none."""

    schema = fields.Dict(required=True, allow_none=True)
    data = fields.Dict(required=True)
    rights = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class DeployQuery(Strict):
    """`dry_run` only runs the gate; `shared` publishes the shared library; `reason` is kept with the version."""

    dry_run = fields.Boolean(load_default=False)
    shared = fields.Boolean(load_default=False)
    reason = Text(most=500, load_default=None)


class DeploymentIn(Strict):
    """The files of one flow folder: .bpmn, .dmn, .form and flow.toml."""

    files = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}),
        required=True,
        validate=validate.Length(1, 200),
    )


class DeploymentOut(Schema):
    """The stored version, or the draft that waits for a second person; of a dry run only the findings.

    The same files again are the same version.
    """

    id = fields.String(required=True, allow_none=True)
    draft_id = fields.String(required=True, allow_none=True)
    key = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingOut), required=True)


DefinitionPage = page_of(DefinitionItem, "DefinitionPage")
