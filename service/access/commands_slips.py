"""The first password: chosen by who holds the slip of the account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.access import passwords, policy, rules, slips, throttle
from service.access.accounts import ACCOUNT
from service.access.actor import ANONYMOUS, Actor
from service.audit import chain
from service.db import db, transaction
from service.errors import Forbidden, Invalid


@dataclass(frozen=True)
class Activate:
    """User name and code of a slip, and the password that its holder chooses; `address` is the client's."""

    username: str
    code: str
    password: str
    address: str


def activate(actor: Actor, command: Activate, *, now: datetime) -> None:
    """Set the password by a slip, which is worth nothing from then on.

    Invalid("account.invalid") with faults of the password; Forbidden("account.slip_refused") for an unknown name,
    a wrong code, one that was used or has expired alike; Forbidden("access.throttled").
    """
    username = rules.username_of(command.username)
    faults = rules.password_faults(command.password, username)
    if faults:
        raise Invalid("account.invalid", faults=tuple(faults))
    throttle.check(db.session(), username, command.address, now)
    db.session.rollback()
    password_hash = passwords.hashed(command.password)
    with transaction() as session:
        policy.require(actor, "account.activate")
        found = select(ACCOUNT.c.id).where(ACCOUNT.c.username == username, ACCOUNT.c.closed_at.is_(None))
        account_id = session.scalar(found.with_for_update())
        throttle.check(session, username, command.address, now)
        used = account_id is not None and slips.use(session, account_id, command.code, now)
        if used and account_id is not None:
            values = {"password_hash": password_hash, "password_changed_at": now}
            session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(values))
            throttle.forget(session, username)
            _record(session, account_id, "account.activated", account_id, now, command.address)
        else:
            throttle.count(session, username, command.address, now)
            _record(session, account_id or "unknown", "account.slip_refused", ANONYMOUS, now, command.address)
    if not used:
        raise Forbidden("account.slip_refused")


def _record(session: Session, account_id: str, kind: str, by: str, now: datetime, address: str) -> None:
    event = chain.NewEvent(kind, by, body={}, sensitive={"address": address})
    chain.append(session, f"account:{account_id}", [event], at=now)
