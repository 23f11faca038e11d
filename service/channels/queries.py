"""Reads of channels: what the actor chose, what an admin declared, what could not be delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.channels import practising, recipients, rules
from service.channels.commands import EMPTY, ChooseNotices
from service.channels.recipients import ADDRESS, ASKED, CHANNEL, SETTING
from service.db import db
from service.errors import NotFound
from service.notices import queries as notices


@dataclass(frozen=True)
class Settings(ChooseNotices):
    """What the actor chose; `mail` is the proven address, `asked` one that waits for its code; `channels` to choose."""

    mail: str | None
    asked: str | None
    channels: Sequence[Row[Any]]
    has_mail: bool


def own(actor: Actor, now: datetime) -> Settings:
    """The actor's own settings; Forbidden for an account without a person."""
    policy.require(actor, "notice.choose", policy.Target(person_id=actor.person_id))
    found = db.session.execute(select(SETTING).where(SETTING.c.person_id == actor.person_id)).first()
    row: Mapping[str, Any] = EMPTY if found is None else found._asdict()
    person_id, session = str(actor.person_id), db.session()
    waits = row["mail_asked"] is not None and now <= row["mail_asked_at"] + rules.CODE_LIFE
    return Settings(
        **{chosen.name: row[chosen.name] for chosen in fields(ChooseNotices)},
        mail=ADDRESS.unseal(person_id, row["mail"]) if row["mail"] else None,
        asked=ASKED.unseal(person_id, row["mail_asked"]) if waits else None,
        channels=[one for one in recipients.declared(session).values() if one.recipient != "none"],
        has_mail=current_app.extensions["lectern.settings"].offers_mail,
    )


def channels(actor: Actor) -> Sequence[Row[Any]]:
    """Every declared channel, by key."""
    policy.require(actor, "channel.read")
    return db.session.execute(select(CHANNEL).order_by(CHANNEL.c.key)).all()


def channel(actor: Actor, key: str) -> Row[Any]:
    """One declared channel; NotFound("channel.absent")."""
    policy.require(actor, "channel.read")
    found = db.session.execute(select(CHANNEL).where(CHANNEL.c.key == key)).first()
    if found is None:
        raise NotFound("channel.absent", key=key)
    return found


def failures(actor: Actor, *, before: str | None = None, limit: int = 50) -> Sequence[notices.Failure]:
    """Messages that failed at least once and are not sent, the newest first, below the id `before`."""
    policy.require(actor, "delivery.read")
    return notices.failures(before=before, limit=limit)


def kept_back(actor: Actor, limit: int = 50) -> Sequence[practising.KeptBack]:
    """In practice, what would have left the house, the newest first."""
    policy.require(actor, "delivery.read")
    return practising.kept(db.session(), limit)
