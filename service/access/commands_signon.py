"""Commands of single sign-on: open a session for whom the provider vouches, and link its subjects with accounts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, select
from sqlalchemy.orm import Session

from service.access import policy, rules, sessions, slips, throttle
from service.access.accounts import ACCOUNT, IDENTITY, USED
from service.access.actor import ANONYMOUS, Actor
from service.access.commands import UNKNOWN
from service.access.sessions import OpenedToken
from service.audit import chain
from service.db import transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound

VIA = "oidc"


@dataclass(frozen=True)
class SignOn:
    """Whom the provider has vouched for, once: `nonce` is that of this sign-on; `address` is the client's.

    `life` is how long a session may last on this word alone.
    """

    issuer: str
    subject: str
    nonce: str
    address: str
    life: timedelta = rules.SESSION_LIFE


@dataclass(frozen=True)
class LinkBySlip:
    """The same, whose subject nobody knows yet, with user name and code of a slip that its holder typed."""

    sign_on: SignOn
    username: str
    code: str


@dataclass(frozen=True)
class RefusedSignOn:
    """A sign-on that the provider's answer did not prove, or that it refused itself."""

    why: str
    address: str


@dataclass(frozen=True)
class LinkIdentity:
    """A subject of the provider for an account, by an admin who has looked whose it is.

    `issuer` is that of this installation, None where no provider is set.
    """

    account_id: str
    issuer: str | None
    subject: str


@dataclass(frozen=True)
class UnlinkIdentity:
    """End the link of an account, with the sessions that it has."""

    account_id: str


def sign_on(actor: Actor, command: SignOn, *, now: datetime) -> OpenedToken:
    """Open a session for the account that is linked with the subject; its rights are its roles here, nothing else.

    Forbidden("signon.unlinked") when no open account is; Conflict("signon.used") for a sign-on that was used before.
    """
    with transaction() as session:
        policy.require(actor, "session.open")
        account_id = _linked(session, command)
        opened = None if account_id is None else _admit(session, account_id, command, now)
        if opened is None:
            _record(session, UNKNOWN, "session.refused", ANONYMOUS, now, {"via": VIA, "why": "unlinked"}, command)
    if opened is None:
        raise Forbidden("signon.unlinked")
    return opened


def link_by_slip(actor: Actor, command: LinkBySlip, *, now: datetime) -> OpenedToken:
    """Link the subject with the account of a slip, which is used up, and open a session.

    Forbidden("account.slip_refused") as when a password is chosen; Forbidden("access.throttled");
    Conflict("signon.linked_elsewhere"), which leaves the slip good; Conflict("signon.used").
    """
    username, sent = rules.username_of(command.username), command.sign_on
    opened = None
    with transaction() as session:
        policy.require(actor, "account.activate")
        found = select(ACCOUNT.c.id).where(ACCOUNT.c.username == username, ACCOUNT.c.closed_at.is_(None))
        account_id = session.scalar(found.with_for_update())
        throttle.check(session, username, sent.address, now)
        if account_id is not None and slips.use(session, account_id, command.code, now):
            throttle.forget(session, username)
            _link(session, account_id, (sent.issuer, sent.subject), account_id, now)
            _record(session, account_id, "account.identity_linked", account_id, now, {"by": "slip"}, sent)
            opened = _admit(session, account_id, sent, now)
        else:
            throttle.count(session, username, sent.address, now)
            _record(session, account_id or UNKNOWN, "account.slip_refused", ANONYMOUS, now, {"via": VIA}, sent)
    if opened is None:
        raise Forbidden("account.slip_refused")
    return opened


def refuse_sign_on(actor: Actor, command: RefusedSignOn, *, now: datetime) -> None:
    """Write down a sign-on that failed; Forbidden("access.throttled") when too many came from one address."""
    with transaction() as session:
        policy.require(actor, "session.open")
        throttle.check(session, None, command.address, now)
        throttle.count(session, None, command.address, now)
        event = chain.NewEvent(
            "session.refused", ANONYMOUS, body={"via": VIA, "why": command.why[:200]},
            sensitive={"address": command.address},
        )  # fmt: skip
        chain.append(session, f"account:{UNKNOWN}", [event], at=now)


