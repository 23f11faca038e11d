"""Declaring a channel, for an admin: address, headers, body, and where its secret lies."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from service.access import policy
from service.channels import commands_channels, queries
from service.channels.commands_channels import DeclareChannel
from service.channels.filling import PLACEHOLDERS
from service.errors import Conflict, Invalid
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.words import words

EMPTY = {"format": "json", "signing": "none", "recipient": "none", "active": True, "version": 0}


class ChannelForm(sent.Form):
    """The whole form; headers are lines `Name: value`, kinds are separated by commas."""

    key = Text(most=16, required=True)
    name = Text(most=80, least=1, required=True)
    name_en = Text(most=80, least=1, required=True)
    url = Text(most=2000, required=True)
    body = Text(most=10_000, load_default="")
    format = fields.String(required=True, validate=validate.OneOf(("json", "form")))
    headers = Text(most=2000, load_default="")
    signing = fields.String(required=True, validate=validate.OneOf(("none", "hmac", "dingtalk")))
    secret_name = Text(most=64, load_default=None, allow_none=True)
    recipient = fields.String(required=True, validate=validate.OneOf(("none", "phone", "own")))
    expect = Text(most=80, load_default="")
    kinds = Text(most=1000, load_default="")
    active = fields.Boolean(load_default=False)
    version = sent.whole(required=True)


@pages.get("/channels/new")
def new_channel() -> str:
    """An empty form."""
    policy.require(edge.actor(), "channel.declare")
    return _form(EMPTY, {})


@pages.get("/channels/<key>")
def channel(key: str) -> str:
    """A declared channel, to be changed."""
    row = queries.channel(edge.actor(), key)._asdict()
    headers = "\n".join(f"{name}: {value}" for name, value in row["headers"].items())
    return _form(row | {"headers": headers, "kinds": ", ".join(row["kinds"])}, {})


@pages.post("/channels")
def declare_channel() -> Any:
    """Declare or change a channel; what is wrong stands beside its field."""
    entered = sent.form(ChannelForm)
    lines = [line.partition(":") for line in entered["headers"].splitlines() if line.strip()]
    command = DeclareChannel(
        **{
            **entered,
            "headers": {name.strip(): value.strip() for name, _colon, value in lines},
            "kinds": [kind.strip() for kind in entered["kinds"].split(",") if kind.strip()],
        }
    )
    try:
        commands_channels.declare_channel(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        faults = {f.path.partition(".")[0]: words(f.code, f.params, edge.locale()) for f in refused.faults}
        return _form(entered, {"all": words(refused.code, refused.params, edge.locale()), **faults}), 422
    flash(_("Saved"))
    return redirect(url_for("pages.deliveries"))


def _form(values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    may_edit = policy.allows(edge.actor(), "channel.declare")
    return render_template(
        "admin/channel.html", values=values, errors=errors, placeholders=PLACEHOLDERS, may_edit=may_edit
    )
