"""Shapes of notice settings, of declared channels and of messages that could not be delivered."""

from apiflask import Schema
from marshmallow import fields, validate

from service.channels.rules import DIGESTS
from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, count, page_of

HOURS = validate.Range(0, 23)
KEY = {"description": "A channel: `email`, or the key of one that an admin declared."}


class ChoiceIn(Strict):
    """What I want told outside the pages, and when."""

    choices = fields.Dict(
        keys=fields.String(metadata={"description": "opened, due, cases or other"}),
        values=fields.List(Text(most=16, metadata=KEY), validate=validate.Length(max=20)),
        required=True,
    )
    digest = fields.String(load_default="none", validate=validate.OneOf(DIGESTS))
    locale = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(("zh", "en")))
    quiet_from = fields.Integer(load_default=None, allow_none=True, validate=HOURS)
    quiet_until = fields.Integer(load_default=None, allow_none=True, validate=HOURS)
    handles = fields.Dict(keys=Text(most=16, metadata=KEY), values=Text(most=80), load_default=dict)
    version = count(required=True, most=2**31 - 1)


class ChannelChoice(Schema):
    """A channel that I may choose."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    recipient = fields.String(required=True)


class SettingsOut(Schema):
    """My notice settings; `asked` is an address that waits for its code."""

    choices = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    digest = fields.String(required=True)
    locale = fields.String(required=True, allow_none=True)
    quiet_from = fields.Integer(required=True, allow_none=True)
    quiet_until = fields.Integer(required=True, allow_none=True)
    handles = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    version = fields.Integer(required=True)
    mail = fields.String(required=True, allow_none=True)
    asked = fields.String(required=True, allow_none=True)
    channels = fields.List(fields.Nested(ChannelChoice), required=True)


class AddressIn(Strict):
    """An address to which a code is mailed."""

    address = Text(most=200, least=3, required=True)


class CodeIn(Strict):
    """The code that came by mail."""

    code = Text(most=12, least=1, required=True)


class ChannelIn(Strict):
    """An HTTP channel; `url`, `headers` and `body` name values as `{{text}}`."""

    name = Text(most=80, least=1, required=True)
    name_en = Text(most=80, least=1, required=True)
    url = Text(most=2000, least=1, required=True)
    body = Text(most=10_000, load_default="")
    format = fields.String(load_default="json", validate=validate.OneOf(("json", "form")))
    headers = fields.Dict(keys=Text(most=64), values=Text(most=500), load_default=dict)
    signing = fields.String(load_default="none", validate=validate.OneOf(("none", "hmac", "dingtalk")))
    secret_name = Text(most=64, load_default=None, allow_none=True)
    recipient = fields.String(load_default="none", validate=validate.OneOf(("none", "phone", "own")))
    expect = Text(most=80, load_default="")
    kinds = fields.List(Text(most=64), load_default=list, validate=validate.Length(max=100))
    active = fields.Boolean(load_default=True)
    version = count(load_default=0, most=2**31 - 1)


class ChannelOut(Schema):
    """A declared channel; its secret is never told, only the variable that holds it."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    url = fields.String(required=True)
    body = fields.String(required=True)
    format = fields.String(required=True)
    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    signing = fields.String(required=True)
    secret_name = fields.String(required=True, allow_none=True)
    recipient = fields.String(required=True)
    expect = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    changed_at = Moment(required=True)


class ChannelList(Schema):
    """Every declared channel."""

    items = fields.List(fields.Nested(ChannelOut), required=True)


class DeliveryQuery(PageQuery):
    """A page of deliveries that failed, newest first."""


class DeliveryOut(Schema):
    """A message that failed: `state` waiting (tried again at `next_at`) or failed (given up)."""

    id = fields.String(required=True)
    channel = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    next_at = Moment(required=True)
    error = fields.String(required=True)


DeliveryPage = page_of(DeliveryOut, "DeliveryPage")
