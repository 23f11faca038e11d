"""Reads of the confirmations that a school has no other open case on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.accounts import ROLE
from service.access.actor import Actor
from service.access.roles import SCHOOL_OFFICE
from service.access.standing import in_force
from service.db import db
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY
from service.people.members import PERSON, names
from service.posts.checked import BUREAU, CHECK, NEEDED, SCHOOL
from service.posts.posting import ACCOUNT
from service.posts.queries import ORGANISATION


@dataclass(frozen=True)
class Said:
    """Who has confirmed it, and when; on a sealed paper of that number, written down by `recorder`."""

    name: str
    at: datetime
    document: str | None = None
    attachment_id: str | None = None
    recorder: str | None = None


@dataclass(frozen=True)
class CheckView:
    """A school with an account: who of the two sides has confirmed that it has no other open case on paper."""

    organisation_id: str
    organisation_name: str
    organisation_name_en: str
    school: Said | None
    bureau: Said | None

    @property
    def complete(self) -> bool:
        """Whether both have."""
        return self.school is not None and self.bureau is not None


def needed(on: date) -> bool:
    """Whether schools ask for posts only after both sides have confirmed it."""
    return bool(parameters.current(db.session(), NEEDED, on, COUNTY).value)


def checks(actor: Actor, organisation_id: str | None = None) -> Sequence[CheckView]:
    """The schools whose ledger the actor sees, in the order of the tree."""
    account = ACCOUNT.c.organisation_id == ORGANISATION.c.id
    found = select(ORGANISATION).where(
        select(ACCOUNT.c.id).where(account, ~ACCOUNT.c.pool, policy.visible(actor, "ledger_account")).exists()
    )
    if organisation_id is not None:
        found = found.where(ORGANISATION.c.id == organisation_id)
    rows = db.session.execute(found.order_by(ORGANISATION.c.path)).all()
    said = _last([row.id for row in rows])
    known = names(list({one for row in said.values() for one in (row.person_id, row.recorded_by) if one}))
    return [
        CheckView(row.id, row.name, row.name_en, *(_said(said.get((row.id, side)), known) for side in (SCHOOL, BUREAU)))
        for row in rows
    ]


def signers(actor: Actor, organisation_id: str, on: date) -> Sequence[Any]:
    """(person_id, name, role) of the school's office, whose word on a sealed paper counts; for bureau HR alone."""
    policy.require(actor, "open_cases.record_school", policy.Target(organisation_id=organisation_id))
    held = select(ROLE.c.person_id, PERSON.c.name, ROLE.c.role).join(PERSON, PERSON.c.id == ROLE.c.person_id)
    here = held.where(ROLE.c.organisation_id == organisation_id, ROLE.c.role.in_(SCHOOL_OFFICE))
    return db.session.execute(here.where(in_force(ROLE.c, on)).order_by(ROLE.c.role, PERSON.c.name)).all()


def _last(organisation_ids: Sequence[str]) -> dict[tuple[str, str], Row[tuple[object, ...]]]:
    found = select(CHECK).where(CHECK.c.organisation_id.in_(organisation_ids)).order_by(CHECK.c.id)
    last = {(row.organisation_id, row.side): row for row in db.session.execute(found)}
    return {place: row for place, row in last.items() if row.confirmed}


def _said(row: Row[tuple[object, ...]] | None, known: dict[str, str]) -> Said | None:
    if row is None:
        return None
    return Said(known.get(str(row.person_id), ""), row.at, row.document, row.attachment_id, known.get(row.recorded_by))
