"""Reads of files for an actor: facts of a day as they may be told, requests for corrections, retirements due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.standing import in_force
from service.db import db
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.records import deriving
from service.records.facts import Facts
from service.records.queries import Standing, facts_of, may_see, reads_hidden, standing_of
from service.records.reading import ANSWER, ASKED, CHECK, RECORD, REQUEST
from service.records.rules_days import plus_months

MONTHS_AHEAD = 12
YOUNGEST = 50
"""Nobody retires by the tables before this age."""
_CHOSEN = (RECORD.c.kind == "retirement_choice", RECORD.c.voided_at.is_(None))


@dataclass(frozen=True)
class Told:
    """The facts of a day; where `hidden` is false everything on discipline and health is None or empty in them.

    `standing` is the word that stands for it; `checked` topic → the day on which HR looked through the file.
    """

    facts: Facts
    standing: Standing
    hidden: bool
    checked: dict[str, date]


@dataclass(frozen=True)
class Correction:
    """What a person asked, and the answer, None while it is open."""

    id: str
    person_id: str
    record_id: str | None
    text: str
    asked_at: datetime
    answered_at: datetime | None
    answer: str | None


@dataclass(frozen=True)
class Retirement:
    """Somebody who retires soon; `by` is what the day rests on: choice, stored, tables."""

    person_id: str
    name: str
    organisation_id: str
    post_category: str
    band: str | None
    title: str | None
    subject: str | None
    retires_on: date
    by: str


def file_of(actor: Actor, person_id: str, on: date) -> Told:
    """What is true of a person on a day, as far as the actor may know; NotFound("person.absent")."""
    may_see(actor, person_id)
    session, hidden = db.session(), reads_hidden(actor, person_id)
    found = facts_of(session, [person_id], on)
    checks = session.execute(select(CHECK.c.topic, CHECK.c.checked_on).where(CHECK.c.person_id == person_id))
    facts = found[person_id] if hidden else discreet(found[person_id])
    return Told(facts, standing_of(found)[person_id], hidden, {row.topic: row.checked_on for row in checks})


def discreet(facts: Facts) -> Facts:
    """The facts without what bureau HR and the person alone may know."""
    return replace(facts, ethics=None, sanction=None, sanctions=(), open_case=None, fraud_on=None, health_deferral=None)


def corrections_of(actor: Actor, person_id: str) -> Sequence[Correction]:
    """What was asked for in a file, newest first: for bureau HR and the person; nothing for anybody else."""
    may_see(actor, person_id)
    if not reads_hidden(actor, person_id):
        return []
    mine = select(REQUEST).where(REQUEST.c.person_id == person_id)
    rows = db.session.execute(mine.order_by(REQUEST.c.asked_at.desc(), REQUEST.c.id.desc()))
    return [
        Correction(
            row.id, row.person_id, row.record_id, ASKED.unseal(row.id, row.sealed), row.asked_at, row.answered_at,
            None if row.answer is None else ANSWER.unseal(row.id, row.answer),
        )
        for row in rows
    ]  # fmt: skip


def waiting_corrections(actor: Actor) -> Sequence[tuple[str, str, datetime]]:
    """(Person id, name, when) of requests that nobody has answered, oldest first, of persons whom the actor may see."""
    found = (
        select(REQUEST.c.person_id, PERSON.c.name, REQUEST.c.asked_at)
        .join(PERSON, PERSON.c.id == REQUEST.c.person_id)
        .where(REQUEST.c.answered_at.is_(None), policy.visible(actor, "person"))
    )
    rows = db.session.execute(found.order_by(REQUEST.c.asked_at, REQUEST.c.id)).all()
    return [(row.person_id, row.name, row.asked_at) for row in rows]


def retirements(actor: Actor, on: date, months: int = MONTHS_AHEAD) -> list[Retirement]:
    """Staff visible to the actor who reach their day of retirement within so many months, or have passed it."""
    return retiring(db.session(), on, months, policy.visible(actor, "person"))


def retiring(session: Session, on: date, months: int, seen: ColumnElement[bool]) -> list[Retirement]:
    """The same among the persons whom a clause keeps; two statements. A building block: it asks no policy.

    Who is not appointed any more has left. Nobody whose day is unknown is listed, and who is far too young by whatever
    choice is not looked at.
    """
    last = plus_months(on, months)
    choices, chose = _choices(session), select(RECORD.c.person_id).where(*_CHOSEN)
    near = or_(PERSON.c.born_on <= plus_months(last, -12 * YOUNGEST), PERSON.c.retires_on <= last)
    staff = (
        select(APPOINTMENT, PERSON.c.name, PERSON.c.sex, PERSON.c.born_on, PERSON.c.retires_on)
        .join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id)
        .where(in_force(APPOINTMENT.c, on), APPOINTMENT.c.struck_at.is_(None), seen, or_(near, PERSON.c.id.in_(chose)))
    )
    found = [_retirement(row, choices.get(row.person_id, [])) for row in session.execute(staff)]
    due = [one for one in found if one is not None and one.retires_on <= last]
    return sorted(due, key=lambda one: (one.retires_on, one.name, one.person_id))


def _choices(session: Session) -> dict[str, list[Any]]:
    """Person id → the days chosen, in order."""
    found: dict[str, list[Any]] = {}
    for row in session.execute(select(RECORD).where(*_CHOSEN).order_by(RECORD.c.valid_from, RECORD.c.id)):
        found.setdefault(row.person_id, []).append(row)
    return found


def _retirement(row: Row[Any], choices: Sequence[Any]) -> Retirement | None:
    day, by = deriving.retires_on(row, choices, row)
    if day is None:
        return None
    return Retirement(
        row.person_id, row.name, row.organisation_id, row.post_category, row.band, row.title, row.subject, day, by
    )
