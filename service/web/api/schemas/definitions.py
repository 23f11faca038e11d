"""Shapes of process definitions and deployments."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import FindingOut, Moment, PageQuery, Reasoned, Strict, Text, page_of

LANGUAGE = {"description": "The name by language; English where flow.toml gives one."}


class DefinitionQuery(PageQuery):
    """Which versions; `startable` are the newest versions that I may start."""

    key = Text(most=64, load_default=None)
    startable = fields.Boolean(load_default=False)


class DefinitionItem(Schema):
    """One published version of a flow."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True, metadata=LANGUAGE)
    checksum = fields.String(required=True)
    deployed_at = Moment(required=True, allow_none=True)


class StartTimerIn(Reasoned):
    """Whether a flow goes on beginning by itself, and why that was changed."""

    active = fields.Boolean(required=True)


class StartTimerOut(Schema):
    """When a flow next begins by itself; null when its series is over."""

    active = fields.Boolean(required=True)
    due_at = Moment(required=True, allow_none=True)


class DefinitionOut(DefinitionItem):
    """A version with what it runs by and who may start it."""

    manifest = fields.Dict(required=True, metadata={"description": "Kind → file name → SHA-256."})
    start_roles = fields.List(fields.String(), required=True)
    decisions = fields.List(fields.String(), required=True)


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
    """`dry_run` only runs the gate; `shared` publishes the shared library."""

    dry_run = fields.Boolean(load_default=False)
    shared = fields.Boolean(load_default=False)


class DeploymentIn(Strict):
    """The files of one flow folder: .bpmn, .dmn, .form and flow.toml."""

    files = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}),
        required=True,
        validate=validate.Length(1, 200),
    )


class DeploymentOut(Schema):
    """The stored version; of a dry run only the findings. The same files again are the same version."""

    id = fields.String(required=True, allow_none=True)
    key = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingOut), required=True)


DefinitionPage = page_of(DefinitionItem, "DefinitionPage")
