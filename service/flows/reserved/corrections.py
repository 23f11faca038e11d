"""Corrections of the appointment to a lent post: while the post is lent, or after it was taken back as not taken up."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Carried, Correcting, Field, Item, Told, correctable
from service.flows.reserved import rounds, taking
from service.flows.reserved.corrections_round import lend
from service.people import undoing
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.persons import open_appointment_of
from service.people.undoing import Ground
from service.posts import lending
from service.posts.lending import Loan
from workflows import store

NAME = "reserved.appointment"
FIELDS = (
    Field("appointed_on", "day", "聘任日期", "Appointed on"),
    Field("grade", "number", "岗位等级", "Grade"),
)


def _loan(session: Session, instance_id: str) -> Loan | None:
    """The post that the case has lent and its person has taken up."""
    taken_up = (one for one in lending.of_case(session, instance_id) if one.ended_on is None and one.appointed_on)
    return next(taken_up, None)


def _missed(session: Session, instance_id: str) -> Loan | None:
    """The post that an ended case took back because nobody was appointed in time."""
    if store.read(session, instance_id).ended_at is None:
        return None
    if any(one.ended_on is None for one in lending.of_case(session, instance_id)):
        return None
    late = (one for one in lending.ended_by(session, instance_id) if one.ended_because == "not_appointed")
    return next(late, None)


def items(session: Session, instance_id: str) -> Sequence[Item]:
    """The appointment by this case, while it is the person's present one; or that there was one in time after all."""
    loan, missed = _loan(session, instance_id), _missed(session, instance_id)
    if missed is not None:
        name = session.scalar(select(PERSON.c.name).where(PERSON.c.id == missed.person_id)) or ""
        values: dict[str, Any] = {"appointed_on": None, "grade": None}
        return [Item("", name, FIELDS, values, frozenset({missed.person_id}))]
    job = open_appointment_of(session, loan.person_id) if loan else None
    if loan is None or loan.appointed_on is None or job is None or job.instance_id != instance_id:
        return []
    name = session.scalar(select(PERSON.c.name).where(PERSON.c.id == loan.person_id)) or ""
    values = {"appointed_on": loan.appointed_on.isoformat(), "grade": job.grade}
    return [Item("", name, FIELDS, values, frozenset({loan.person_id}))]


@correctable(NAME, "reserved_post", "预留岗位聘任", "Appointment to the lent post", FIELDS, items)
def carry(wanted: Correcting) -> Carried:
    """The former appointment is struck, the lent post taken up on the right day with the right grade; nothing is lent
    or left anew.

    Invalid("correction.invalid") for a day ahead, Invalid("dates.order") for one outside the term,
    Invalid("appointment.invalid") for a grade of another band.
    """
    session, on = wanted.session, date.fromisoformat(wanted.values["appointed_on"])
    if on > day_of(wanted.now):
        raise Invalid("correction.invalid", faults=(Fault("values.appointed_on", "correction.ahead"),))
    loan, missed = _loan(session, wanted.instance_id), _missed(session, wanted.instance_id)
    if missed is not None:
        return _lent_again(wanted, missed)
    if loan is None:
        raise Conflict("correction.moved_on")
    lock_persons(session, [loan.person_id])
    job = open_appointment_of(session, loan.person_id)
    band = job.band if job else None
    undoing.strike(session, Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now), loan.person_id)
    lending.reappoint(session, wanted.cause(), loan, on)
    taking.regrade(session, wanted.cause(), loan.person_id, on, (band, wanted.values["grade"]), taking.TAKEN_UP)
    return Carried([Told("correction.did.reappointed", {"on": on.isoformat()})])


def _lent_again(wanted: Correcting, missed: Loan) -> Carried:
    """The post is lent once more for the term that it was lent for, and was taken up in time."""
    row = rounds.application(wanted.session, wanted.instance_id)
    assert row is not None
    lend(wanted, row, missed.from_on, missed.until)
    rounds.change_application(wanted.session, wanted.instance_id, state="appointed")
    return Carried([Told("correction.did.lent_again", {"on": wanted.values["appointed_on"]})])
