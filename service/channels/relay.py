"""Declared channels: fills the templates of one, signs, sends, and reads whether the gateway took it."""

import base64
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson
from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.channels import contents, filling, http, recipients, rules
from service.channels.http import Outgoing
from service.config import Settings
from service.db import db
from service.notices.delivery import RefusedError, Sender, UnreachableError
from service.notices.outbox import Message

MEDIA = {"json": "application/json; charset=utf-8", "form": "application/x-www-form-urlencoded"}


class NotTakenError(Exception):
    """The gateway answered and did not take the message: it is tried again, the others are not held up."""


@contextmanager
def opened(channel: Row[Any]) -> Iterator[Sender]:
    """A sender of one channel, as it was declared when the courier set out."""

    def send(message_id: str, message: Message, now: datetime) -> None:
        allowed = _settings().allowed_hosts
        request = request_of(channel, message_id, message, now)
        try:
            expect_taken(channel.expect, http.post(request, allowed))
        except (RefusedError, UnreachableError, NotTakenError) as failure:
            raise type(failure)(rules.concealed(str(failure), request.hidden)) from None

    yield send


def request_of(channel: Row[Any], message_id: str, message: Message, now: datetime) -> Outgoing:
    """The signed request for one message; reads what it tells, and ends the read."""
    session: Session = db.session()
    try:
        values = _values(session, channel, message_id, message, now)
    finally:
        session.rollback()
    fill = filling.fill_json if channel.format == "json" else filling.fill_form
    body = fill(channel.body, values).encode()
    headers = {name: filling.fill_header(text, values) for name, text in channel.headers.items()}
    headers |= {"Content-Type": MEDIA[channel.format], "User-Agent": "Lectern", "X-Lectern-Id": message_id}
    url = filling.fill_form(channel.url, values)
    if channel.signing == "hmac":
        headers |= signature(values["secret"], message_id, now, body)
    if channel.signing == "dingtalk":
        url += ("&" if "?" in url else "?") + dingtalk(values["secret"], now)
    return Outgoing(url, headers, body, (values["recipient"], values["secret"]))


def signature(secret: str, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Headers by which a receiver knows us and refuses what is old: HMAC-SHA256 over `timestamp.id.body`."""
    stamp = str(int(now.timestamp()))
    signed = hmac.digest(secret.encode(), f"{stamp}.{message_id}.".encode() + body, "sha256").hex()
    return {"X-Lectern-Timestamp": stamp, "X-Lectern-Signature": f"v1={signed}"}


def dingtalk(secret: str, now: datetime) -> str:
    """`timestamp` and `sign` as DingTalk's robots expect them in the address."""
    stamp = str(int(now.timestamp() * 1000))
    signed = base64.b64encode(hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")).decode()
    return f"timestamp={stamp}&sign={quote(signed, safe='')}"


def expect_taken(expect: str, reply: bytes) -> None:
    """Gateways answer 200 to what they do not take: `field=value` must stand in the reply, else NotTakenError."""
    if not expect:
        return
    name, _, value = expect.partition("=")
    try:
        found = orjson.loads(reply)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or str(found.get(name)) != value:
        raise NotTakenError(f"the reply lacks {expect}: {reply[:200].decode('utf-8', 'replace')}")


def _values(session: Session, channel: Row[Any], message_id: str, message: Message, now: datetime) -> dict[str, str]:
    person_id = message.holder.removeprefix("person:")
    wanted = None if message.holder == recipients.HOUSE else recipients.wishes(session, [person_id]).get(person_id)
    told = contents.told(session, message.kind, message.body, wanted.locale if wanted else "zh")
    return {
        "id": message_id,
        "kind": told.kind,
        "text": told.phrase,
        "flow": told.flow,
        "due": told.due,
        "link": told.link,
        "at": now.isoformat(timespec="seconds"),
        "recipient": _recipient(session, channel, person_id, wanted),
        "secret": _secret(channel),
    }


def _recipient(session: Session, channel: Row[Any], person_id: str, wanted: recipients.Wanted | None) -> str:
    if channel.recipient == "none":
        return ""
    if channel.recipient == "own":
        known = wanted.handles.get(channel.key) if wanted else None
    else:
        known = recipients.phone(session, person_id)
    if not known:
        raise RefusedError("the person has no address in this channel")
    return known


def _secret(channel: Row[Any]) -> str:
    if channel.secret_name is None:
        return ""
    secret = os.environ.get(channel.secret_name)
    if not secret:
        raise UnreachableError(f"the variable {channel.secret_name} is not set")
    return secret


def _settings() -> Settings:
    found: Settings = current_app.extensions["lectern.settings"]
    return found
