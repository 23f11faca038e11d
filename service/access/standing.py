"""Who stands for a role on a day: its holders who are present, else its standing alternates (policy.md §1)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Table,
    and_,
    bindparam,
    case,
    column,
    exists,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.orm import Session

from service.access import roles
from service.access.models import RoleAssignment

ROLE = cast("Table", RoleAssignment.__table__)


def in_force(c: Any, day: Any) -> ColumnElement[bool]:
    """Assignments (or appointments) whose days contain `day`: valid_from ≤ day < valid_until."""
    return and_(c.valid_from <= day, or_(c.valid_until.is_(None), c.valid_until > day))


def present(c: Any, day: Any) -> ColumnElement[bool]:
    """Not away on `day`."""
    away = and_(c.absent_from <= day, or_(c.absent_until.is_(None), c.absent_until > day))
    return or_(c.absent_from.is_(None), ~away)


def acting(source: FromClause, day: Any) -> ColumnElement[bool]:
    """True for a holder, and for an alternate while no holder of the same role is there.

    An absent holder keeps the right to act: the alternate joins, nobody is locked out of the own desk.
    """
    other = ROLE.alias("present_holder")
    holder_there = exists().where(
        other.c.role == source.c.role,
        other.c.organisation_id == source.c.organisation_id,
        other.c.kind == "holder",
        in_force(other.c, day),
        present(other.c, day),
    )
    return case((source.c.kind == "holder", true()), else_=~holder_there)


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


_PLACES: BindParameter[Any] = bindparam("organisation_ids", expanding=True)
_HELD = (
    select(ROLE.c.role, ROLE.c.organisation_id)
    .where(
        ROLE.c.role.in_(bindparam("roles", expanding=True)),
        ROLE.c.organisation_id.in_(_PLACES),
        in_force(ROLE.c, _day),
        present(ROLE.c, _day),
        acting(ROLE, _day),
    )
    .distinct()
)


def held_among(session: Session, places: Iterable[tuple[str, str]], on: date) -> set[tuple[str, str]]:
    """Those (role, organisation id) for which somebody stands on that day; one statement, none without places."""
    asked = set(places)
    if not asked:
        return set()
    named, where = (sorted(set(part)) for part in zip(*asked, strict=True))
    rows = session.connection().execute(_HELD, {"roles": named, "organisation_ids": where, "day": on})
    return asked & {(row.role, row.organisation_id) for row in rows}


def standing(session: Session, role: str, organisation_id: str, on: date) -> list[str]:
    """Person ids who stand for the role on that day: present holders, else present alternates; none: vacant."""
    values = {"role": role, "organisation_id": organisation_id, "day": on}
    return list(dict.fromkeys(session.scalars(_STANDING, values)))


def standing_without(session: Session, role: str, organisation_id: str, person_id: str, on: date) -> list[str]:
    """Who would stand for the role on that day if this person were away: other present holders, else alternates."""
    others = [one for one in standing(session, role, organisation_id, on) if one != person_id]
    if others:
        return others
    alternates = select(ROLE.c.person_id).where(
        ROLE.c.role == role, ROLE.c.organisation_id == organisation_id, ROLE.c.kind == "alternate",
        ROLE.c.person_id != person_id, in_force(ROLE.c, on), present(ROLE.c, on),
    )  # fmt: skip
    return list(dict.fromkeys(session.scalars(alternates.order_by(ROLE.c.valid_from, ROLE.c.person_id))))


def stand_in(
    session: Session,
    role: str,
    organisation_id: str,
    on: date,
    *,
    upward: bool = False,
    without: Collection[str] = (),
) -> tuple[str, str] | None:
    """The (role, organisation id) whose queue takes over when nobody stands for the role, or nobody may act.

    The order of policy.md §1: the unit's own deputies, the district above it, bureau HR. `upward` skips the deputies:
    a head's own application goes to the next level up, never to a subordinate (policy.md §5). `without` are persons
    who must not act: where nobody else stands the search goes on. None: nobody at all, or an office outside the
    bureau, whose decision is never the bureau's to make.
    """
    if role in roles.QUOTA_OFFICES:
        return None
    own = () if upward else roles.DEPUTIES.get(role, ())
    chain = [(deputy, organisation_id) for deputy in own]
    chain += [("principal", district) for district in _districts_above(session, organisation_id)]
    chain += [(chief, section) for chief in _bureau_hr(role, upward) for section in _places_of(session, chief, on)]
    chain += [(leader, bureau) for leader in roles.LEADER for bureau in _places_of(session, leader, on)]
    here = (role, organisation_id)
    free = (place for place in chain if place != here and set(standing(session, *place, on)) - set(without))
    return next(free, None)


def _bureau_hr(role: str, upward: bool) -> tuple[str, ...]:
    """The offices of bureau HR that may stand in, the chief first; for one of them only those above it."""
    if upward and role in roles.LEADER:
        return ()
    first = roles.BUREAU_HR.index(role) + 1 if role in roles.BUREAU_HR else 0
    return tuple(reversed(roles.BUREAU_HR[first:]))


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
