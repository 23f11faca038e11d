"""Fires what is due, one row at a time; a failing row is counted and never stops the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select

from service.access.actor import Actor
from service.db import db
from service.errors import LecternError
from service.instances.commands_timers import TimerFailure, count_failure, fire_timer
from workflows.models import ProcessInstance, Timer

BATCH = 200
log = structlog.get_logger()


@dataclass(frozen=True)
class Fired:
    """How many rows fired and how many failed."""

    fired: int
    failed: int


def due_ids(until: datetime, limit: int = BATCH) -> Sequence[str]:
    """Rows due at `until` whose case runs, the oldest first, read without locks."""
    statement = (
        select(Timer.id)
        .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
        .where(Timer.due_at <= until, ProcessInstance.state == "running")
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    )
    found = db.session.scalars(statement).all()
    db.session.rollback()
    return found


def told(error: Exception) -> str:
    """An error as an incident keeps it: its kind and code, never values of the case."""
    return f"{type(error).__name__} {error.code}" if isinstance(error, LecternError) else type(error).__name__


def fire_due(until: datetime, *, now: datetime) -> Fired:
    """Fire every row that is due at `until`, at `now`; rows that failed are not tried twice in one call."""
    fired, failed, tried = 0, 0, set[str]()
    while ids := [timer_id for timer_id in due_ids(until, BATCH + len(tried)) if timer_id not in tried]:
        for timer_id in ids:
            tried.add(timer_id)
            try:
                fired += fire_timer(Actor.system(), timer_id, now=now)
            except Exception as error:
                failed += 1
                log.exception("timer.failed", timer_id=timer_id)
                count_failure(Actor.system(), TimerFailure(timer_id, told(error)), now=now)
    return Fired(fired, failed)
