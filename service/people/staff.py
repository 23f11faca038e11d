"""Building blocks inside another command's transaction: take a person on, write persons and appointments."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.access import accounts
from service.access.accounts import NewAssignment
from service.access.fields import Columns
from service.errors import Conflict, Fault, Invalid, NotFound
from service.people import recording, rules
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.models import Organisation
from service.people.persons import APPOINTMENT, ID_NUMBER, LOCK, PHONE
from workflows.base import new_id

_KIND_OF = select(Organisation.kind).where(Organisation.id == bindparam("organisation_id"))
_INSERT_NEW = {
    "sqlite": sqlite.insert(PERSON).on_conflict_do_nothing().returning(PERSON.c.id),
    "postgresql": postgresql.insert(PERSON).on_conflict_do_nothing().returning(PERSON.c.id),
}


@dataclass(frozen=True)
class NewPerson:
    """Facts of a person; None is unknown. Sex and day of birth follow from the ID number when it is there."""

    name: str
    id_number: str | None = None
    phone: str | None = None
    sex: str | None = None
    born_on: date | None = None
    degree: str | None = None
    retires_on: date | None = None


@dataclass(frozen=True)
class Terms:
    """Terms of an appointment from `valid_from` on; `band` and `grade` only for professional posts."""

    organisation_id: str
    valid_from: date
    employment_kind: str = "staffed"
    post_category: str = "professional"
    band: str | None = None
    grade: int | None = None
    subject: str | None = None
    stage: str | None = None
    title: str | None = None
    document: str = ""
    instance_id: str | None = None


@dataclass(frozen=True)
class ServiceTerm:
    """A service lock that begins with the appointment."""

    reason: str
    years: int = rules.SERVICE_YEARS
    month_end: bool = False


def take_on(
    session: Session, new: NewPerson, terms: Terms, *, lock: ServiceTerm | None = None, by: str, now: datetime
) -> str:
    """Create the person, or find the one with this ID number; appoint, lock, give the role of teacher; the person's id.

    Repeating it for the same person, organisation and case changes nothing. Invalid with faults;
    Conflict("appointment.open") when another appointment has not ended by the first day.
    """
    person_id, _created = write_person(session, new, by=by, now=now)
    if terms.instance_id is not None and _is_taken_on(session, person_id, terms):
        return person_id
    appoint(session, person_id, terms, by=by, now=now)
    if lock is not None:
        _lock(session, person_id, terms, lock, by=by, now=now)
    return person_id


def write_person(session: Session, new: NewPerson, *, by: str, now: datetime) -> tuple[str, bool]:
    """(id, created): a new row, or the person who has this ID number already, whose facts stay as they are."""
    facts = cleaned(vars(new))
    faults = rules.person_faults(facts)
    if faults:
        raise Invalid("person.invalid", faults=tuple(faults))
    row = person_row(facts, now)
    writing = _INSERT_NEW[session.get_bind().dialect.name]
    if _is_new(session, facts) and session.execute(writing, row).first() is not None:
        recording.person_event(session, row["id"], "person.created", by, now, {}, {"name": row["name"]})
        return row["id"], True
    return _found(session, facts), False


def person_row(facts: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The row of a new person from cleaned facts, with its own id and the two encrypted fields."""
    person_id = new_id()
    known = facts["id_number"]
    return {
        "id": person_id,
        "name": facts["name"].strip(),
        "sex": facts["sex"] or (known and rules.sex_of(known)),
        "born_on": facts["born_on"] or (known and rules.birth_of(known)),
        "degree": facts["degree"],
        "retires_on": facts["retires_on"],
        **protected(person_id, facts),
        "created_at": now,
        "version": 1,
    }


def protected(person_id: str, facts: dict[str, Any]) -> Columns:
    """The columns of those protected fields that are among the facts."""
    columns: Columns = {}
    for field in (ID_NUMBER, PHONE):
        if field.name in facts:
            columns |= field.columns(person_id, facts[field.name])
    return columns


def cleaned(facts: dict[str, Any]) -> dict[str, Any]:
    """The same facts with ID number and phone as they are stored and compared."""
    result = dict(facts)
    for name, clean in (("id_number", rules.id_number_of), ("phone", rules.phone_of)):
        if result.get(name) is not None:
            result[name] = clean(result[name])
    return result


