"""Due rows, each in a transaction of its own: fire one, or count that it failed (design §3.5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.incidents.record import Failure, open_incident
from service.instances import facts, waiting
from service.instances.waiting import Due
from service.notices import outbox
from service.notices.outbox import ADMINS, INCIDENT, Message
from service.parameters import queries as parameters
from service.tasks import advance, firing
from service.tasks.around import surroundings
from service.tasks.models import NEVER
from workflows import store
from workflows.models import Timer


@dataclass(frozen=True)
class TimerFailure:
    """A timer that could not be fired, and why."""

    timer_id: str
    error: str


def fire_timer(actor: Actor, timer_id: str, *, now: datetime, found: Due | None = None) -> bool:
    """Fire one timer row; False when it is gone, was moved, or its case is held elsewhere.

    `found` is the row as it was seen due; without it the row fires whether due or not (an admin fires it now). The
    instance is locked first, without waiting, and the row read again under that lock.
    """
    with transaction() as session:
        policy.require(actor, "timer.fire")
        instance_id = found.instance_id if found else store.instance_of(session, timer_id)
        held = store.try_lock(session, instance_id) if instance_id else None
        if held is None or held.state != "running":
            return False
        row = waiting.read(session, held, timer_id)
        if row is None or (found and not _is_still_due(row.timer, found.until, now)):
            return False
        firing.fire(surroundings(session, actor, now, row.case.about), held, row.case, row.timer, row.head)
        answer(session, fired=True)
        return True


def _is_still_due(timer: Row[Any], until: datetime, now: datetime) -> bool:
    """Neither moved meanwhile nor failed in another process, which has set a pause: each attempt counts once."""
    return bool(timer.due_at <= until and (timer.retry_at is None or timer.retry_at <= now))


def count_failure(actor: Actor, failure: TimerFailure, *, now: datetime) -> bool:
    """Count a failed attempt and pause before the next, longer each time; the last one makes the case failed.

    True when it did. A case that is held elsewhere is left alone: the row is tried again anyway.
    """
    with transaction() as session:
        policy.require(actor, "timer.fire", failure)
        instance_id = store.instance_of(session, failure.timer_id)
        held = store.try_lock(session, instance_id) if instance_id else None
        timer = store.timer(session, failure.timer_id) if held else None
        if held is None or timer is None or held.state != "running":
            return False
        rules, attempts = parameters.county(session, day_of(now)), timer.attempts + 1
        again = attempts < int(rules["timer_attempts"])
        pause = timedelta(minutes=int(rules["timer_pause_minutes"])) * 2**timer.attempts
        values = {"attempts": attempts, "last_error": failure.error, "retry_at": now + pause if again else NEVER}
        session.execute(update(Timer).where(Timer.id == timer.id).values(values))
        if not again:
            _fail(session, held, Failure(held.id, timer.element_id, "timer", "timer.failed", failure.error, timer.id),
                  now)  # fmt: skip
            _tell_admins(session, held, timer, now)
        return not again


def _fail(session: Session, held: store.Held, failure: Failure, now: datetime) -> None:
    """The case stands as failed until an admin repeats it; none of its deadlines is looked at meanwhile."""
    store.set_state(session, held, "failed", now)
    store.rest_timers(session, held.id, NEVER)
    open_incident(session, failure, now)
    event = NewEvent("instance.failed", "system", element_id=failure.element_id, body={"error": failure.message})
    chain.append(session, advance.stream_of(held.id), [event], at=now)


def _tell_admins(session: Session, held: store.Held, timer: Row[Any], now: datetime) -> None:
    """By number and step: an admin need not see the case."""
    case = facts.read(session, held)
    body = {"business_key": case.business_key, "element_id": timer.element_id}
    outbox.post(session, [Message(INCIDENT, ADMINS, body)], now)
