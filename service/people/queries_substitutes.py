"""Reads of substitutes (代理) and absences: who stands in for whom, and who may be named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import aliased

from service.access import policy
from service.access.actor import Actor
from service.access.models import Account
from service.access.roles import DEPUTIES, ONE_HOLDER
from service.access.rules_substitutes import may_hold
from service.access.standing import ROLE, in_force, standing_without
from service.access.substitutes import SUBSTITUTION
from service.db import db
from service.errors import NotFound
from service.people.models import Person
from workflows.base import table_of

_OTHER = aliased(Person)
_ACCOUNT = table_of(Account)
LISTED = 200


@dataclass(frozen=True)
class Away:
    """One role of a person: since when and until when they are away from it, and who stands for it meanwhile."""

    role: str
    organisation_id: str
    kind: str
    absent_from: date | None
    absent_until: date | None
    alternates: tuple[str, ...]


def substitutions(actor: Actor, on: date, *, person_id: str | None = None) -> Sequence[Row[Any]]:
    """Visible ones that run on a day or later, with both names, by their first day; of a person on either side."""
    lasting = (SUBSTITUTION.c.ended_at.is_(None), SUBSTITUTION.c.valid_until > on)
    found = _substitutions(actor).where(*lasting)
    if person_id is not None:
        found = found.where(or_(SUBSTITUTION.c.represented_id == person_id, SUBSTITUTION.c.substitute_id == person_id))
    return db.session.execute(found.order_by(SUBSTITUTION.c.valid_from, SUBSTITUTION.c.id)).all()


def substitution(actor: Actor, substitution_id: str) -> Row[Any]:
    """One of them, also when it is over; NotFound("substitute.absent") when absent or not visible."""
    row = db.session.execute(_substitutions(actor).where(SUBSTITUTION.c.id == substitution_id)).first()
    if row is None:
        raise NotFound("substitute.absent")
    return row


def _substitutions(actor: Actor) -> Any:
    named = select(*SUBSTITUTION.c, Person.name.label("represented_name"), _OTHER.name.label("substitute_name"))
    joined = named.join(Person, Person.id == SUBSTITUTION.c.represented_id)
    return joined.join(_OTHER, _OTHER.id == SUBSTITUTION.c.substitute_id).where(policy.visible(actor, "substitution"))


def absences(actor: Actor, person_id: str, on: date) -> list[Away]:
    """The roles of a person whose absence the actor may plan, with who stands for them while the person is away."""
    policy.require(actor, "absence.plan", policy.Target(id=person_id, person_id=person_id))
    held = select(*ROLE.c).where(ROLE.c.person_id == person_id, in_force(ROLE.c, on)).order_by(ROLE.c.role, ROLE.c.id)
    return [_away(row, max(on, row.absent_from or on)) for row in db.session.execute(held)]


def _away(row: Row[Any], on: date) -> Away:
    others = standing_without(db.session(), row.role, row.organisation_id, row.person_id, on)
    return Away(row.role, row.organisation_id, row.kind, row.absent_from, row.absent_until, tuple(others))


def able(actor: Actor, person_id: str, on: date) -> list[Row[Any]]:
    """Persons who may be named as somebody's substitute, with the role by which: colleagues, deputies, equals.

    Those of another organisation are listed for roles of which each organisation has one holder.
    """
    policy.require(actor, "absence.plan", policy.Target(id=person_id, person_id=person_id))
    mine = db.session.execute(select(*ROLE.c).where(ROLE.c.person_id == person_id, in_force(ROLE.c, on))).all()
    places = [
        and_(
            ROLE.c.role.in_((row.role, *DEPUTIES.get(row.role, ()))),
            or_(ROLE.c.organisation_id == row.organisation_id, ROLE.c.role.in_(ONE_HOLDER & {row.role})),
        )
        for row in mine
    ]
    found = (
        select(ROLE.c.person_id, ROLE.c.role, ROLE.c.organisation_id, Person.name)
        .join(Person, Person.id == ROLE.c.person_id)
        .join(_ACCOUNT, and_(_ACCOUNT.c.person_id == Person.id, _ACCOUNT.c.closed_at.is_(None)))
        .where(or_(*places), ROLE.c.person_id.not_in((person_id, actor.person_id or "")), in_force(ROLE.c, on))
        .order_by(ROLE.c.organisation_id.not_in([row.organisation_id for row in mine]), Person.name, ROLE.c.person_id)
        .limit(LISTED)
    )
    rows = db.session.execute(found).all() if places else []
    fitting = {row.person_id: row for row in reversed(rows) if any(may_hold([row], place) for place in mine)}
    return list(reversed(fitting.values()))
