"""Declaring channels, by an admin; and what to do with messages that could not be delivered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.channels import filling, hosts, rules
from service.channels.recipients import CHANNEL
from service.db import transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.notices.outbox import OUTBOX

KEY = re.compile(r"[a-z][a-z0-9_]{1,15}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
OURS = re.compile(r"(?i)(host|content-length|content-type|transfer-encoding|connection|x-lectern-.*)")
SECRET = re.compile(r"LECTERN_CHANNEL_[A-Z0-9_]{1,40}")
EXPECT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}=[^=]{0,39}")
IN_URL = ("secret", "recipient", "id")


@dataclass(frozen=True)
class DeclareChannel:
    """A channel as it shall be (`NoticeChannel`); `version` is the one that was shown, 0 for a new one."""

    key: str
    name: str
    name_en: str
    url: str
    body: str
    format: str = "json"
    headers: Mapping[str, str] | None = None
    signing: str = "none"
    secret_name: str | None = None
    recipient: str = "none"
    expect: str = ""
    kinds: Sequence[str] = ()
    active: bool = True
    version: int = 0


def declare_channel(actor: Actor, command: DeclareChannel, *, now: datetime) -> str:
    """Declare or change a channel; its key. Invalid("channel.invalid") with faults; Conflict("channel.stale").

    The record names the host alone: many gateways have their key in the address.
    """
    with transaction() as session:
        policy.require(actor, "channel.declare")
        faults = _faults(command)
        if faults:
            raise Invalid("channel.invalid", faults=tuple(faults))
        own = select(CHANNEL.c.version).where(CHANNEL.c.key == command.key).with_for_update()
        held = session.scalar(own) or 0
        if held != command.version:
            raise Conflict("channel.stale", version=held)
        row = asdict(command) | {"headers": dict(command.headers or {}), "kinds": list(command.kinds)}
        row |= {"version": held + 1, "changed_at": now}
        if held:
            session.execute(update(CHANNEL).where(CHANNEL.c.key == command.key).values(**row))
        else:
            session.execute(insert(CHANNEL).values(**row))
        told = {name: row[name] for name in ("recipient", "active", "version")}
        told["host"] = urlsplit(command.url).hostname
        _tell(session, actor, command.key, "channel.declared", told, now)
    return command.key


def retry_delivery(actor: Actor, message_id: str, *, now: datetime) -> None:
    """Try a message that was given up again, from the first attempt; NotFound("outbox.absent")."""
    with transaction() as session:
        policy.require(actor, "delivery.retry")
        given_up = (OUTBOX.c.id == message_id, OUTBOX.c.state == "failed")
        again = update(OUTBOX).where(*given_up).values(state="waiting", attempts=0, next_at=now)
        channel = session.scalar(again.returning(OUTBOX.c.channel))
        if channel is None:
            raise NotFound("outbox.absent", id=message_id)
        _tell(session, actor, channel, "delivery.retried", {"message_id": message_id}, now)


def drop_delivery(actor: Actor, message_id: str, *, now: datetime) -> None:
    """Give a message up for good, one that still waits after a failure too; NotFound("outbox.absent")."""
    with transaction() as session:
        policy.require(actor, "delivery.drop")
        failed = (OUTBOX.c.id == message_id, OUTBOX.c.state.in_(("failed", "waiting")), OUTBOX.c.attempts > 0)
        gone = session.execute(delete(OUTBOX).where(*failed).returning(OUTBOX.c.channel, OUTBOX.c.kind)).first()
        if gone is None:
            raise NotFound("outbox.absent", id=message_id)
        _tell(session, actor, gone.channel, "delivery.dropped", {"message_id": message_id, "kind": gone.kind}, now)


def _tell(session: Session, actor: Actor, channel: str, kind: str, body: Mapping[str, Any], now: datetime) -> None:
    chain.append(session, f"channel:{channel}", [chain.NewEvent(kind, actor.account_id, body=dict(body))], at=now)


def _faults(command: DeclareChannel) -> list[Fault]:
    faults = hosts.faults_of(command.url, current_app.extensions["lectern.settings"].allowed_hosts)
    if not KEY.fullmatch(command.key) or command.key in rules.OWN_CHANNELS:
        faults.append(Fault("key", "channel.key"))
    faults += filling.faults_of("url", command.url, IN_URL)
    faults += filling.faults_of("body", command.body)
    for name, text in (command.headers or {}).items():
        if not HEADER.fullmatch(name) or OURS.fullmatch(name) or not (text.isascii() and text.isprintable()):
            faults.append(Fault(f"headers.{name}", "channel.header", params={"name": name}))
        faults += filling.faults_of(f"headers.{name}", text)
    if command.format == "json" and not faults and not filling.is_json(command.body):
        faults.append(Fault("body", "channel.json"))
    if command.expect and not EXPECT.fullmatch(command.expect):
        faults.append(Fault("expect", "channel.expect"))
    return faults + _secret_faults(command)


def _secret_faults(command: DeclareChannel) -> list[Fault]:
    uses = command.signing != "none" or "{{secret}}" in f"{command.url}{command.body}{command.headers}".replace(" ", "")
    if uses and command.secret_name is None:
        return [Fault("secret_name", "channel.secret_missing")]
    if command.secret_name is not None and not SECRET.fullmatch(command.secret_name):
        return [Fault("secret_name", "channel.secret_name")]
    return []
