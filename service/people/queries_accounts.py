"""Reads of the accounts of an organisation's staff, and the dry run of a sheet of new ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Row, func, or_, select

from service.access import passwords, policy, rules
from service.access.accounts import ACCOUNT, IDENTITY, ROLE, SLIP
from service.access.actor import Actor
from service.access.days import day_of
from service.access.standing import in_force
from service.db import db
from service.errors import NotFound
from service.people import opening_accounts
from service.people.members import PERSON
from service.people.opening_accounts import OPENING, Plan
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.sheets import MAX_ROWS, Sheet


@dataclass(frozen=True)
class StaffAccount:
    """A person of the staff and the account; `state` none | new (nobody can enter yet: a slip is to be
    printed) | waiting (for its slip to be used) | lapsed | active | closed.

    `may_issue`: whether the actor may issue a slip for it; `due`: whether a slip is wanted, and from the actor: at a
    school those of teachers are the clerk's, where bureau HR or the admin prints those of its office.
    `roles` are those held or held in reserve; `linked`: with the provider of sign-on.
    """

    person_id: str
    name: str
    account_id: str | None
    username: str | None
    state: str
    expires_at: datetime | None
    may_issue: bool
    linked: bool
    roles: tuple[str, ...]
    due: bool


def staff_accounts(actor: Actor, organisation_id: str, now: datetime) -> Sequence[StaffAccount]:
    """Everybody who is employed there on the day, by name. NotFound("organisation.absent") for who issues no slips."""
    target = policy.Target(organisation_id=organisation_id, kind="teacher")
    if not policy.allows(actor, "account.issue_slips", target):
        raise NotFound("organisation.absent")
    today = day_of(now)
    columns = (ACCOUNT.c.id.label("account_id"), ACCOUNT.c.username, ACCOUNT.c.closed_at, ACCOUNT.c.password_hash,
               SLIP.c.expires_at, IDENTITY.c.subject)  # fmt: skip
    found = (
        select(PERSON.c.id, PERSON.c.name, *columns)
        .join(APPOINTMENT, APPOINTMENT.c.person_id == PERSON.c.id)
        .outerjoin(ACCOUNT, ACCOUNT.c.person_id == PERSON.c.id)
        .outerjoin(SLIP, SLIP.c.account_id == ACCOUNT.c.id)
        .outerjoin(IDENTITY, IDENTITY.c.account_id == ACCOUNT.c.id)
        .where(APPOINTMENT.c.organisation_id == organisation_id, in_force(APPOINTMENT.c, today))
        .where(policy.visible(actor, "person"))
        .order_by(PERSON.c.name, PERSON.c.id)
    )
    rows = db.session.execute(found).all()
    held = _roles([row.id for row in rows], now)
    kinds = {row.id: rules.staff_kind(held[row.id]) for row in rows}
    issues = {
        kind: policy.allows(actor, "account.issue_slips", policy.Target(organisation_id=organisation_id, kind=kind))
        for kind in {*kinds.values(), "school"}
    }
    theirs = "teacher" if issues["school"] and "school" in kinds.values() else None
    return [
        StaffAccount(
            row.id, row.name, row.account_id, row.username, _state(row, now), row.expires_at, issues[kinds[row.id]],
            row.subject is not None, tuple(held[row.id]),
            issues[kinds[row.id]] and kinds[row.id] != theirs and _state(row, now) in ("new", "lapsed"),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """How far a sheet over many organisations is: state → rows, and the rows that were refused."""

    counts: Mapping[str, int]
    refused: Sequence[Row[Any]]


def opening(actor: Actor, run_id: str) -> Opening:
    """The outcome of a run of accounts, for who may open them."""
    policy.require(actor, "account.open_many")
    mine = OPENING.c.run_id == run_id
    counted = select(OPENING.c.state, func.count()).where(mine).group_by(OPENING.c.state)
    counts = dict.fromkeys(("waiting", "opened", "refused"), 0) | {
        row[0]: row[1] for row in db.session.execute(counted)
    }
    refused = select(OPENING, PERSON.c.name).join(PERSON, PERSON.c.id == OPENING.c.person_id)
    rows = db.session.execute(refused.where(mine, OPENING.c.state == "refused").order_by(OPENING.c.position)).all()
    return Opening(counts, rows)


def plan(actor: Actor, organisation_id: str | None, sheet: Sheet, now: datetime) -> Plan:
    """What a sheet of one organisation, or (None) of many, would open, and every fault; nothing is written.

    NotFound("organisation.absent"), Forbidden for a sheet of many.
    """
    if organisation_id is None:
        policy.require(actor, "account.open_many")
    elif not policy.allows(actor, "account.open_many", policy.Target(organisation_id=organisation_id)):
        raise NotFound("organisation.absent")
    found = opening_accounts.plan(db.session(), organisation_id, sheet, day_of(now))
    db.session.rollback()
    return found


def suggested(actor: Actor, organisation_id: str, now: datetime) -> list[tuple[str, str, str]]:
    """(person, name, user name that is free) of everybody without an account: what the template is filled with."""
    without = [one for one in staff_accounts(actor, organisation_id, now) if one.account_id is None]
    code = db.session.scalar(select(ORGANISATION.c.code).where(ORGANISATION.c.id == organisation_id)) or ""
    stem = f"{code.casefold()}."
    taken = set(db.session.scalars(select(ACCOUNT.c.username).where(ACCOUNT.c.username.startswith(stem))))
    free = (f"{stem}{number:03d}" for number in range(1, 100_000) if f"{stem}{number:03d}" not in taken)
    return [(one.person_id, one.name, username) for one, username in zip(without, free, strict=False)]


def suggested_everywhere(actor: Actor, now: datetime) -> list[tuple[str, str, str, str]]:
    """(person, name, free user name, organisation) of everybody without an account, by organisation and name."""
    policy.require(actor, "account.open_many")
    found = (
        select(PERSON.c.id, PERSON.c.name, ORGANISATION.c.code, ORGANISATION.c.name.label("place"))
        .join(APPOINTMENT, APPOINTMENT.c.person_id == PERSON.c.id)
        .join(ORGANISATION, ORGANISATION.c.id == APPOINTMENT.c.organisation_id)
        .outerjoin(ACCOUNT, ACCOUNT.c.person_id == PERSON.c.id)
        .where(ACCOUNT.c.id.is_(None), in_force(APPOINTMENT.c, day_of(now)))
        .order_by(ORGANISATION.c.code, PERSON.c.name, PERSON.c.id)
        .limit(MAX_ROWS)
    )
    taken = set(db.session.scalars(select(ACCOUNT.c.username)))
    rows, seen = [], set[str]()
    for row in db.session.execute(found):
        if row.id not in seen:
            rows.append((row.id, row.name, _free(row.code, taken), row.place))
            seen.add(row.id)
    return rows


def _free(code: str, taken: set[str]) -> str:
    """The next name of an organisation that nobody has, taken from now on."""
    names = (f"{code.casefold()}.{number:03d}" for number in count(1))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _roles(person_ids: Sequence[str], now: datetime) -> Mapping[str, list[str]]:
    today, held = day_of(now), defaultdict[str, list[str]](list)
    mine = (ROLE.c.person_id.in_(person_ids), or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > today))
    for row in db.session.execute(select(ROLE.c.person_id, ROLE.c.role).where(*mine).distinct().order_by(ROLE.c.role)):
        held[row.person_id].append(row.role)
    return held


def _state(row: Any, now: datetime) -> str:
    if row.account_id is None:
        return "none"
    if row.closed_at is not None:
        return "closed"
    if row.expires_at is not None:
        return "waiting" if row.expires_at > now else "lapsed"
    return "active" if row.subject is not None or passwords.is_set(row.password_hash) else "new"
