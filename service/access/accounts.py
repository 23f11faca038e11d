"""Building blocks inside another command's transaction: open and close accounts, give and end roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from service.access import sessions
from service.access.models import Account, AccountIdentity, AccountSlip, RoleAssignment, UsedSignOn
from workflows.base import new_id

ACCOUNT = cast("Table", Account.__table__)
ROLE = cast("Table", RoleAssignment.__table__)
SLIP = cast("Table", AccountSlip.__table__)
IDENTITY = cast("Table", AccountIdentity.__table__)
USED = cast("Table", UsedSignOn.__table__)


@dataclass(frozen=True)
class NewAccount:
    """`username` is already case-folded, `password_hash` made outside the transaction (`passwords.hashed`)."""

    username: str
    password_hash: str
    person_id: str | None = None
    organisation_id: str | None = None
    locale: str = "zh"


@dataclass(frozen=True)
class NewAssignment:
    """A role from a day on; `valid_until` is the first day on which it is no longer held."""

    person_id: str
    role: str
    organisation_id: str
    valid_from: date
    valid_until: date | None = None
    kind: str = "holder"
    document: str = ""


def open_accounts(session: Session, accounts: Iterable[NewAccount], now: datetime) -> list[str]:
    """Insert accounts in bulk; their ids in the same order."""
    rows = [_account_row(account, now) for account in accounts]
    if rows:
        session.execute(insert(ACCOUNT), rows)
    return [str(row["id"]) for row in rows]


def give_roles(session: Session, assignments: Iterable[NewAssignment], by: str, now: datetime) -> list[str]:
    """Insert assignments in bulk, unchecked; `by` is an account id; their ids in the same order."""
    rows = [_role_row(assignment, by, now) for assignment in assignments]
    if rows:
        session.execute(insert(ROLE), rows)
    return [str(row["id"]) for row in rows]


def leave(session: Session, person_id: str, day: date, now: datetime) -> list[str]:
    """Close the account, its tokens and all roles of a person who leaves on `day`; the ids of the ended roles."""
    for account_id in session.scalars(select(ACCOUNT.c.id).where(ACCOUNT.c.person_id == person_id)).all():
        close(session, account_id, now)
    return end_roles(session, person_id, day)


def end_roles(session: Session, person_id: str, day: date, organisation_id: str | None = None) -> list[str]:
    """End the person's roles on `day`, those of one organisation or all; their ids."""
    mine = (ROLE.c.person_id == person_id) & or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > day)
    if organisation_id is not None:
        mine &= ROLE.c.organisation_id == organisation_id
    ending = session.execute(select(ROLE.c.id, ROLE.c.valid_from).where(mine).with_for_update()).all()
    for row in ending:
        session.execute(update(ROLE).where(ROLE.c.id == row.id).values(valid_until=max(day, row.valid_from)))
    return [row.id for row in ending]


def reopen(session: Session, person_id: str) -> None:
    """Whoever was taken to have left may log in again; what the account's tokens were stays revoked."""
    session.execute(update(ACCOUNT).where(ACCOUNT.c.person_id == person_id).values(closed_at=None))


def rehome(session: Session, person_id: str, organisation_id: str) -> None:
    """The person's account belongs to another organisation now."""
    session.execute(update(ACCOUNT).where(ACCOUNT.c.person_id == person_id).values(organisation_id=organisation_id))


def close(session: Session, account_id: str, now: datetime) -> None:
    """Close an account for good, with its slip and its link to the provider, and revoke its tokens."""
    for of in (SLIP, IDENTITY):
        session.execute(delete(of).where(of.c.account_id == account_id))
    session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(closed_at=now))
    sessions.revoke(session, account_id, now)


def _account_row(account: NewAccount, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "username": account.username,
        "person_id": account.person_id,
        "organisation_id": account.organisation_id,
        "password_hash": account.password_hash,
        "locale": account.locale,
        "created_at": now,
        "password_changed_at": now,
        "closed_at": None,
    }


def _role_row(assignment: NewAssignment, by: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "person_id": assignment.person_id,
        "role": assignment.role,
        "organisation_id": assignment.organisation_id,
        "kind": assignment.kind,
        "valid_from": assignment.valid_from,
        "valid_until": assignment.valid_until,
        "absent_from": None,
        "absent_until": None,
        "document": assignment.document,
        "assigned_at": now,
        "assigned_by": by,
    }
