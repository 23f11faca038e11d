"""The dry run of a sheet for whoever may enter changes at that school."""

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.flows.personnel import importing
from service.flows.personnel.importing import Plan
from service.sheets import Sheet


def plan(actor: Actor, school: str, sheet: Sheet) -> Plan:
    """What the sheet would hand in, and every fault; nothing is written.

    NotFound("organisation.absent") for a school at which the actor enters nothing: a dry run tells of its staff.
    """
    if not policy.allows(actor, "person.edit", policy.Target(organisation_id=school)):
        raise NotFound("organisation.absent")
    found = importing.plan(db.session(), school, sheet)
    db.session.rollback()
    return found
