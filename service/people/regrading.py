"""Another post at the same school, inside another command's transaction: band, grade and title change on a day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, update
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid
from service.people import recording, rules
from service.people.locking import lock_persons
from service.people.persons import APPOINTMENT, open_appointment_of
from workflows.base import new_id

GRADED = ("band", "grade", "title", "post_category", "employment_kind", "subject", "stage")
"""What may change while school, roles and account stay."""


def open_appointment(session: Session, person_id: str) -> Row[Any] | None:
    """The appointment that has no end, locked with its person; None for who has left."""
    lock_persons(session, [person_id])
    return open_appointment_of(session, person_id)


def regrade(
    session: Session, person_id: str, on: date, because: str, changes: dict[str, Any], *, instance_id: str | None,
    by: str, document: str, now: datetime,
) -> str:  # fmt: skip
    """The id of the appointment that follows the open one from `on` on, with `changes` of GRADED; roles stay.

    Of the same case (None: a decision without one) it is written once. Conflict("appointment.none") for who has none,
    Invalid("appointment.invalid"), Invalid("dates.order") when the open one begins later.
    """
    row = open_appointment(session, person_id)
    if row is None:
        raise Conflict("appointment.none", person_id=person_id)
    if row.instance_id == instance_id and row.valid_from == on and changes.items() <= dict(row._mapping).items():
        return str(row.id)
    if on < row.valid_from:
        raise Invalid("dates.order")
    terms = {**row._mapping, **{name: changes[name] for name in GRADED if name in changes}}
    faults = rules.appointment_faults(terms)
    if faults:
        raise Invalid("appointment.invalid", faults=tuple(faults))
    own = {"id": new_id(), "valid_from": on, "valid_until": None, "document": document, "instance_id": instance_id}
    ended = {"valid_until": on, "ended_because": because[:200]}
    session.execute(update(APPOINTMENT).where(APPOINTMENT.c.id == row.id).values(ended))
    session.execute(insert(APPOINTMENT), {**terms, **own})
    body = {"id": own["id"], "from": row.id, "on": on, "document": document, **changes}
    recording.person_event(session, person_id, "appointment.regraded", by, now, body)
    return str(own["id"])
