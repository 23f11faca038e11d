"""Tokens: from the text a client sends to the actor, in one statement; opening and revoking inside a transaction."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, Table, and_, bindparam, column, insert, null, or_, select, table, update
from sqlalchemy.orm import Session

from service.access.actor import Actor, HeldRole
from service.access.days import day_of
from service.access.models import AccessToken, Account
from service.access.rules import SEEN_EVERY, SESSION_IDLE
from service.access.standing import ROLE, acting, in_force
from service.access.substitutes import standing_in, stands_in
from service.db import db
from workflows.base import new_id

TOKEN = cast("Table", AccessToken.__table__)
ACCOUNT = cast("Table", Account.__table__)

_person = table("person", column("id"), column("name"))
_organisation = table("organisation", column("id"), column("kind"), column("path"))
_day = bindparam("day", type_=ROLE.c.valid_from.type)

_WHO = (
    ACCOUNT.c.id.label("account_id"),
    ACCOUNT.c.username,
    ACCOUNT.c.person_id,
    ACCOUNT.c.organisation_id.label("home_id"),
    ACCOUNT.c.locale,
    _person.c.name,
    stands_in(ACCOUNT.c.person_id, _day).label("stands_in"),
    ROLE.c.role,
    ROLE.c.kind,
    acting(ROLE, _day).label("acting"),
    _organisation.c.id.label("organisation_id"),
    _organisation.c.kind.label("organisation_kind"),
    _organisation.c.path,
)


def _with_roles(accounts: Select[Any]) -> Select[Any]:
    """A row for each role that an open account's person has on the day; one where there is none."""
    return (
        accounts.outerjoin(_person, _person.c.id == ACCOUNT.c.person_id)
        .outerjoin(ROLE, and_(ROLE.c.person_id == ACCOUNT.c.person_id, in_force(ROLE.c, _day)))
        .outerjoin(_organisation, _organisation.c.id == ROLE.c.organisation_id)
        .where(ACCOUNT.c.closed_at.is_(None))
        .order_by(ROLE.c.role, ROLE.c.organisation_id, ROLE.c.kind.desc())
    )


_BY_TOKEN = _with_roles(
    select(TOKEN.c.id.label("token_id"), TOKEN.c.last_seen_at, *_WHO)
    .join(ACCOUNT, ACCOUNT.c.id == TOKEN.c.account_id)
    .where(
        TOKEN.c.digest == bindparam("digest"),
        TOKEN.c.revoked_at.is_(None),
        TOKEN.c.expires_at > bindparam("now", type_=TOKEN.c.expires_at.type),
        or_(TOKEN.c.kind == "bearer", TOKEN.c.last_seen_at > bindparam("idle", type_=TOKEN.c.last_seen_at.type)),
    )
)
_BY_ACCOUNT = _with_roles(
    select(null().label("token_id"), null().label("last_seen_at"), *_WHO)
    .select_from(ACCOUNT)
    .where(ACCOUNT.c.id == bindparam("account_id"))
)
_OPEN = insert(TOKEN)
LONGEST_TOKEN = 100


@dataclass(frozen=True)
class OpenedToken:
    """The only time that a token is seen in plain; `expires_at` is the moment after which it is worth nothing."""

    token: str
    token_id: str
    expires_at: datetime


def authenticate(token: str, now: datetime) -> Actor | None:
    """The actor of a token, or None when it is unknown, revoked, expired, idle too long, or its account closed."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    return _actor(_BY_TOKEN, {"digest": digest(token), "now": now, "idle": now - SESSION_IDLE}, day_of(now))


def of_account(account_id: str, now: datetime) -> Actor | None:
    """The actor for whom work in the background is done, with the rights of that day; None once it is closed."""
    return _actor(_BY_ACCOUNT, {"account_id": account_id}, day_of(now))


def _actor(statement: Select[Any], keys: Mapping[str, Any], day: date) -> Actor | None:
    rows = db.session.connection().execute(statement, {**keys, "day": day}).all()
    if not rows:
        return None
    first, roles = rows[0], _held(rows)
    return Actor(
        account_id=first.account_id,
        person_id=first.person_id,
        name=first.name or first.username,
        organisation_id=first.home_id,
        roles=roles,
        standing_in=standing_in(db.session(), first.person_id, roles, day) if first.stands_in else (),
        locale=first.locale,
        token_id=first.token_id,
        seen_at=first.last_seen_at,
        day=day,
    )


def _held(rows: Sequence[Any]) -> tuple[HeldRole, ...]:
    return tuple(
        HeldRole(row.role, row.organisation_id, row.organisation_kind, row.path, row.kind, bool(row.acting))
        for row in rows
        if row.role is not None
    )


def digest(token: str) -> str:
    """SHA-256 of a token: it is random and long, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_seen_due(actor: Actor, now: datetime) -> bool:
    """Whether the edge should record that the token is in use; at most once in five minutes, so reads stay reads."""
    return actor.seen_at is not None and now - actor.seen_at >= SEEN_EVERY


def open_token(
    session: Session, account_id: str, kind: str, life: timedelta, now: datetime, *, label: str = "",
    address: str = "", via: str | None = None,
) -> OpenedToken:  # fmt: skip
    """Write a new token of `account_id`; `kind` is session or bearer, `via` oidc after a sign-on."""
    opened = OpenedToken("lectern_" + secrets.token_urlsafe(32), new_id(), now + life)
    row = {
        "id": opened.token_id,
        "account_id": account_id,
        "kind": kind,
        "digest": digest(opened.token),
        "label": label,
        "address": address,
        "via": via,
        "created_at": now,
        "expires_at": opened.expires_at,
        "last_seen_at": now,
        "revoked_at": None,
    }
    session.execute(_OPEN, row)
    return opened


def revoke(
    session: Session, account_id: str, now: datetime, *, keep: str | None = None, only: str | None = None
) -> int:
    """Revoke the account's live tokens: all, all but `keep`, or `only` one (token ids); how many."""
    chosen = [TOKEN.c.account_id == account_id, TOKEN.c.revoked_at.is_(None)]
    if keep is not None:
        chosen.append(TOKEN.c.id != keep)
    if only is not None:
        chosen.append(TOKEN.c.id == only)
    result = session.execute(update(TOKEN).where(*chosen).values(revoked_at=now))
    return cast("CursorResult[Any]", result).rowcount
