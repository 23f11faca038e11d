"""Commands of sessions and tokens: log in, log out, issue, revoke, clean up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from service.access import passwords, policy, rules, sessions, throttle
from service.access.accounts import USED
from service.access.actor import ANONYMOUS, Actor
from service.access.days import day_of
from service.access.sessions import ACCOUNT, TOKEN, OpenedToken
from service.access.standing import ROLE, in_force
from service.access.throttle import ATTEMPT
from service.audit import chain
from service.db import db, transaction
from service.errors import Forbidden, Invalid, NotFound

KEEP_DEAD_TOKENS = timedelta(days=30)
KEEP_USED = timedelta(days=1)
"""Longer than a browser may keep an errand to the provider."""
CHUNK = 1000
UNKNOWN = "unknown"


@dataclass(frozen=True)
class LogIn:
    """`kind` is session (pages: short, ends when idle) or bearer (API); `address` is the client's.

    `offices_sign_on`: whoever has a role of the bureau or of an office comes by the provider of sign-on alone.
    """

    username: str
    password: str
    address: str
    kind: str = "session"
    offices_sign_on: bool = False


@dataclass(frozen=True)
class IssueToken:
    """A bearer token of one's own for a program; `days` at most 365."""

    label: str
    days: int


@dataclass(frozen=True)
class RevokeTokens:
    """Revoke `token_id`, or all tokens of the account."""

    account_id: str
    token_id: str | None = None


@dataclass(frozen=True)
class CleanUp:
    """Delete at most `limit` rows of each kind that nobody needs any more."""

    limit: int = CHUNK


def log_in(actor: Actor, command: LogIn, *, now: datetime) -> OpenedToken:
    """Open a token for who knows the password.

    Forbidden("access.login_failed") for an unknown name, a closed account and a wrong password alike, after the same
    time; Forbidden("access.throttled", retry_after=seconds) after too many failures of this name or address;
    Forbidden("access.sign_on_only") to who knows the password of an office's account that needs none.
    """
    username = rules.username_of(command.username)
    throttle.check(db.session(), username, command.address, now)
    account_id, stored = _credentials(username)
    known = passwords.matches(stored, command.password) and account_id is not None
    renewed = passwords.renewed(stored, command.password) if known and stored else None
    with transaction() as session:
        policy.require(actor, "session.open")
        _lock_account(session, account_id)
        throttle.check(session, username, command.address, now)
        barred = known and command.offices_sign_on and _is_of_office(session, account_id, now)
        opened = None
        if known and account_id is not None and not barred:
            opened = _admit(session, account_id, username, command, renewed, now)
        else:
            _refuse(session, account_id, username, command, now)
    if barred:
        raise Forbidden("access.sign_on_only")
    if opened is None:
        raise Forbidden("access.login_failed")
    return opened


def log_out(actor: Actor, *, now: datetime) -> bool:
    """Revoke the token that the actor came with; whether the provider of sign-on had opened it."""
    with transaction() as session:
        policy.require(actor, "session.close")
        if actor.token_id is None:
            return False
        via = session.scalar(select(TOKEN.c.via).where(TOKEN.c.id == actor.token_id))
        sessions.revoke(session, actor.account_id, now, only=actor.token_id)
        _record(session, actor.account_id, "session.closed", actor.account_id, now)
    return via is not None


def touch(actor: Actor, *, now: datetime) -> None:
    """Record that the actor's token is in use; the edge calls it when `sessions.is_seen_due`."""
    with transaction() as session:
        policy.require(actor, "session.touch")
        session.execute(update(TOKEN).where(TOKEN.c.id == actor.token_id).values(last_seen_at=now))


def issue_token(actor: Actor, command: IssueToken, *, now: datetime) -> OpenedToken:
    """A bearer token that lives longer than a session; Invalid("token.days") outside 1 to 365 days."""
    life = timedelta(days=command.days)
    if not timedelta(days=1) <= life <= rules.LONGEST_BEARER:
        raise Invalid("token.days", most=rules.LONGEST_BEARER.days)
    with transaction() as session:
        policy.require(actor, "token.issue", policy.Target(account_id=actor.account_id))
        opened = sessions.open_token(session, actor.account_id, "bearer", life, now, label=command.label[:120])
        body = {"token_id": opened.token_id, "label": command.label[:120]}
        _record(session, actor.account_id, "token.issued", actor.account_id, now, body)
    return opened