def appoint(session: Session, person_id: str, terms: Terms, *, by: str, now: datetime) -> str:
    """Write an appointment and the role of teacher that comes with a professional post of a school; its id."""
    faults = rules.appointment_faults(vars(terms))
    if faults:
        raise Invalid("appointment.invalid", faults=tuple(faults))
    kind = session.execute(_KIND_OF, {"organisation_id": terms.organisation_id}).scalar()
    if kind is None:
        raise NotFound("organisation.absent", organisation_id=terms.organisation_id)
    lock_persons(session, [person_id])
    _refuse_overlap(session, person_id, terms.valid_from)
    appointment_id = new_id()
    session.execute(insert(APPOINTMENT), appointment_row(appointment_id, person_id, terms))
    accounts.rehome(session, person_id, terms.organisation_id)
    if kind == "school" and terms.post_category in ("professional", "dual"):
        role = NewAssignment(person_id, "teacher", terms.organisation_id, terms.valid_from, document=terms.document)
        accounts.give_roles(session, [role], by, now)
    recording.person_event(session, person_id, "appointment.started", by, now, {"id": appointment_id, **vars(terms)})
    return appointment_id


def appointment_row(appointment_id: str, person_id: str, terms: Terms) -> dict[str, Any]:
    """The row of an appointment that has not ended."""
    return {
        "id": appointment_id,
        "person_id": person_id,
        **vars(terms),
        "valid_until": None,
        "ended_because": None,
        "struck_at": None,
    }


def end_appointment(
    session: Session, person_id: str, appointment_id: str, on: date, because: str, *, by: str, now: datetime
) -> list[str]:
    """End an appointment (`on`: the first day without it) and the roles that the person holds there; those roles."""
    values = {"valid_until": on, "ended_because": because[:200]}
    ended = update(APPOINTMENT).where(APPOINTMENT.c.id == appointment_id).values(values)
    organisation_id = session.execute(ended.returning(APPOINTMENT.c.organisation_id)).scalar_one()
    roles = accounts.end_roles(session, person_id, on, organisation_id)
    body = {"id": appointment_id, "on": on, "because": because, "roles": roles}
    recording.person_event(session, person_id, "appointment.ended", by, now, body)
    return roles


def _is_new(session: Session, facts: dict[str, Any]) -> bool:
    """Not known under any key of the ring: while keys are rotated the unique index sees only the newest."""
    return facts["id_number"] is None or _search(session, facts["id_number"]) is None


def _search(session: Session, id_number: str) -> str | None:
    found = select(PERSON.c.id).where(PERSON.c.id_number_index.in_(ID_NUMBER.indexes(id_number)))
    return session.execute(found).scalar()


def known_by(session: Session, id_number: str) -> str | None:
    """The person with this ID number, as it is compared."""
    return _search(session, rules.id_number_of(id_number))


def _found(session: Session, facts: dict[str, Any]) -> str:
    person_id = _search(session, facts["id_number"])
    if person_id is None:
        raise Conflict("person.changed")
    return person_id


def _is_taken_on(session: Session, person_id: str, terms: Terms) -> bool:
    same = (APPOINTMENT.c.person_id == person_id) & (APPOINTMENT.c.organisation_id == terms.organisation_id)
    by_case = (APPOINTMENT.c.instance_id == terms.instance_id, APPOINTMENT.c.struck_at.is_(None))
    found = select(APPOINTMENT.c.id).where(same, *by_case)
    return session.execute(found).first() is not None


def _refuse_overlap(session: Session, person_id: str, first: date) -> None:
    lasting = or_(APPOINTMENT.c.valid_until.is_(None), APPOINTMENT.c.valid_until > first)
    mine = (APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.struck_at.is_(None))
    found = select(APPOINTMENT.c.organisation_id).where(*mine, lasting)
    other = session.execute(found).scalar()
    if other is not None:
        raise Conflict("appointment.open", person_id=person_id, organisation_id=other)


def _lock(session: Session, person_id: str, terms: Terms, lock: ServiceTerm, *, by: str, now: datetime) -> None:
    if lock.years < 1:
        raise Invalid("service_lock.years", faults=(Fault("years", "service_lock.years"),))
    row = {
        "id": new_id(),
        "person_id": person_id,
        "organisation_id": terms.organisation_id,
        "starts_on": terms.valid_from,
        "ends_on": rules.lock_end(terms.valid_from, lock.years, month_end=lock.month_end),
        "reason": lock.reason[:200],
        "instance_id": terms.instance_id,
    }
    session.execute(insert(LOCK), row)
    recording.person_event(session, person_id, "service_lock.started", by, now, row)
