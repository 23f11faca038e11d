"""Reads for the pages of organisations: the directory with the number of staff, and who stands for which role."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from service.access import policy
from service.access import queries as access
from service.access.actor import Actor
from service.access.roles import EXPECTED
from service.access.standing import in_force
from service.db import db
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, LOCK
from service.people.queries import AUTHORISATION, ORGANISATION, organisations


@dataclass(frozen=True)
class Unit:
    """An organisation of the directory; `people` is None where the actor may not see its staff."""

    row: Row[Any]
    parent: Row[Any] | None
    authorisations: Sequence[Row[Any]]
    people: int | None


@dataclass(frozen=True)
class Seat:
    """A role of an organisation on a day: a holder, or None where nobody holds it, and the names of its alternates."""

    role: str
    holder: str | None
    since: date | None
    alternates: tuple[str, ...]


def directory(actor: Actor, on: date, *, kind: str | None = None, q: str | None = None) -> list[Unit]:
    """Organisations in the order of the tree; `q` is part of the name of one, or of a person there whom one may see."""
    rows = organisations(actor, on)
    by_id = {row.id: row for row in rows}
    wanted = [row for row in rows if kind in (None, "", row.kind)]
    if q:
        with_person = _with_person(actor, q, on)
        wanted = [row for row in wanted if _is_named(row, q) or row.id in with_person]
    numbers, granted = staff_numbers(actor, on), _authorised(actor, on)
    return [Unit(row, by_id.get(row.parent_id), granted.get(row.id, ()), numbers.get(row.id)) for row in wanted]


def _is_named(row: Row[Any], q: str) -> bool:
    return any(q.casefold() in text.casefold() for text in (row.name, row.name_en, row.code))


def _with_person(actor: Actor, q: str, on: date) -> frozenset[str]:
    """Organisations at which somebody of this name works."""
    named = PERSON.c.name.contains(q, autoescape=True)
    found = (
        select(APPOINTMENT.c.organisation_id)
        .join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id)
        .where(named, in_force(APPOINTMENT.c, on), policy.visible(actor, "person"))
    )
    return frozenset(db.session.scalars(found.distinct()))


def staff_numbers(actor: Actor, on: date) -> dict[str, int]:
    """Organisation → persons in post on a day, for the organisations whose staff the actor may see."""
    seen = select(ORGANISATION.c.id).where(policy.visible(actor, "vacancy"))
    working: ColumnElement[bool] = in_force(APPOINTMENT.c, on)
    number = func.count(APPOINTMENT.c.person_id.distinct())
    counted = select(APPOINTMENT.c.organisation_id, number.label("people")).where(working)
    found = counted.where(APPOINTMENT.c.organisation_id.in_(seen)).group_by(APPOINTMENT.c.organisation_id)
    numbers = {row.organisation_id: int(row.people) for row in db.session.execute(found)}
    return {organisation_id: numbers.get(organisation_id, 0) for organisation_id in db.session.scalars(seen)}


def _authorised(actor: Actor, on: date) -> dict[str, list[Row[Any]]]:
    """Organisation → what it may decide itself on that day."""
    owner = select(ORGANISATION.c.id).where(policy.visible(actor, "organisation"))
    found = select(AUTHORISATION).where(in_force(AUTHORISATION.c, on), AUTHORISATION.c.organisation_id.in_(owner))
    granted: dict[str, list[Row[Any]]] = {}
    for row in db.session.execute(found.order_by(AUTHORISATION.c.kind, AUTHORISATION.c.valid_from)):
        granted.setdefault(row.organisation_id, []).append(row)
    return granted


def unit(actor: Actor, row: Row[Any], on: date) -> Unit:
    """One organisation as the directory shows it; it may have ended, or not begun."""
    parent = next((found for found in organisations(actor, on) if found.id == row.parent_id), None)
    return Unit(row, parent, _authorised(actor, on).get(row.id, ()), staff_numbers(actor, on).get(row.id))


def seats(actor: Actor, organisation: Row[Any], on: date) -> list[Seat]:
    """The roles of an organisation: those that its cases need, held or not, then the others that somebody holds."""
    rows = [row for row in access.assignments(actor, on, organisation_id=organisation.id) if row.valid_from <= on]
    rows = [row for row in rows if row.role != "teacher"]
    roles = dict.fromkeys([*EXPECTED.get(organisation.kind, ()), *(row.role for row in rows)])
    return [seat for role in roles for seat in _seats(role, [row for row in rows if row.role == role])]


def _seats(role: str, rows: Sequence[Row[Any]]) -> list[Seat]:
    alternates = tuple(row.person_name for row in rows if row.kind == "alternate")
    held = [Seat(role, row.person_name, row.valid_from, alternates) for row in rows if row.kind == "holder"]
    return held or [Seat(role, None, None, alternates)]


def locks_of(actor: Actor, person_ids: Collection[str], on: date) -> dict[str, date]:
    """Person → last day of the longest service lock in force, for those whom the actor may see."""
    seen = select(PERSON.c.id).where(PERSON.c.id.in_(list(person_ids)), policy.visible(actor, "person"))
    found = select(LOCK.c.person_id, func.max(LOCK.c.ends_on).label("ends_on")).where(
        LOCK.c.person_id.in_(seen), LOCK.c.struck_at.is_(None), LOCK.c.starts_on <= on, LOCK.c.ends_on >= on
    )
    return {row.person_id: row.ends_on for row in db.session.execute(found.group_by(LOCK.c.person_id))}
