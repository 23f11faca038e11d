"""Reads of dated records: the facts of many persons on a day, and what an actor may see of one person's file."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.parameters.queries import county
from service.people.members import PERSON
from service.records.deriving import facts_of_rows
from service.records.facts import Facts
from service.records.reading import RECORD, Record, opened, rows_of

__all__ = ["Facts", "Standing", "facts_of", "reads_hidden", "record", "records_of", "standing_of"]

Standing = Literal["clear", "suspended", "barred", "unknown"]
"""What others than HR and the person learn of the file on discipline: eligible, suspended, not eligible: ask HR."""


def facts_of(session: Session, person_ids: Collection[str], on: date) -> dict[str, Facts]:
    """Person id → what is true on that day; ids of nobody are left out. At most eight statements for any number.

    A building block: it asks no policy and holds health facts and sanctions, for decision tables and operations. What
    of it is shown to a person passes `records_of` or `standing_of`.
    """
    parameters = county(session, on)
    return {rows.person.id: facts_of_rows(rows, parameters, on) for rows in rows_of(session, person_ids, on)}


def reads_hidden(actor: Actor, person_id: str) -> bool:
    """Whether the actor may read sanctions, ethics cases and health facts of the person: bureau HR, and oneself."""
    return policy.allows(actor, "file.read_hidden", policy.Target(id=person_id, person_id=person_id))


def records_of(actor: Actor, person_id: str, *, on: date | None = None, voided: bool = False) -> Sequence[Record]:
    """The records of a person that the actor may see, in the order of their days; `on`: those that hold on that day.

    NotFound("person.absent") when the person is not visible. Sealed fields are empty for whom they are not.
    """
    may_see(actor, person_id)
    found = select(RECORD).where(RECORD.c.person_id == person_id, policy.visible(actor, "person_record"))
    if on is not None:
        found = found.where(RECORD.c.valid_from <= on, or_(RECORD.c.valid_until.is_(None), RECORD.c.valid_until > on))
    if not voided:
        found = found.where(RECORD.c.voided_at.is_(None))
    sealed = reads_hidden(actor, person_id)
    rows = db.session.execute(found.order_by(RECORD.c.valid_from, RECORD.c.id))
    return [opened(row, sealed=sealed) for row in rows]


def record(actor: Actor, record_id: str) -> Record:
    """One record; NotFound("record.absent") when absent or not visible."""
    found = select(RECORD).where(RECORD.c.id == record_id, policy.visible(actor, "person_record"))
    row = db.session.execute(found).first()
    if row is None:
        raise NotFound("record.absent")
    return opened(row, sealed=reads_hidden(actor, row.person_id))


def may_see(actor: Actor, person_id: str) -> None:
    """Pass when the actor may see the person; NotFound("person.absent")."""
    found = select(PERSON.c.id).where(PERSON.c.id == person_id, policy.visible(actor, "person"))
    if db.session.execute(found).first() is None:
        raise NotFound("person.absent")


def standing_of(facts: Mapping[str, Facts]) -> dict[str, Standing]:
    """Person id → the one word that schools, committees and other handlers see of sanctions and ethics (policy §7)."""
    return {person_id: _standing(one) for person_id, one in facts.items()}


def _standing(facts: Facts) -> Standing:
    if facts.ethics == "upheld" or (facts.sanction is not None and facts.sanction.kind != "none"):
        return "barred"
    if facts.open_case:
        return "suspended"
    return "unknown" if facts.open_case is None else "clear"
