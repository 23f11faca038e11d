"""Commands of persons: create, edit, appoint, end an appointment, declare a relation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.people import persons, recording, rules, staff
from service.people.locking import lock_persons
from service.people.members import PERSON, RELATION
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.people.staff import NewPerson, Terms
from workflows.base import new_id

EDITABLE = frozenset({"name", "sex", "born_on", "degree", "retires_on", "id_number", "phone"})


@dataclass(frozen=True)
class EditPerson:
    """`changes` are the fields that change (EDITABLE), `version` is the one that the editor saw."""

    person_id: str
    version: int
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Appoint:
    """Appoint a known person."""

    person_id: str
    terms: Terms


@dataclass(frozen=True)
class EndAppointment:
    """`on` is the first day without the appointment; the roles held at that organisation end with it."""

    appointment_id: str
    on: date
    because: str


@dataclass(frozen=True)
class DeclareRelation:
    """A relative who is a known person (`relative_id`) or only a name; `kind` is one of rules.RELATIONS."""

    person_id: str
    kind: str
    relative_id: str | None = None
    relative_name: str | None = None
    note: str = ""


def create_person(actor: Actor, command: NewPerson, *, now: datetime) -> str:
    """The id of a new person; Conflict("person.known", person_id=…) when the ID number is there already."""
    with transaction() as session:
        policy.require(actor, "person.create")
        person_id, created = staff.write_person(session, command, by=actor.account_id, now=now)
        if not created:
            raise Conflict("person.known", person_id=person_id)
        answer(session, person_id=person_id)
    return person_id


def edit_person(actor: Actor, command: EditPerson, *, now: datetime) -> int:
    """The new version; what was and what is go into the chain.

    Conflict("person.stale" | "person.known"), Invalid with faults.
    """
    changes = staff.cleaned(dict(command.changes))
    unknown = sorted(set(changes) - EDITABLE)
    if unknown:
        raise Invalid("person.invalid", faults=tuple(Fault(name, "person.not_editable") for name in unknown))
    with transaction() as session:
        facts = persons.lock(session, command.person_id, day_of(now))
        policy.require(actor, "person.edit", facts)
        if facts.row.version != command.version:
            raise Conflict("person.stale", version=facts.row.version, seen=command.version)
        faults = rules.person_faults(_after(facts, changes))
        if faults:
            raise Invalid("person.invalid", faults=tuple(faults))
        _refuse_known(session, facts.id, changes.get("id_number"))
        plain = {name: value for name, value in changes.items() if name not in persons.FIELDS}
        values = {**plain, **staff.protected(facts.id, changes), "version": command.version + 1}
        try:
            session.execute(update(PERSON).where(PERSON.c.id == facts.id).values(values))
        except IntegrityError as taken:
            raise Conflict("person.known") from taken
        _record_edit(session, actor, facts, changes, now)
    return command.version + 1


def appoint_person(actor: Actor, command: Appoint, *, now: datetime) -> str:
    """The id of a new appointment that uses neither headcount nor post: all others come with an entry of the ledger.

    Conflict("appointment.open") when another one lasts, Conflict("appointment.occupies") when it needs the ledger.
    """
    if rules.occupies(command.terms.employment_kind, command.terms.band):
        raise Conflict("appointment.occupies")
    with transaction() as session:
        facts = persons.lock(session, command.person_id, day_of(now))
        policy.require(actor, "person.appoint", facts)
        appointment_id = staff.appoint(session, facts.id, command.terms, by=actor.account_id, now=now)
        answer(session, appointment_id=appointment_id)
        return appointment_id


def end_appointment(actor: Actor, command: EndAppointment, *, now: datetime) -> list[str]:
    """End an appointment outside the schools; the ids of the role assignments that end with it.

    Conflict("appointment.ended"), Invalid("dates.order"); Conflict("appointment.occupies") when the ledger must follow,
    Conflict("appointment.of_school") for everybody of a school, also without headcount or post: they leave by a
    personnel change, which ends all that hangs on it (roles, account, records, their own cases).
    """
    with transaction() as session:
        found = select(APPOINTMENT).where(APPOINTMENT.c.id == command.appointment_id).with_for_update()
        row = session.execute(found).first()
        if row is None:
            raise NotFound("appointment.absent")
        target = policy.Target(id=row.person_id, person_id=row.person_id, organisation_id=row.organisation_id)
        policy.require(actor, "person.end_appointment", target)
        if rules.occupies(row.employment_kind, row.band):
            raise Conflict("appointment.occupies", appointment_id=row.id)
        if session.scalar(select(ORGANISATION.c.kind).where(ORGANISATION.c.id == row.organisation_id)) == "school":
            raise Conflict("appointment.of_school", appointment_id=row.id)
        if row.valid_until is not None:
            raise Conflict("appointment.ended", on=row.valid_until.isoformat())
        if command.on < row.valid_from:
            raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
        return staff.end_appointment(
            session, row.person_id, row.id, command.on, command.because, by=actor.account_id, now=now
        )


def declare_relation(actor: Actor, command: DeclareRelation, *, now: datetime) -> str:
    """The id of a declared kinship or interest; Invalid with faults."""
    faults = _relation_faults(command)
    if faults:
        raise Invalid("relation.invalid", faults=tuple(faults))
    with transaction() as session:
        lock_persons(session, {command.person_id, command.relative_id or command.person_id})
        facts = persons.lock(session, command.person_id, day_of(now))
        policy.require(actor, "person.declare_relation", facts)
        if command.relative_id is not None:
            persons.lock(session, command.relative_id, day_of(now))
        name = (command.relative_name or "").strip() or None
        secret = {"relative_id": command.relative_id, "relative_name": name, "note": command.note}
        row = {"id": new_id(), **vars(command), **secret, "declared_at": now, "declared_by": actor.account_id}
        session.execute(insert(RELATION), row)
        answer(session, relation_id=row["id"])
        body = {"id": row["id"], "kind": command.kind}
        recording.person_event(session, facts.id, "relation.declared", actor.account_id, now, body, secret)
    return str(row["id"])


def _relation_faults(command: DeclareRelation) -> list[Fault]:
    faults = []
    if command.kind not in rules.RELATIONS:
        faults.append(Fault("kind", "relation.kind", params={"kind": command.kind}))
    named = bool((command.relative_name or "").strip())
    if (command.relative_id is not None) == named or command.relative_id == command.person_id:
        faults.append(Fault("relative_id", "relation.relative"))
    return faults


def _after(facts: persons.PersonFacts, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The person as it would be: what stays is checked against what changes."""
    row = facts.row
    id_number = None if row.id_number is None else persons.ID_NUMBER.unseal(row.id, row.id_number)
    return {"name": row.name, "sex": row.sex, "born_on": row.born_on, "id_number": id_number, **changes}


def _refuse_known(session: Any, person_id: str, id_number: str | None) -> None:
    if id_number is None:
        return
    indexes = persons.ID_NUMBER.indexes(id_number)
    found = select(PERSON.c.id).where(PERSON.c.id_number_index.in_(indexes), PERSON.c.id != person_id)
    other = session.execute(found).scalar()
    if other is not None:
        raise Conflict("person.known", person_id=other)


def _record_edit(
    session: Any, actor: Actor, facts: persons.PersonFacts, changes: Mapping[str, Any], now: datetime
) -> None:
    """Names of the changed fields openly, old and new values encrypted; protected fields only by name."""
    open_fields = [name for name in changes if name not in persons.FIELDS]
    values = {"old": recording.plain({name: getattr(facts.row, name) for name in open_fields})}
    values["new"] = recording.plain({name: changes[name] for name in open_fields})
    body = {"fields": sorted(changes)}
    recording.person_event(session, facts.id, "person.edited", actor.account_id, now, body, values)
