"""Commands of accounts in bulk: open them for staff, and issue the slips by which people choose a password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access import accounts, passwords, policy, rules, slips
from service.access.accounts import ACCOUNT, ROLE, NewAccount
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.db import answer, transaction
from service.errors import Invalid, NotFound
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY
from service.people.members import PERSON
from service.people.opening_accounts import MOST, NewLogin


@dataclass(frozen=True)
class OpenMany:
    """Accounts for staff of one organisation, as a checked sheet has them."""

    organisation_id: str
    logins: tuple[NewLogin, ...]


@dataclass(frozen=True)
class IssueSlips:
    """New slips for accounts of one organisation: their passwords, sessions and earlier slips end."""

    organisation_id: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True)
class Slip:
    """What is printed, once; `expires_at` is the moment after which the code is worth nothing."""

    account_id: str
    username: str
    name: str
    code: str
    expires_at: datetime


def open_many(actor: Actor, command: OpenMany, *, now: datetime) -> tuple[str, ...]:
    """Open accounts that nobody can use until slips are issued; their ids in the order of the rows.

    Conflict("database.duplicate") when a name was taken or a person got an account meanwhile.
    """
    with transaction() as session:
        policy.require(actor, "account.open_many", policy.Target(organisation_id=command.organisation_id))
        new = [
            NewAccount(login.username, passwords.unusable(), login.person_id, command.organisation_id)
            for login in command.logins
        ]
        made = accounts.open_accounts(session, new, now)
        answer(session, account_ids=made)
        for account_id, one in zip(made, new, strict=True):
            _record(session, account_id, "account.created", actor, now, {"username": one.username})
    return tuple(made)


def issue_slips(actor: Actor, command: IssueSlips, *, now: datetime) -> tuple[Slip, ...]:
    """A slip for each account, told this once; what let people in before does so no more.

    NotFound("account.absent") when one is not an open account of that organisation, Invalid("accounts.too_many").
    """
    if not 0 < len(command.account_ids) <= MOST:
        raise Invalid("accounts.too_many", limit=MOST)
    with transaction() as session:
        rows = _accounts(session, command)
        kind = _kind(session, [row.person_id for row in rows], day_of(now))
        target = policy.Target(id=rows[0].id, organisation_id=command.organisation_id, kind=kind)
        policy.require(actor, "account.issue_slips", target)
        days = int(parameters.current(session, "account_slip_days", day_of(now), COUNTY).value)
        until = now + timedelta(days=days)
        codes = slips.issue(session, [row.id for row in rows], actor.account_id, now, until)
        for row in rows:
            _record(session, row.id, "account.slip_issued", actor, now, {"until": until.isoformat()})
    return tuple(Slip(row.id, row.username, row.name, codes[row.id], until) for row in rows)


def _accounts(session: Session, command: IssueSlips) -> Sequence[Any]:
    found = (
        select(ACCOUNT.c.id, ACCOUNT.c.username, ACCOUNT.c.person_id, PERSON.c.name)
        .join(PERSON, PERSON.c.id == ACCOUNT.c.person_id)
        .where(ACCOUNT.c.id.in_(command.account_ids), ACCOUNT.c.organisation_id == command.organisation_id)
        .where(ACCOUNT.c.closed_at.is_(None))
        .order_by(PERSON.c.name, ACCOUNT.c.id)
        .with_for_update(of=ACCOUNT)
    )
    rows: Sequence[Any] = session.execute(found).all()
    if len(rows) != len(set(command.account_ids)):
        raise NotFound("account.absent")
    return rows


def _kind(session: Session, person_ids: Sequence[str], today: date) -> str:
    """The highest of them: who may not issue one of the slips issues none."""
    mine = (ROLE.c.person_id.in_(person_ids), or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > today))
    return rules.staff_kind(session.scalars(select(ROLE.c.role).where(*mine)).all())


def _record(session: Session, account_id: str, kind: str, actor: Actor, now: datetime, body: Mapping[str, Any]) -> None:
    chain.append(session, f"account:{account_id}", [chain.NewEvent(kind, actor.account_id, body=dict(body))], at=now)
