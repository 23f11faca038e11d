"""Shapes of login and of the caller."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, Strict, Text


class LoginIn(Strict):
    """User name and password."""

    username = Text(most=64, required=True)
    password = fields.String(required=True, validate=validate.Length(max=400), metadata={"format": "password"})


class LoginOut(Schema):
    """The token, seen this once, and the moment after which it is worth nothing."""

    token = fields.String(required=True)
    expires_at = Moment(required=True)


class RoleOut(Schema):
    """A role held today; `acting` is false for an alternate whose holder is present."""

    role = fields.String(required=True)
    organisation_id = fields.String(required=True)
    acting = fields.Boolean(required=True)


class AboutOut(Schema):
    """A case that somebody else has begun about the caller; `readable`: its address may be asked, too."""

    instance_id = fields.String(required=True)
    business_key = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    started_at = Moment(required=True)
    organisation_name = fields.String(required=True)
    organisation_name_en = fields.String(required=True)
    readable = fields.Boolean(required=True)


class AboutList(Schema):
    """The newest first, at most twenty."""

    items = fields.List(fields.Nested(AboutOut), required=True)


class MeOut(Schema):
    """The caller."""

    account_id = fields.String(required=True)
    person_id = fields.String(allow_none=True, required=True)
    name = fields.String(required=True)
    organisation_id = fields.String(allow_none=True, required=True)
    locale = fields.String(required=True)
    roles = fields.List(fields.Nested(RoleOut), required=True)
