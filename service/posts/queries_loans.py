"""Lent posts for an actor: who holds which post of a pool, at which school, until when, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select

from service.access import policy
from service.access.actor import Actor
from service.access.standing import in_force
from service.db import db
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.posts import lending
from service.posts.borrowing import borrowed
from service.posts.lending import INSTANCE, LOAN, LOOKED_AFTER
from service.posts.posting import ACCOUNT
from service.posts.queries import CASE, ORGANISATION


@dataclass(frozen=True, slots=True)
class LoanView:
    """A lent post with the names of its holder and school; the case that lent it is None where the actor sees none.

    `decidable`: no running case looks after it, so bureau HR decides on it here.
    """

    id: str
    band: str
    borrower_id: str
    school_name: str
    school_name_en: str
    person_id: str
    name: str
    instance_id: str | None
    business_key: str | None
    from_on: date
    until: date
    appointed_on: date | None
    ended_on: date | None
    ended_because: str | None
    decidable: bool


def loans(
    actor: Actor, *, open_only: bool = True, organisation_id: str | None = None, until: date | None = None
) -> Sequence[LoanView]:
    """The visible loans, those whose term ends first before the others; `until` keeps those that end by that day."""
    seen = (CASE.c.instance_id == LOAN.c.instance_id) & policy.visible(actor, "instance", CASE)
    names = (ORGANISATION.c.name.label("school_name"), ORGANISATION.c.name_en.label("school_name_en"))
    found = (
        select(LOAN, ACCOUNT.c.band, PERSON.c.name, CASE.c.business_key, *names, _alone().label("decidable"))
        .join(ACCOUNT, ACCOUNT.c.id == LOAN.c.account_id)
        .join(PERSON, PERSON.c.id == LOAN.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == LOAN.c.borrower_id)
        .outerjoin(CASE, seen)
        .where(policy.visible(actor, "post_loan"))
    )
    if open_only:
        found = found.where(LOAN.c.ended_on.is_(None))
    if organisation_id is not None:
        found = found.where(LOAN.c.borrower_id == organisation_id)
    if until is not None:
        found = found.where(LOAN.c.until <= until)
    return [_loan(row) for row in db.session.execute(found.order_by(LOAN.c.until, LOAN.c.id).limit(2000))]


def unnamed(actor: Actor, organisation_id: str) -> Sequence[tuple[str, str, int]]:
    """(Pool account, band, how many) of posts that a school has borrowed and that nobody is named to hold."""
    lent = borrowed(db.session(), organisation_id)
    open_ = (LOAN.c.borrower_id == organisation_id, LOAN.c.ended_on.is_(None))
    counted = select(LOAN.c.account_id, func.count()).where(*open_).group_by(LOAN.c.account_id)
    named = {row[0]: int(row[1]) for row in db.session.execute(counted)}
    mine = (ACCOUNT.c.id.in_(list(lent)), policy.visible(actor, "ledger_account", ACCOUNT))
    rows = db.session.execute(select(ACCOUNT.c.id, ACCOUNT.c.band).where(*mine).order_by(ACCOUNT.c.band.desc())).all()
    return [(row.id, row.band, left) for row in rows if (left := lent[row.id] - named.get(row.id, 0)) > 0]


def able_holders(actor: Actor, organisation_id: str, on: date) -> Sequence[tuple[str, str, str]]:
    """(Person, name, band) of a school's staff in a band who hold no lent post: who may be named as a holder."""
    holding = select(LOAN.c.person_id).where(LOAN.c.ended_on.is_(None))
    here = (
        APPOINTMENT.c.organisation_id == organisation_id, APPOINTMENT.c.band.is_not(None),
        in_force(APPOINTMENT.c, on), APPOINTMENT.c.person_id.not_in(holding), policy.visible(actor, "person", PERSON),
    )  # fmt: skip
    staff = select(PERSON.c.id, PERSON.c.name, APPOINTMENT.c.band)
    found = staff.join(APPOINTMENT, APPOINTMENT.c.person_id == PERSON.c.id)
    return [tuple(row) for row in db.session.execute(found.where(*here).order_by(PERSON.c.name, PERSON.c.id))]


def _alone() -> ColumnElement[bool]:
    looked_after = select(INSTANCE.c.id).where(INSTANCE.c.id == LOAN.c.instance_id, INSTANCE.c.state.in_(LOOKED_AFTER))
    return and_(LOAN.c.ended_on.is_(None), ~looked_after.exists())


def noticed_until(today: date) -> date:
    """The last day of the terms that are to be decided on now."""
    return lending.noticed_until(db.session(), today)


def _loan(row: Row[*tuple[Any, ...]]) -> LoanView:
    plain = {name: getattr(row, name) for name in LoanView.__slots__}
    return LoanView(**{**plain, "instance_id": row.instance_id if row.business_key else None})
