"""Reads of the reconciliation for an actor: schools with their differences, and who has signed what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.standing import in_force
from service.db import db
from service.errors import NotFound
from service.opening.reconciling import School, schools
from service.opening.written import NUMBER, SIGNATURE
from service.people.members import PERSON, names
from service.people.persons import APPOINTMENT

SIDES = ("school", "bureau")


@dataclass(frozen=True)
class Signed:
    """A signature; `holds` while the books are what was signed. On paper: `recorded_by` has written it down."""

    side: str
    person_id: str
    name: str
    signed_at: datetime
    note: str
    holds: bool
    document: str | None = None
    decided_on: date | None = None
    attachment_id: str | None = None
    recorded_by: str | None = None
    recorder: str | None = None


@dataclass(frozen=True)
class Reconciled:
    """A school with its signatures, newest first; those that hold no more stay to be seen."""

    school: School
    signatures: tuple[Signed, ...]

    def by(self, side: str) -> Signed | None:
        """The signature of a side that holds, else the last one that held."""
        mine = [one for one in self.signatures if one.side == side]
        return next((one for one in mine if one.holds), mine[0] if mine else None)

    @property
    def is_signed(self) -> bool:
        """Both sides have signed what the books are."""
        return all((signed := self.by(side)) is not None and signed.holds for side in SIDES)


def reconciliation(actor: Actor) -> list[Reconciled]:
    """Every school with opening numbers that the actor may see the ledger of."""
    session = db.session()
    return reconciled(session, _visible(actor, session))


def reconciliation_of(actor: Actor, organisation_id: str) -> Reconciled:
    """One school; NotFound("organisation.absent")."""
    session = db.session()
    found = reconciled(session, [one for one in _visible(actor, session) if one == organisation_id])
    if not found:
        raise NotFound("organisation.absent")
    return found[0]


def reconciled(session: Session, organisation_ids: Sequence[str]) -> list[Reconciled]:
    """Schools with their signatures; a statement more for any number."""
    rows = session.execute(
        select(SIGNATURE).where(SIGNATURE.c.organisation_id.in_(organisation_ids)).order_by(SIGNATURE.c.id.desc())
    ).all()
    return [_with(school, [row for row in rows if row.organisation_id == school.id])
            for school in schools(session, organisation_ids)]  # fmt: skip


def numbered(actor: Actor) -> Sequence[str]:
    """The schools that have opening numbers and whose ledger the actor may see."""
    return _visible(actor, db.session())


def _with(school: School, rows: Sequence[Row[Any]]) -> Reconciled:
    recorders = names([row.recorded_by for row in rows if row.recorded_by])
    signed = (
        Signed(
            row.side, row.person_id, row.name, row.signed_at, row.note, row.digest == school.digest, row.document,
            row.decided_on, row.attachment_id, row.recorded_by, recorders.get(row.recorded_by),
        )
        for row in rows
    )  # fmt: skip
    return Reconciled(school, tuple(signed))


def listed(actor: Actor, organisation_id: str) -> Sequence[Row[Any]]:
    """Who is counted at a school on its opening day, by name: what its head signs. NotFound("organisation.absent").

    Forbidden for whoever may neither sign nor write down what was signed.
    """
    policy.require(actor, "opening.print", policy.Target(organisation_id=organisation_id))
    school = reconciliation_of(actor, organisation_id).school
    there = select(PERSON.c.name, APPOINTMENT).join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id)
    mine = (APPOINTMENT.c.organisation_id == school.id, in_force(APPOINTMENT.c, school.opened_on))
    return db.session.execute(there.where(*mine).order_by(PERSON.c.name, PERSON.c.id)).all()


def _visible(actor: Actor, session: Session) -> list[str]:
    mine = select(NUMBER.c.organisation_id).where(policy.visible(actor, "ledger_account", NUMBER))
    return list(session.scalars(mine))
