"""Reads of roles and accounts: who stands for a role, who stands in, whose tokens live."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, column, or_, select, table

from service.access import policy, rules
from service.access.actor import Actor
from service.access.commands_roles import EndedRole
from service.access.models import AccessToken, Account, AccountIdentity
from service.access.standing import ROLE, held_among, stand_in, standing
from service.access.visibility import visible
from service.db import db
from service.errors import NotFound

__all__ = [
    "account_names",
    "assignment",
    "assignments",
    "ended",
    "former_holders",
    "held_among",
    "stand_in",
    "standing",
    "tokens_of",
]

FORMER = 20
_person = table("person", column("id"), column("name"))


def tokens_of(actor: Actor, account_id: str, now: datetime) -> list[AccessToken]:
    """The live tokens of an account that the actor may see, newest first; never the token itself."""
    seen = select(Account.id).where(Account.id == account_id, visible(actor, "account"))
    live = select(AccessToken).where(
        AccessToken.account_id.in_(seen), AccessToken.revoked_at.is_(None), AccessToken.expires_at > now
    )
    return list(db.session.scalars(live.order_by(AccessToken.created_at.desc())))


def linked_account(actor: Actor, account_id: str) -> Row[Any]:
    """An account with its person's name and its link to a provider, for the admin alone; NotFound("account.absent")."""
    columns = (Account.id, Account.username, Account.organisation_id, Account.closed_at, _person.c.name,
               AccountIdentity.issuer, AccountIdentity.subject, AccountIdentity.linked_at)  # fmt: skip
    found = (
        select(*columns)
        .outerjoin(_person, _person.c.id == Account.person_id)
        .outerjoin(AccountIdentity, AccountIdentity.account_id == Account.id)
        .where(Account.id == account_id, visible(actor, "account"))
    )
    policy.require(actor, "account.link_identity", policy.Target(id=account_id))
    row = db.session.execute(found).first()
    if row is None:
        raise NotFound("account.absent")
    return row


def account_named(actor: Actor, username: str) -> str:
    """The id of the open account of that name that the actor may see; NotFound("account.absent")."""
    mine = (Account.username == rules.username_of(username), Account.closed_at.is_(None), visible(actor, "account"))
    account_id = db.session.scalar(select(Account.id).where(*mine))
    db.session.rollback()
    if account_id is None:
        raise NotFound("account.absent")
    return account_id


def assignments(
    actor: Actor,
    on: date,
    *,
    organisation_id: str | None = None,
    person_id: str | None = None,
    role: str | None = None,
) -> Sequence[Row[Any]]:
    """Visible assignments in force on a day or later, with the person's name, by organisation, role and name."""
    found = _assignments(actor).where(or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > on))
    wanted = {ROLE.c.organisation_id: organisation_id, ROLE.c.person_id: person_id, ROLE.c.role: role}
    for of, value in wanted.items():
        if value is not None:
            found = found.where(of == value)
    return db.session.execute(found.order_by(ROLE.c.organisation_id, ROLE.c.role, _person.c.name, ROLE.c.id)).all()


def former_holders(actor: Actor, organisation_id: str, on: date) -> Sequence[Row[Any]]:
    """Visible assignments at an organisation that have ended by a day, the latest first; their work may wait."""
    found = _assignments(actor).where(ROLE.c.organisation_id == organisation_id, ROLE.c.valid_until <= on)
    return db.session.execute(found.order_by(ROLE.c.valid_until.desc(), ROLE.c.id).limit(FORMER)).all()


def assignment(actor: Actor, assignment_id: str) -> Row[Any]:
    """One assignment; NotFound("role.absent") when absent or not visible."""
    row = db.session.execute(_assignments(actor).where(ROLE.c.id == assignment_id)).first()
    if row is None:
        raise NotFound("role.absent")
    return row


def ended(actor: Actor, assignment_id: str, on: date) -> EndedRole:
    """What `end_role` answered before, as it stands on a day."""
    row = assignment(actor, assignment_id)
    last = row.valid_until or on
    there = standing(db.session(), row.role, row.organisation_id, max(last, on))
    return EndedRole(row.id, row.person_id, row.role, row.organisation_id, last, tuple(there))


def _assignments(actor: Actor) -> Select[Any]:
    named = select(*ROLE.c, _person.c.name.label("person_name")).join(_person, _person.c.id == ROLE.c.person_id)
    return named.where(visible(actor, "role_assignment"))


def account_names(account_ids: Collection[str]) -> dict[str, str]:
    """Account → name of its person, else its user name: who did what stands in the record under the account."""
    if not account_ids:
        return {}
    shown = select(Account.id, Account.username, _person.c.name).outerjoin(_person, _person.c.id == Account.person_id)
    rows = db.session.execute(shown.where(Account.id.in_(account_ids)))
    return {row.id: row.name or row.username for row in rows}