def link_identity(actor: Actor, command: LinkIdentity, *, now: datetime) -> None:
    """Link a subject with an open account, in the place of the one that it had; its sessions end.

    NotFound("account.absent"), Invalid("signon.subject"), Conflict("signon.not_configured" | "signon.linked_elsewhere")
    """
    subject = command.subject.strip()
    with transaction() as session:
        policy.require(actor, "account.link_identity", policy.Target(id=command.account_id))
        _expect_open(session, command.account_id)
        if command.issuer is None:
            raise Conflict("signon.not_configured")
        if not 0 < len(subject) <= rules.LONGEST_SUBJECT:
            raise Invalid("signon.subject", most=rules.LONGEST_SUBJECT)
        session.execute(delete(IDENTITY).where(IDENTITY.c.account_id == command.account_id))
        _link(session, command.account_id, (command.issuer, subject), actor.account_id, now)
        sessions.revoke(session, command.account_id, now)
        sent = SignOn(command.issuer, subject, "", "")
        _record(session, command.account_id, "account.identity_linked", actor.account_id, now, {"by": "admin"}, sent)


def unlink_identity(actor: Actor, command: UnlinkIdentity, *, now: datetime) -> None:
    """End the link and the sessions of an account. NotFound("account.absent"), Conflict("signon.not_linked")."""
    with transaction() as session:
        policy.require(actor, "account.link_identity", policy.Target(id=command.account_id))
        _expect_open(session, command.account_id)
        gone = session.execute(delete(IDENTITY).where(IDENTITY.c.account_id == command.account_id))
        if cast("CursorResult[Any]", gone).rowcount != 1:
            raise Conflict("signon.not_linked")
        sessions.revoke(session, command.account_id, now)
        event = chain.NewEvent("account.identity_unlinked", actor.account_id, body={})
        chain.append(session, f"account:{command.account_id}", [event], at=now)


def _linked(session: Session, command: SignOn) -> str | None:
    """The open account of the subject, locked: nobody closes it meanwhile."""
    found = (
        select(ACCOUNT.c.id)
        .join(IDENTITY, IDENTITY.c.account_id == ACCOUNT.c.id)
        .where(IDENTITY.c.issuer == command.issuer, IDENTITY.c.subject == command.subject)
        .where(ACCOUNT.c.closed_at.is_(None))
    )
    account_id: str | None = session.scalar(found.with_for_update(of=ACCOUNT))
    return account_id


def _link(session: Session, account_id: str, who: tuple[str, str], by: str, now: datetime) -> None:
    taken = select(IDENTITY.c.account_id).where(IDENTITY.c.issuer == who[0], IDENTITY.c.subject == who[1])
    if session.scalar(taken) is not None:
        raise Conflict("signon.linked_elsewhere")
    row = {"account_id": account_id, "issuer": who[0], "subject": who[1], "linked_at": now, "linked_by": by}
    session.execute(insert(IDENTITY), row)


def _admit(session: Session, account_id: str, command: SignOn, now: datetime) -> OpenedToken:
    """A session for as long as the word of the provider counts, once for each sign-on."""
    digest = hashlib.sha256(command.nonce.encode()).hexdigest()
    if session.scalar(select(USED.c.digest).where(USED.c.digest == digest)) is not None:
        raise Conflict("signon.used")
    session.execute(insert(USED), {"digest": digest, "at": now})
    opened = sessions.open_token(
        session, account_id, "session", command.life, now, address=command.address[:64], via=VIA
    )
    _record(session, account_id, "session.opened", account_id, now, {"kind": "session", "via": VIA}, command)
    return opened


def _expect_open(session: Session, account_id: str) -> None:
    found = select(ACCOUNT.c.id).where(ACCOUNT.c.id == account_id, ACCOUNT.c.closed_at.is_(None))
    if session.scalar(found.with_for_update()) is None:
        raise NotFound("account.absent")


def _record(
    session: Session, account_id: str, kind: str, by: str, now: datetime, body: Mapping[str, Any], sent: SignOn
) -> None:
    """The subject is a person's name at another house: it lies in the part that is encrypted."""
    sensitive = {"subject": sent.subject, "address": sent.address}
    event = chain.NewEvent(kind, by, body=dict(body) | {"issuer": sent.issuer}, sensitive=sensitive)
    chain.append(session, f"account:{account_id}", [event], at=now)
