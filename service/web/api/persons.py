"""Persons: one, exact match, new ones, edits, appointments, relations, unmasking."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service.errors import Fault, Invalid, NotFound
from service.people import commands, commands_protected, persons
from service.people.commands import Appoint, DeclareRelation, EditPerson, EndAppointment
from service.people.commands_protected import Unmask
from service.people.staff import NewPerson, Terms
from service.web import edge
from service.web.api import api
from service.web.api.organisations import versioned
from service.web.api.schemas import persons as shapes

PERSONS = ["Persons"]


@api.get("/persons")
@api.input(shapes.PersonQuery, location="query", arg_name="query")
@api.output(shapes.PersonOut(many=True))
@api.doc(tags=PERSONS)
def find_persons(query: dict[str, Any]) -> Any:
    """Persons with exactly this ID number or phone that I may see; lists are /organisations/{id}/people."""
    actor = edge.actor()
    if (query["id_number"] is None) == (query["phone"] is None):
        raise Invalid("person.search", faults=(Fault("id_number", "person.search"),))
    if query["phone"] is not None:
        found = persons.find_by_phone(actor, query["phone"])
    else:
        match = persons.find_by_id_number(actor, query["id_number"])
        found = [match] if match else []
    return [persons.person(actor, person_id) for person_id in found]


@api.post("/persons")
@api.input(shapes.PersonIn, arg_name="body")
@api.output(shapes.PersonOut, status_code=201)
@api.doc(tags=PERSONS)
def create_person(body: dict[str, Any]) -> Any:
    """A new person; 409 person.known when the ID number is there already."""
    person_id = edge.repeatable(
        body,
        201,
        lambda: commands.create_person(edge.actor(), NewPerson(**body), now=edge.now()),
        lambda ids: str(ids["person_id"]),
    )
    return persons.person(edge.actor(), person_id)


@api.get("/persons/<person_id>")
@api.output(shapes.PersonOut)
@api.doc(tags=PERSONS)
def get_person(person_id: str) -> Any:
    """One person with appointments, service locks and declared relations."""
    return persons.person(edge.actor(), person_id)


@api.patch("/persons/<person_id>")
@api.input(shapes.PersonEdit, arg_name="body")
@api.output(shapes.PersonOut)
@api.doc(tags=PERSONS)
def edit_person(person_id: str, body: dict[str, Any]) -> Any:
    """Change fields of a person; old and new values stay in the record, encrypted."""
    version, changes = versioned(body)
    commands.edit_person(edge.actor(), EditPerson(person_id, version, changes), now=edge.now())
    return persons.person(edge.actor(), person_id)


@api.post("/persons/<person_id>/unmask")
@api.input(shapes.UnmaskIn, arg_name="body")
@api.output(shapes.UnmaskOut)
@api.doc(tags=PERSONS)
def unmask(person_id: str, body: dict[str, Any]) -> Any:
    """Tell an ID number or phone, for a reason; every call is recorded, a repeated one too."""
    sent = Unmask(person_id, body["field"], body["reason"])
    return {"value": commands_protected.unmask(edge.actor(), sent, now=edge.now())}


@api.post("/persons/<person_id>/relations")
@api.input(shapes.RelationIn, arg_name="body")
@api.output(shapes.PersonOut, status_code=201)
@api.doc(tags=PERSONS)
def declare_relation(person_id: str, body: dict[str, Any]) -> Any:
    """Declare a kinship or interest, for recusal."""
    sent = DeclareRelation(person_id, **body)
    edge.repeatable(body, 201, lambda: commands.declare_relation(edge.actor(), sent, now=edge.now()), lambda _ids: "")
    return persons.person(edge.actor(), person_id)


@api.post("/persons/<person_id>/appointments")
@api.input(shapes.AppointmentIn, arg_name="body")
@api.output(shapes.PersonOut, status_code=201)
@api.doc(tags=PERSONS)
def appoint_person(person_id: str, body: dict[str, Any]) -> Any:
    """Appoint without headcount or post; an appointment that uses them is made by a case."""
    sent = Appoint(person_id, Terms(**body))
    edge.repeatable(body, 201, lambda: commands.appoint_person(edge.actor(), sent, now=edge.now()), lambda _ids: "")
    return persons.person(edge.actor(), person_id)


@contextmanager
def appointment_hidden() -> Iterator[None]:
    """An appointment of a person whom I may not see is as absent as one that does not exist."""
    try:
        yield
    except NotFound:
        raise NotFound("appointment.absent") from None


@api.post("/persons/<person_id>/appointments/<appointment_id>/end")
@api.input(shapes.EndAppointmentIn, arg_name="body")
@api.output(shapes.PersonOut)
@api.doc(tags=PERSONS)
def end_appointment(person_id: str, appointment_id: str, body: dict[str, Any]) -> Any:
    """End an appointment outside the schools, whose people leave by a personnel change; the roles there end with it."""
    sent = EndAppointment(appointment_id, body["on"], body["because"])
    with appointment_hidden():
        edge.repeatable(
            body, 200, lambda: commands.end_appointment(edge.actor(), sent, now=edge.now()), lambda _ids: []
        )
    return persons.person(edge.actor(), person_id)
