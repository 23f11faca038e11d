"""Urging a whole case: everybody with whom it lies is asked to hurry (催办)."""

from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Conflict
from service.instances import facts
from service.instances.commands import CaseCommand
from service.tasks import extension, queries, urging
from service.tasks.around import surroundings
from service.tasks.completion import signer


def urge_case(actor: Actor, command: CaseCommand, *, now: datetime) -> int:
    """Urge the open tasks of a running case that do not lie with the actor; returns how many.

    Conflict("instance.not_running") and those of `urging.urge`.
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.remind", locked.case)
        if locked.instance.state != "running":
            raise Conflict("instance.not_running", instance_id=locked.instance.id, state=locked.instance.state)
        waiting = [task for task in queries.open_of(locked.instance.id) if not extension.owes(actor, task)]
        urged = urging.urge(surroundings(session, actor, now, locked.case.about), waiting, signer(actor))
        answer(session, urged=urged)
        return urged
