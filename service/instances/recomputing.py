"""Takes up the changes of the calendar, the oldest first, and counts the open deadlines again that depend on them.

The change left a row of work when it was made. Cases are taken one at a time, each in a short transaction of its own,
so that nobody waits for long; after every few of them the place is kept. A process may still count by the calendar of
before for some seconds: the work ends only with a pass that begins after that and finds nothing any more.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from service.access.actor import Actor
from service.calendar import queries as calendars
from service.calendar.models import CalendarChange
from service.db import db
from service.errors import LecternError
from service.instances import counting
from service.instances.commands_overdue import leave_late, recount_late
from service.instances.commands_recompute import Progress, Recompute, give_up, note_progress, recompute_case
from service.instances.counting import Window
from workflows.base import table_of
from workflows.calendar import Calendar

CHUNK = 50
BREATH = 0.002
"""Seconds between two cases: on SQLite, whoever waits to write gets the turn."""
SETTLED = timedelta(seconds=60)
"""After so long no process counts by the calendar of before the change."""
IDLE = 5.0

_CHANGE = table_of(CalendarChange)
log = structlog.get_logger()


@dataclass
class _Done:
    looked: int = 0
    moved: int = 0
    failed: int = 0


def recompute(now: datetime) -> float:
    """One chunk of the oldest unfinished change; the seconds until the next look, 0 when there is more to do."""
    change = _oldest()
    if change is None:
        return IDLE
    session = db.session()
    calendar = calendars.calendar(session, fresh=0)
    window = counting.window_of(change._mapping)
    cursor = None if change.cursor_id is None else (change.cursor_due, change.cursor_id)
    rows = counting.after(session, window, calendar, cursor, CHUNK)
    session.rollback()
    if rows:
        cases = dict.fromkeys(row.instance_id for row in rows)
        done = _each([Recompute(window, change.reason, instance_id) for instance_id in cases], now)
        last = (rows[-1].due_at, rows[-1].id)
        note_progress(Actor.system(), Progress(change.revision, last, done.looked, done.moved, done.failed), now=now)
        return 0.0
    if cursor is not None:
        note_progress(Actor.system(), Progress(change.revision, None), now=now)
        return 0.0
    if late := _late(window, calendar):
        done = _recounted([(Recompute(window, change.reason, row.instance_id), row.task_id) for row in late], now)
        note_progress(Actor.system(), Progress(change.revision, None, done.looked, done.moved, done.failed), now=now)
        return 0.0
    left: float = (change.at + SETTLED - now).total_seconds()
    if left > 0:
        return min(left, IDLE)
    note_progress(Actor.system(), Progress(change.revision, None, done=True), now=now)
    return 0.0


def _oldest() -> Any:
    found = db.session.execute(select(_CHANGE).where(_CHANGE.c.done_at.is_(None)).order_by(_CHANGE.c.revision)).first()
    db.session.rollback()
    return found


def _late(window: Window, calendar: Calendar) -> Sequence[Any]:
    found = counting.late(db.session(), window, calendar, CHUNK)
    db.session.rollback()
    return found


def _recounted(commands: list[tuple[Recompute, str]], now: datetime) -> _Done:
    """Steps that counted as late, each in a transaction of its own."""
    done = _Done()
    for command, task_id in commands:
        try:
            done.moved += recount_late(Actor.system(), command, task_id, now=now)
            done.looked += 1
        except (LecternError, ArithmeticError, ValueError) as error:
            log.exception("deadline.not_recomputed", task_id=task_id)
            leave_late(Actor.system(), command, task_id, type(error).__name__, now=now)
            done.failed += 1
        time.sleep(BREATH)
    return done


def _each(commands: list[Recompute], now: datetime) -> _Done:
    done = _Done()
    for command in commands:
        try:
            done.moved += recompute_case(Actor.system(), command, now=now) > 0
            done.looked += 1
        except (LecternError, ArithmeticError, ValueError) as error:
            log.exception("deadline.not_recomputed", instance_id=command.instance_id)
            give_up(Actor.system(), command, type(error).__name__, now=now)
            done.failed += 1
        time.sleep(BREATH)
    return done
