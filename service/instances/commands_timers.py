"""Due rows, each in a transaction of its own: fire one, or count that it failed (design §3.5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.incidents.record import Failure, open_incident
from service.instances import facts
from service.tasks import advance, firing
from service.tasks.around import surroundings
from workflows import store
from workflows.models import Timer

ATTEMPTS = 3
PAUSE = timedelta(minutes=1)


@dataclass(frozen=True)
class TimerFailure:
    """A timer that could not be fired, and why."""

    timer_id: str
    error: str


def fire_timer(actor: Actor, timer_id: str, *, now: datetime) -> bool:
    """Fire one timer row, due or not (an admin may fire it now); False when it is gone or its case is held elsewhere.

    Locks the instance first and reads the row again under that lock: what moved or went meanwhile is left alone.
    """
    with transaction() as session:
        found = store.timer(session, timer_id)
        held = store.try_lock(session, found.instance_id) if found is not None else None
        timer = store.timer(session, timer_id) if held is not None else None
        policy.require(actor, "timer.fire", timer)
        if held is None or timer is None or held.state != "running":
            return False
        firing.fire(surroundings(session, actor, now), held, facts.read(session, held), timer)
        answer(session, fired=True)
        return True


def count_failure(actor: Actor, failure: TimerFailure, *, now: datetime) -> bool:
    """Count a failed attempt and pause before the next; the last one makes the case failed. True when it did."""
    with transaction() as session:
        policy.require(actor, "timer.fire", failure)
        found = store.timer(session, failure.timer_id)
        if found is None:
            return False
        held = store.lock(session, found.instance_id)
        timer = store.timer(session, failure.timer_id)
        if timer is None or held.state != "running":
            return False
        attempts = timer.attempts + 1
        pause = {"due_at": now + PAUSE * 2**attempts} if attempts < ATTEMPTS else {}
        session.execute(
            update(Timer).where(Timer.id == timer.id).values(attempts=attempts, last_error=failure.error, **pause)
        )
        if attempts < ATTEMPTS:
            return False
        store.set_state(session, held, "failed", now)
        open_incident(
            session, Failure(held.id, timer.element_id, "timer", "timer.failed", failure.error, timer.id), now
        )
        event = NewEvent("instance.failed", "system", element_id=timer.element_id, body={"error": failure.error})
        chain.append(session, advance.stream_of(held.id), [event], at=now)
        return True
