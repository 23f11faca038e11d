"""A finding bars who a case is about: the case stands still until somebody of bureau HR ends it by name (policy §7)."""

from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.instances import facts, pausing
from service.instances.commands import CaseCommand
from service.notices import outbox
from service.notices.outbox import Message
from service.tasks.around import surroundings

FINDING, TOLD = "case.finding", "role:bureau_hr_officer"


def await_confirmation(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """Stop the case, or say that it now waits for bureau HR, who are told once.

    They end it (`cancel_instance`), or correct the file, and then it goes on. Conflict("instance.not_running") for what
    has ended meanwhile.
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.suspend", locked.case)
        around = surroundings(session, actor, now, locked.case.about)
        if locked.instance.state == "suspended":
            pausing.restate(around, locked, command.reason or "")
        else:
            pausing.suspend(around, locked, command.reason or "")
        case = locked.case
        body = {"instance_id": case.instance_id, "title": case.title, "business_key": case.business_key}
        outbox.post(session, [Message(FINDING, TOLD, body)], now)
