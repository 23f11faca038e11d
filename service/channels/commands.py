"""What a person chooses for the own notices, and proves of the own address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.policy import Target
from service.audit import chain
from service.channels import mail, recipients, rules
from service.channels.recipients import ADDRESS, ASKED, SETTING
from service.db import transaction
from service.errors import Conflict, Fault, Invalid
from service.notices import outbox
from service.notices.outbox import Message

BETWEEN_CODES = timedelta(seconds=60)
HANDLE = 80
EMPTY: Mapping[str, Any] = {
    "choices": {}, "digest": "none", "locale": None, "quiet_from": None, "quiet_until": None, "mail": None,
    "mail_proven_at": None, "mail_asked": None, "mail_asked_at": None, "mail_tries": 0, "handles": {}, "version": 0,
}  # fmt: skip


@dataclass(frozen=True)
class ChooseNotices:
    """`choices`: group of kinds → channels; `version` is the one that was shown, 0 before the first choice."""

    choices: Mapping[str, Sequence[str]]
    digest: str
    locale: str | None
    quiet_from: int | None
    quiet_until: int | None
    handles: Mapping[str, str]
    version: int


@dataclass(frozen=True)
class AskAddress:
    """An address to which a code is mailed."""

    address: str


@dataclass(frozen=True)
class ProveAddress:
    """The six digits that came by mail."""

    code: str


def choose_notices(actor: Actor, command: ChooseNotices, *, now: datetime) -> None:
    """Keep what the actor wants. Invalid("notice.choice") with faults; Conflict("notice.settings_stale")."""
    with transaction() as session:
        policy.require(actor, "notice.choose", Target(person_id=actor.person_id))
        faults = _faults(session, command)
        if faults:
            raise Invalid("notice.choice", faults=tuple(faults))
        held = _held(session, actor)
        if command.version != held["version"]:
            raise Conflict("notice.settings_stale", version=held["version"])
        wanted = {name: getattr(command, name) for name in ("digest", "locale", "quiet_from", "quiet_until")}
        wanted |= {"choices": {group: list(chosen) for group, chosen in command.choices.items()}}
        wanted |= {"handles": {key: name.strip() for key, name in command.handles.items() if name.strip()}}
        _keep(session, actor, held, wanted, now)


def ask_address(actor: Actor, command: AskAddress, *, now: datetime) -> None:
    """Mail a code to an address; the one that is proven stays in use until the code comes back.

    Invalid("config.no_mail" | "mail.address"); Conflict("mail.too_soon") within a minute of the last code.
    """
    address = command.address.strip()
    if not current_app.extensions["lectern.settings"].offers_mail:
        raise Invalid("config.no_mail")
    if not rules.is_address(address):
        raise Invalid("mail.address", faults=(Fault("address", "mail.address"),))
    with transaction() as session:
        policy.require(actor, "notice.choose", Target(person_id=actor.person_id))
        held, person_id = _held(session, actor), str(actor.person_id)
        if held["mail_asked_at"] is not None and now < held["mail_asked_at"] + BETWEEN_CODES:
            raise Conflict("mail.too_soon")
        asked = {"mail_asked": ASKED.seal(person_id, address), "mail_asked_at": now, "mail_tries": 0}
        _keep(session, actor, held, asked, now)
        message = Message(rules.CODE, f"person:{person_id}", {"asked_at": now.isoformat()})
        outbox.insert_rows(session, [outbox.row_of(message, rules.MAIL, now)])


def prove_address(actor: Actor, command: ProveAddress, *, now: datetime) -> None:
    """Use the address from now on. Invalid("mail.code_wrong" | "mail.code_over"), the latter asks for a new code."""
    with transaction() as session:
        policy.require(actor, "notice.choose", Target(person_id=actor.person_id))
        held, person_id = _held(session, actor), str(actor.person_id)
        asked_at, tries = held["mail_asked_at"], held["mail_tries"]
        if held["mail_asked"] is None or tries >= rules.CODE_TRIES or now > asked_at + rules.CODE_LIFE:
            raise Invalid("mail.code_over")
        address = ASKED.unseal(person_id, held["mail_asked"])
        proven = command.code.strip() == mail.code_of(person_id, address, asked_at)
        change: dict[str, Any] = {"mail_tries": tries + 1}
        if proven:
            change = {"mail": ADDRESS.seal(person_id, address), "mail_proven_at": now, "mail_asked": None}
            _tell(session, actor, "mail.proven", address, now)
        _keep(session, actor, held, change, now)
    if not proven:
        raise Invalid("mail.code_wrong", left=rules.CODE_TRIES - tries - 1)


def withdraw_address(actor: Actor, *, now: datetime) -> None:
    """Send no more mail to the actor; repeated calls change nothing."""
    with transaction() as session:
        policy.require(actor, "notice.choose", Target(person_id=actor.person_id))
        held, person_id = _held(session, actor), str(actor.person_id)
        if held["mail"] is None and held["mail_asked"] is None:
            return
        if held["mail"] is not None:
            _tell(session, actor, "mail.withdrawn", ADDRESS.unseal(person_id, held["mail"]), now)
        _keep(session, actor, held, {"mail": None, "mail_proven_at": None, "mail_asked": None}, now)


def _held(session: Session, actor: Actor) -> Mapping[str, Any]:
    """The actor's row, locked; what holds without one."""
    own = select(SETTING).where(SETTING.c.person_id == actor.person_id).with_for_update()
    row: Row[Any] | None = session.execute(own).first()
    return EMPTY if row is None else row._asdict()


def _keep(session: Session, actor: Actor, held: Mapping[str, Any], change: Mapping[str, Any], now: datetime) -> None:
    values = dict(change) | {"version": held["version"] + 1, "changed_at": now}
    if held is EMPTY:
        session.execute(insert(SETTING).values(**{**EMPTY, **values, "person_id": actor.person_id}))
    else:
        session.execute(update(SETTING).where(SETTING.c.person_id == actor.person_id).values(**values))


def _tell(session: Session, actor: Actor, kind: str, address: str, now: datetime) -> None:
    event = chain.NewEvent(kind, actor.account_id, sensitive={"address": address})
    chain.append(session, f"account:{actor.account_id}", [event], at=now)


def _faults(session: Session, command: ChooseNotices) -> list[Fault]:
    known = {rules.MAIL} | {key for key, row in recipients.declared(session).items() if row.recipient != "none"}
    faults = [
        Fault(f"choices.{g}", "notice.group", params={"name": g}) for g in command.choices if g not in rules.GROUPS
    ]
    asked = {channel: group for group, chosen in command.choices.items() for channel in chosen}
    asked |= dict.fromkeys(command.handles, "handles")
    faults += [
        Fault(f"choices.{where}", "notice.channel", params={"name": channel})
        for channel, where in asked.items()
        if channel not in known
    ]
    if (command.quiet_from is None) != (command.quiet_until is None):
        faults.append(Fault("quiet_until", "notice.quiet"))
    long = [key for key, name in command.handles.items() if len(name) > HANDLE or not name.isprintable()]
    return faults + [Fault(f"handles.{key}", "notice.handle", params={"limit": HANDLE}) for key in long]
