"""Repeats what failed: a case whose timer used up its retries stands as failed until an admin repeats it."""

from sqlalchemy import select

from service.audit import chain
from service.audit.chain import NewEvent
from service.errors import Conflict
from service.incidents.models import Incident
from service.incidents.record import resolve
from service.instances.facts import LockedCase
from service.tasks import advance, firing
from workflows import store
from workflows.surroundings import Surroundings


def retry(around: Surroundings, locked: LockedCase, reason: str) -> int:
    """Fire again every timer that failed, in this transaction, and close the incidents.

    Conflict("instance.not_failed") when nothing failed. When it fails again the whole transaction goes, so the case
    stays failed with its incidents.
    """
    held, session = locked.instance, around.session
    failed = select(Incident.subject_id).where(
        Incident.instance_id == held.id, Incident.resolved_at.is_(None), Incident.kind == "timer"
    )
    timers = [
        timer for timer_id in session.scalars(failed).all() if timer_id and (timer := store.timer(session, timer_id))
    ]
    was = held.state
    if was == "failed":
        store.set_state(session, held, "running", around.now)
        store.rest_timers(session, held.id, None)
    elif not timers:
        raise Conflict("instance.not_failed", instance_id=held.id, state=held.state)
    body = {"reason": reason, "before": was, "after": "running", "elements": [timer.element_id for timer in timers]}
    event = NewEvent("instance.retried", advance.actor_of(around), body=body)
    chain.append(session, advance.stream_of(held.id), [event], at=around.now)
    for timer in timers:
        firing.fire(around, held, locked.case, timer)
    return resolve(session, held.id, "timer", advance.actor_of(around), around.now)
