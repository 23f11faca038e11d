"""Lent posts for an actor: who holds which post of a pool, at which school, until when, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.people.members import PERSON
from service.posts import lending
from service.posts.lending import LOAN
from service.posts.posting import ACCOUNT
from service.posts.queries import CASE, ORGANISATION


@dataclass(frozen=True, slots=True)
class LoanView:
    """A lent post with the names of its holder and school; the case that lent it is None where the actor sees none."""

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


def loans(
    actor: Actor, *, open_only: bool = True, organisation_id: str | None = None, until: date | None = None
) -> Sequence[LoanView]:
    """The visible loans, those whose term ends first before the others; `until` keeps those that end by that day."""
    seen = (CASE.c.instance_id == LOAN.c.instance_id) & policy.visible(actor, "instance", CASE)
    names = (ORGANISATION.c.name.label("school_name"), ORGANISATION.c.name_en.label("school_name_en"))
    found = (
        select(LOAN, ACCOUNT.c.band, PERSON.c.name, CASE.c.business_key, *names)
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


def noticed_until(today: date) -> date:
    """The last day of the terms that are to be decided on now."""
    return lending.noticed_until(db.session(), today)


def _loan(row: Row[*tuple[Any, ...]]) -> LoanView:
    plain = {name: getattr(row, name) for name in LoanView.__slots__}
    return LoanView(**{**plain, "instance_id": row.instance_id if row.business_key else None})