def revoke_tokens(actor: Actor, command: RevokeTokens, *, now: datetime) -> int:
    """Revoke one token or all; how many were live. NotFound("account.absent") for an unknown account."""
    with transaction() as session:
        policy.require(actor, "token.revoke", policy.Target(account_id=command.account_id))
        if session.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.id == command.account_id)).first() is None:
            raise NotFound("account.absent")
        revoked = sessions.revoke(session, command.account_id, now, only=command.token_id)
        body = {"revoked": revoked, "token_id": command.token_id}
        _record(session, command.account_id, "token.revoked", actor.account_id, now, body)
    return revoked


def clean_up(actor: Actor, command: CleanUp, *, now: datetime) -> int:
    """Delete old login attempts, long dead tokens and used sign-ons; how many rows: call again while it is not 0."""
    dead = or_(TOKEN.c.expires_at < now - KEEP_DEAD_TOKENS, TOKEN.c.revoked_at < now - KEEP_DEAD_TOKENS)
    with transaction() as session:
        policy.require(actor, "session.clean_up")
        old = select(ATTEMPT.c.id).where(ATTEMPT.c.at < now - rules.WINDOW).limit(command.limit)
        ended = select(TOKEN.c.id).where(dead).limit(command.limit)
        spent = select(USED.c.digest).where(USED.c.at < now - KEEP_USED).limit(command.limit)
        results = [
            session.execute(delete(ATTEMPT).where(ATTEMPT.c.id.in_(old))),
            session.execute(delete(TOKEN).where(TOKEN.c.id.in_(ended))),
            session.execute(delete(USED).where(USED.c.digest.in_(spent))),
        ]
    return sum(cast("CursorResult[Any]", result).rowcount for result in results)


def _credentials(username: str) -> tuple[str | None, str | None]:
    """Id and hash of an open account; the read ends here, so that no connection waits for the hashing."""
    found = select(ACCOUNT.c.id, ACCOUNT.c.password_hash).where(
        ACCOUNT.c.username == username, ACCOUNT.c.closed_at.is_(None)
    )
    row = db.session.execute(found).first()
    db.session.rollback()
    return (row.id, row.password_hash) if row else (None, None)


def _is_of_office(session: Session, account_id: str | None, now: datetime) -> bool:
    """Whether the account's person has a role of bureau or office today, as holder or as alternate."""
    held = (
        select(ROLE.c.role)
        .join(ACCOUNT, ACCOUNT.c.person_id == ROLE.c.person_id)
        .where(ACCOUNT.c.id == account_id, in_force(ROLE.c, day_of(now)))
    )
    return rules.staff_kind(session.scalars(held).all()) == "bureau"


def _lock_account(session: Session, account_id: str | None) -> None:
    """Guesses sent at once are judged one after the other, so that no more than the limit is ever answered."""
    locked = select(ACCOUNT.c.id).where(ACCOUNT.c.id == (account_id or UNKNOWN)).with_for_update()
    session.execute(locked)


def _admit(
    session: Session, account_id: str, username: str, command: LogIn, renewed: str | None, now: datetime
) -> OpenedToken:
    throttle.forget(session, username)
    if renewed is not None:
        session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(password_hash=renewed))
    life = rules.SESSION_LIFE if command.kind == "session" else rules.BEARER_LIFE
    opened = sessions.open_token(session, account_id, command.kind, life, now, address=command.address[:64])
    _record(session, account_id, "session.opened", account_id, now, {"kind": command.kind}, command.address)
    return opened


def _refuse(session: Session, account_id: str | None, username: str, command: LogIn, now: datetime) -> None:
    """An unknown name is recorded too, in a stream of its own: the same work, so the same time."""
    throttle.count(session, username, command.address, now)
    stream = account_id or UNKNOWN
    _record(session, stream, "session.refused", ANONYMOUS, now, {"kind": command.kind}, command.address)


def _record(
    session: Session,
    account_id: str,
    kind: str,
    by: str,
    now: datetime,
    body: dict[str, Any] | None = None,
    address: str | None = None,
) -> None:
    sensitive = None if address is None else {"address": address}
    event = chain.NewEvent(kind, by, body=body or {}, sensitive=sensitive)
    chain.append(session, f"account:{account_id}", [event], at=now)
