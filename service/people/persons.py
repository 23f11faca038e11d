"""Reads of persons for an actor: the staff of an organisation, one person, what was true on a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.fields import Field
from service.access.standing import in_force
from service.db import db
from service.errors import NotFound
from service.people import rules
from service.people.locking import lock_persons
from service.people.members import PERSON, RELATION
from service.people.models import Appointment, ServiceLock

APPOINTMENT = cast("Table", Appointment.__table__)
LOCK = cast("Table", ServiceLock.__table__)
ID_NUMBER = Field("person", "id_number")
PHONE = Field("person", "phone")
FIELDS = {"id_number": ID_NUMBER, "phone": PHONE}

_TERMS = ("organisation_id", "employment_kind", "post_category", "band", "grade", "subject", "stage", "title")
_STAFF = (
    select(*PERSON.c, *[APPOINTMENT.c[name] for name in _TERMS])
    .join(APPOINTMENT, APPOINTMENT.c.person_id == PERSON.c.id)
    .order_by(PERSON.c.name, PERSON.c.id)
)


@dataclass(frozen=True)
class Member:
    """A line of a staff list; ID number and phone are masked."""

    id: str
    name: str
    sex: str | None
    born_on: date | None
    id_number: str | None
    phone: str | None
    organisation_id: str
    employment_kind: str
    post_category: str
    band: str | None
    grade: int | None
    subject: str | None
    stage: str | None
    title: str | None
    degree: str | None = None


@dataclass(frozen=True)
class PersonView:
    """A person as an actor may see one: masked fields, and all that was true and when."""

    id: str
    name: str
    sex: str | None
    born_on: date | None
    degree: str | None
    retires_on: date | None
    id_number: str | None
    phone: str | None
    version: int
    appointments: Sequence[Row[Any]]
    locks: Sequence[Row[Any]]
    relations: Sequence[Row[Any]]


def people_of(
    actor: Actor,
    organisation_id: str,
    on: date,
    *,
    limit: int = 50,
    after: tuple[str, str] | None = None,
    name: str | None = None,
) -> list[Member]:
    """The staff of an organisation on a day, by (name, id); `after` is the last pair of the page before."""
    found = _STAFF.where(
        APPOINTMENT.c.organisation_id == organisation_id,
        in_force(APPOINTMENT.c, on),
        policy.visible(actor, "person"),
    )
    if name:
        found = found.where(PERSON.c.name.contains(name, autoescape=True))
    if after is not None:
        found = found.where(tuple_(PERSON.c.name, PERSON.c.id) > after)
    return [_member(row) for row in db.session.execute(found.limit(limit))]


def person(actor: Actor, person_id: str) -> PersonView:
    """One person; NotFound("person.absent") when absent or not visible."""
    row = _visible_row(actor, select(PERSON).where(PERSON.c.id == person_id))
    return PersonView(
        row.id, row.name, row.sex, row.born_on, row.degree, row.retires_on, *_masked(row), row.version,
        appointments=_rows_of(APPOINTMENT, person_id, APPOINTMENT.c.valid_from),
        locks=_rows_of(LOCK, person_id, LOCK.c.starts_on),
        relations=_rows_of(RELATION, person_id, RELATION.c.declared_at, policy.visible(actor, "relation")),
    )  # fmt: skip


def find_by_id_number(actor: Actor, id_number: str) -> str | None:
    """The id of the visible person with exactly this ID number."""
    indexes = ID_NUMBER.indexes(rules.id_number_of(id_number))
    found = select(PERSON.c.id).where(PERSON.c.id_number_index.in_(indexes), policy.visible(actor, "person"))
    return db.session.execute(found).scalar()


def find_by_phone(actor: Actor, phone: str) -> list[str]:
    """The ids of visible persons with exactly this phone; a couple may share one."""
    indexes = PHONE.indexes(rules.phone_of(phone))
    found = select(PERSON.c.id).where(PERSON.c.phone_index.in_(indexes), policy.visible(actor, "person"))
    return list(db.session.scalars(found.order_by(PERSON.c.id)))


_ON_DAY = select(APPOINTMENT).where(
    APPOINTMENT.c.person_id == bindparam("person_id"),
    in_force(APPOINTMENT.c, bindparam("day", type_=APPOINTMENT.c.valid_from.type)),
)


def appointment_on(session: Session, person_id: str, on: date) -> Row[Any] | None:
    """The appointment in force on a day; None: not employed here on that day."""
    found = session.execute(_ON_DAY.order_by(APPOINTMENT.c.valid_from.desc()), {"person_id": person_id, "day": on})
    return found.first()


def open_appointment_of(session: Session, person_id: str) -> Row[Any] | None:
    """The appointment that has no end; None for who has left."""
    found = select(APPOINTMENT).where(APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.valid_until.is_(None))
    return session.execute(found).first()


def locks_on(session: Session, person_id: str, on: date) -> Sequence[Row[Any]]:
    """The service locks in force on a day, their last day included."""
    mine = (LOCK.c.person_id == person_id, LOCK.c.struck_at.is_(None))
    found = select(LOCK).where(*mine, LOCK.c.starts_on <= on, LOCK.c.ends_on >= on)
    return session.execute(found.order_by(LOCK.c.ends_on)).all()


@dataclass(frozen=True)
class PersonFacts:
    """What a command knows of a locked person; also the target of the permission check."""

    id: str
    person_id: str
    organisation_id: str | None
    row: Row[Any]


def lock(session: Session, person_id: str, on: date) -> PersonFacts:
    """Lock a person; NotFound("person.absent"). The organisation is that of the day, else of the next appointment."""
    lock_persons(session, [person_id])
    row = session.execute(select(PERSON).where(PERSON.c.id == person_id)).first()
    if row is None:
        raise NotFound("person.absent", person_id=person_id)
    ahead = or_(APPOINTMENT.c.valid_until.is_(None), APPOINTMENT.c.valid_until > on)
    home = select(APPOINTMENT.c.organisation_id).where(APPOINTMENT.c.person_id == person_id, ahead)
    return PersonFacts(row.id, row.id, session.execute(home.order_by(APPOINTMENT.c.valid_from)).scalar(), row)


def _visible_row(actor: Actor, found: Select[Any]) -> Row[Any]:
    row = db.session.execute(found.where(policy.visible(actor, "person"))).first()
    if row is None:
        raise NotFound("person.absent")
    return row


def _rows_of(source: Table, person_id: str, order: Any, *scope: ColumnElement[bool]) -> Sequence[Row[Any]]:
    found = select(source).where(source.c.person_id == person_id, *scope).order_by(order, source.c.id)
    return db.session.execute(found).all()


def _member(row: Row[Any]) -> Member:
    id_number, phone = _masked(row)
    return Member(
        row.id, row.name, row.sex, row.born_on, id_number, phone, row.organisation_id, row.employment_kind,
        row.post_category, row.band, row.grade, row.subject, row.stage, row.title, row.degree,
    )  # fmt: skip


def _masked(row: Row[Any]) -> tuple[str | None, str | None]:
    id_number = ID_NUMBER.unseal(row.id, row.id_number) if row.id_number is not None else None
    phone = PHONE.unseal(row.id, row.phone) if row.phone is not None else None
    return rules.masked_id_number(id_number), rules.masked_phone(phone)


def named_in(session: Session, texts: Collection[str]) -> set[str]:
    """Ids of the persons whom some of these texts name, by id or by ID number."""
    whole = {rules.id_number_of(text) for text in texts}
    numbers = [index for text in whole if not rules.id_number_faults(text) for index in ID_NUMBER.indexes(text)]
    found = select(PERSON.c.id).where(or_(PERSON.c.id.in_(list(texts)), PERSON.c.id_number_index.in_(numbers)))
    return set(session.scalars(found))
