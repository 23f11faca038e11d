"""Reads of roles and accounts: who stands for a role, who stands in, whose tokens live."""

from datetime import date, datetime

from sqlalchemy import bindparam, column, select, table
from sqlalchemy.orm import Session

from service.access import roles
from service.access.actor import Actor
from service.access.models import AccessToken, Account
from service.access.standing import ROLE, acting, in_force, present
from service.access.visibility import visible
from service.db import db

_organisation = table("organisation", column("id"), column("parent_id"), column("kind"), column("code"))
_day = bindparam("day", type_=ROLE.c.valid_from.type)
_STANDING = (
    select(ROLE.c.person_id)
    .where(
        ROLE.c.role == bindparam("role"),
        ROLE.c.organisation_id == bindparam("organisation_id"),
        in_force(ROLE.c, _day),
        present(ROLE.c, _day),
        acting(ROLE, _day),
    )
    .order_by(ROLE.c.kind.desc(), ROLE.c.valid_from, ROLE.c.person_id)
)


def standing(session: Session, role: str, organisation_id: str, on: date) -> list[str]:
    """Person ids who stand for the role on that day: present holders, else present alternates; none: vacant."""
    values = {"role": role, "organisation_id": organisation_id, "day": on}
    return list(dict.fromkeys(session.scalars(_STANDING, values)))


def stand_in(
    session: Session, role: str, organisation_id: str, on: date, *, upward: bool = False
) -> tuple[str, str] | None:
    """The (role, organisation id) whose queue takes over when nobody stands for the role, or nobody may act.

    The order of policy.md §1: the unit's own deputies, the district above it, bureau HR. `upward` skips the deputies:
    a head's own application goes to the next level up, never to a subordinate (policy.md §5). None: nobody at all.
    """
    own = () if upward else roles.DEPUTIES.get(role, ())
    chain = [(deputy, organisation_id) for deputy in own]
    chain += [("principal", district) for district in _districts_above(session, organisation_id)]
    chain += [(chief, section) for chief in reversed(roles.BUREAU_HR) for section in _places_of(session, chief, on)]
    chain += [(leader, bureau) for leader in roles.LEADER for bureau in _places_of(session, leader, on)]
    here = (role, organisation_id)
    return next((place for place in chain if place != here and standing(session, *place, on)), None)


def _districts_above(session: Session, organisation_id: str) -> list[str]:
    """The districts above a unit, nearest first."""
    found = []
    current: str | None = organisation_id
    while current is not None:
        row = session.execute(select(_organisation).where(_organisation.c.id == current)).one()
        if row.kind == "district" and current != organisation_id:
            found.append(row.id)
        current = row.parent_id
    return found


def _places_of(session: Session, role: str, on: date) -> list[str]:
    """The organisations at which the role is held on that day, in the order of their codes."""
    held = select(ROLE.c.organisation_id).where(ROLE.c.role == role, in_force(ROLE.c, on))
    found = select(_organisation.c.id).where(_organisation.c.id.in_(held)).order_by(_organisation.c.code)
    return list(session.scalars(found))


def tokens_of(actor: Actor, account_id: str, now: datetime) -> list[AccessToken]:
    """The live tokens of an account that the actor may see, newest first; never the token itself."""
    seen = select(Account.id).where(Account.id == account_id, visible(actor, "account"))
    live = select(AccessToken).where(
        AccessToken.account_id.in_(seen), AccessToken.revoked_at.is_(None), AccessToken.expires_at > now
    )
    return list(db.session.scalars(live.order_by(AccessToken.created_at.desc())))
