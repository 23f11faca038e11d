"""Reads of absences: what would lie while somebody is away."""

from datetime import date

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.tasks import attendance
from service.tasks.attendance import Unattended


def unattended(actor: Actor, person_id: str, first: date, until: date) -> tuple[list[Unattended], bool]:
    """Open tasks of a person that nobody could act on in these days, and whether more than were looked at lie there.

    For who may plan the absence; Forbidden("access.not_own").
    """
    policy.require(actor, "absence.plan", policy.Target(id=person_id, person_id=person_id))
    found, more = attendance.unattended(db.session(), person_id, first, until)
    return found, more
