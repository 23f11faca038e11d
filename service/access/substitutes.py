"""For whom somebody is the substitute (代理) on a day, as far as the roles of both permit it at that moment."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, column, exists, select, table
from sqlalchemy.orm import Session

from service.access.actor import HeldRole, Represented
from service.access.models import Account, Substitution
from service.access.rules_substitutes import Held, may_hold
from service.access.standing import ROLE, acting, in_force
from workflows.base import table_of

SUBSTITUTION = table_of(Substitution)
_ACCOUNT = table_of(Account)
_person = table("person", column("id"), column("name"))
_organisation = table("organisation", column("id"), column("kind"), column("path"))
_day = bindparam("day", type_=ROLE.c.valid_from.type)


def stands(c: Any, day: Any) -> ColumnElement[bool]:
    """Substitutions of a day that nobody has ended."""
    return and_(in_force(c, day), c.ended_at.is_(None))


def stands_in(person_id: Any, day: Any) -> ColumnElement[bool]:
    """Whether a person is anybody's substitute on a day: asked at every request, so that the rest rarely is."""
    return exists().where(SUBSTITUTION.c.substitute_id == person_id, stands(SUBSTITUTION.c, day))


_STANDING_IN = (
    select(
        *SUBSTITUTION.c,
        _person.c.name,
        ROLE.c.role,
        ROLE.c.kind,
        acting(ROLE, _day).label("acting"),
        _organisation.c.id.label("organisation_id"),
        _organisation.c.kind.label("organisation_kind"),
        _organisation.c.path,
    )
    .join(_person, _person.c.id == SUBSTITUTION.c.represented_id)
    .join(_ACCOUNT, and_(_ACCOUNT.c.person_id == _person.c.id, _ACCOUNT.c.closed_at.is_(None)))
    .join(ROLE, and_(ROLE.c.person_id == _person.c.id, in_force(ROLE.c, _day)))
    .join(_organisation, _organisation.c.id == ROLE.c.organisation_id)
    .where(SUBSTITUTION.c.substitute_id == bindparam("person_id"), stands(SUBSTITUTION.c, _day))
    .order_by(SUBSTITUTION.c.valid_from, SUBSTITUTION.c.id, ROLE.c.role, ROLE.c.organisation_id)
)


def held_by(session: Session, person_id: str, day: date) -> list[Row[Any]]:
    """The roles of a person on a day (`role`, `organisation_id`), as holder or alternate, for `may_hold`."""
    held = select(ROLE.c.role, ROLE.c.organisation_id).where(ROLE.c.person_id == person_id, in_force(ROLE.c, day))
    return list(session.execute(held))


def substitutes_of(session: Session, person_ids: Collection[str], day: date) -> dict[str, list[Represented]]:
    """Substitute → those of the persons whom that one may represent on a day; accounts that are closed left out."""
    found: dict[str, list[Represented]] = {}
    live = exists().where(_ACCOUNT.c.person_id == SUBSTITUTION.c.substitute_id, _ACCOUNT.c.closed_at.is_(None))
    named = select(SUBSTITUTION.c.substitute_id).where(
        SUBSTITUTION.c.represented_id.in_(person_ids), stands(SUBSTITUTION.c, day), live
    )
    for substitute_id in session.scalars(named.distinct()).all() if person_ids else ():
        able = standing_in(session, substitute_id, held_by(session, substitute_id, day), day)
        found[substitute_id] = [one for one in able if one.person_id in person_ids]
    return found


def standing_in(session: Session, person_id: str, own: Iterable[Held], day: date) -> tuple[Represented, ...]:
    """Those for whom the person with the roles `own` may act on a day; one statement.

    Nobody whose account is closed, and nobody of whose roles none may be held by the substitute (`may_hold`).
    """
    rows = session.connection().execute(_STANDING_IN, {"person_id": person_id, "day": day}).all()
    held, named = tuple(own), {row.id: row for row in rows}
    found = []
    for row in named.values():
        theirs = [
            HeldRole(each.role, each.organisation_id, each.organisation_kind, each.path, each.kind, bool(each.acting))
            for each in rows
            if each.id == row.id
        ]
        permitted = tuple(role for role in theirs if may_hold(held, role))
        if permitted:
            found.append(
                Represented(
                    row.id, row.represented_id, row.name, row.valid_from, row.valid_until, tuple(row.flows), permitted
                )
            )
    return tuple(found)
