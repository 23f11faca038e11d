"""Commands of accounts: create, change or reset the password, close."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, column, select, table, update
from sqlalchemy.orm import Session

from service.access import accounts, passwords, policy, rules, sessions
from service.access.accounts import ACCOUNT, NewAccount
from service.access.actor import Actor
from service.audit import chain
from service.db import answer, db, transaction
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound

_person = table("person", column("id"))
_organisation = table("organisation", column("id"))


@dataclass(frozen=True)
class CreateAccount:
    """An account for a person; `organisation_id` is the person's home."""

    username: str
    password: str
    person_id: str | None = None
    organisation_id: str | None = None
    locale: str = "zh"


@dataclass(frozen=True)
class ChangePassword:
    """One's own password; `current` proves that it is one's own screen."""

    current: str
    new: str


@dataclass(frozen=True)
class ResetPassword:
    """Another's password, set by the admin."""

    account_id: str
    new: str


@dataclass(frozen=True)
class CloseAccount:
    """An account that nobody may use again."""

    account_id: str


def create_account(actor: Actor, command: CreateAccount, *, now: datetime) -> str:
    """The id of a new account.

    Conflict("account.name_taken" | "account.person_has_one"), Invalid with faults, NotFound("person.absent" |
    "organisation.absent").
    """
    username = rules.username_of(command.username)
    _expect_good(username, command.password)
    password_hash = passwords.hashed(command.password)
    with transaction() as session:
        policy.require(actor, "account.create")
        _expect_home(session, command.organisation_id)
        _expect_free(session, username, command.person_id)
        new = NewAccount(username, password_hash, command.person_id, command.organisation_id, command.locale)
        [account_id] = accounts.open_accounts(session, [new], now)
        answer(session, account_id=account_id)
        _record(session, account_id, "account.created", actor, now, {"username": username})
    return account_id


def change_password(actor: Actor, command: ChangePassword, *, now: datetime) -> None:
    """Change one's own password and end all other sessions; Forbidden("account.password_wrong")."""
    row = _account(actor.account_id)
    if not passwords.matches(row.password_hash, command.current):
        raise Forbidden("account.password_wrong")
    _expect_good(row.username, command.new)
    password_hash = passwords.hashed(command.new)
    with transaction() as session:
        policy.require(actor, "account.change_password", policy.Target(account_id=actor.account_id))
        _set_password(session, row.id, password_hash, now)
        sessions.revoke(session, row.id, now, keep=actor.token_id)
        _record(session, row.id, "account.password_changed", actor, now)


def reset_password(actor: Actor, command: ResetPassword, *, now: datetime) -> None:
    """Set another's password and end all of that account's sessions."""
    row = _account(command.account_id)
    _expect_good(row.username, command.new)
    password_hash = passwords.hashed(command.new)
    with transaction() as session:
        policy.require(actor, "account.reset_password", policy.Target(id=row.id, account_id=row.id))
        _set_password(session, row.id, password_hash, now)
        sessions.revoke(session, row.id, now)
        _record(session, row.id, "account.password_reset", actor, now)


def close_account(actor: Actor, command: CloseAccount, *, now: datetime) -> None:
    """Close an account for good; Conflict("account.closed") when it is already."""
    with transaction() as session:
        policy.require(actor, "account.close", policy.Target(id=command.account_id, account_id=command.account_id))
        found = select(ACCOUNT.c.closed_at).where(ACCOUNT.c.id == command.account_id).with_for_update()
        row = session.execute(found).first()
        if row is None:
            raise NotFound("account.absent")
        if row.closed_at is not None:
            raise Conflict("account.closed")
        accounts.close(session, command.account_id, now)
        _record(session, command.account_id, "account.closed", actor, now)


def _account(account_id: str) -> Row[Any]:
    """The open account; the read ends here, so that no connection waits for the hashing."""
    found = select(ACCOUNT.c.id, ACCOUNT.c.username, ACCOUNT.c.password_hash)
    row = db.session.execute(found.where(ACCOUNT.c.id == account_id, ACCOUNT.c.closed_at.is_(None))).first()
    db.session.rollback()
    if row is None:
        raise NotFound("account.absent")
    return cast("Row[Any]", row)


def _expect_good(username: str, password: str) -> None:
    faults: list[Fault] = rules.username_faults(username) + rules.password_faults(password, username)
    if faults:
        raise Invalid("account.invalid", faults=tuple(faults))


def _expect_home(session: Session, organisation_id: str | None) -> None:
    home = select(_organisation.c.id).where(_organisation.c.id == organisation_id)
    if organisation_id is not None and session.execute(home).first() is None:
        raise NotFound("organisation.absent")


def _expect_free(session: Session, username: str, person_id: str | None) -> None:
    if session.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.username == username)).first():
        raise Conflict("account.name_taken", username=username)
    if person_id is None:
        return
    if not session.execute(select(_person.c.id).where(_person.c.id == person_id)).first():
        raise NotFound("person.absent")
    if session.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.person_id == person_id)).first():
        raise Conflict("account.person_has_one", person_id=person_id)


def _set_password(session: Session, account_id: str, password_hash: str, now: datetime) -> None:
    values = {"password_hash": password_hash, "password_changed_at": now}
    session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(values))


def _record(
    session: Session, account_id: str, kind: str, actor: Actor, now: datetime, body: dict[str, Any] | None = None
) -> None:
    event = chain.NewEvent(kind, actor.account_id, body=body or {})
    chain.append(session, f"account:{account_id}", [event], at=now)
