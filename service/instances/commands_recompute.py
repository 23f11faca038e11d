"""Counting open deadlines again after a change of the calendar: a case a time, and how far that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.calendar import queries as calendars
from service.calendar.models import CalendarChange
from service.db import transaction
from service.incidents.record import Failure, open_incident
from service.instances import counting, facts
from service.instances.counting import Window
from service.instances.models import ProcessCase
from service.tasks import moving, reminding
from service.tasks.around import surroundings
from service.tasks.deadlines import REMIND
from service.tasks.moving import RECOMPUTED, Move
from service.tasks.overdue import OVERDUE
from workflows import store
from workflows.base import table_of
from workflows.models import Timer
from workflows.spans import NEVER

_TIMER, _CHANGE = table_of(Timer), table_of(CalendarChange)
_STOPPED = select(ProcessCase.suspended_at)


@dataclass(frozen=True)
class Recompute:
    """One case with rows that a change may move; `reason` is what people read of the change."""

    window: Window
    reason: str
    instance_id: str


@dataclass(frozen=True)
class Progress:
    """Where the pass over the rows of a change stands (None: a new pass begins), and what was done since the last."""

    revision: int
    cursor: tuple[datetime, str] | None
    looked: int = 0
    moved: int = 0
    failed: int = 0
    done: bool = False


def recompute_case(actor: Actor, command: Recompute, *, now: datetime) -> int:
    """Move every dependent row of a case to where it stands now; returns how many moved.

    A row that was counted by this revision or a newer one is left alone, so that a repeat does nothing. Raises
    Forbidden: only jobs may.
    """
    with transaction() as session:
        policy.require(actor, "deadline.recompute")
        locked = facts.lock(session, command.instance_id)
        calendar = calendars.calendar(session, fresh=0)
        rows = _rows(session, command)
        stopped = session.scalar(_STOPPED.where(ProcessCase.instance_id == command.instance_id))
        moves = [found for row in rows if (found := counting.moved(calendar, row, now, stopped))]
        moves = reminding.follow(calendar, _reminders(session, moves), moves)
        told = [found for found in moves if found.due_at < NEVER and found.timer.kind != OVERDUE]
        moving.write(session, [found for found in moves if found not in told])
        if told:
            moving.move(
                surroundings(session, actor, now, locked.case.about), locked.case, told, RECOMPUTED, command.reason
            )
        if locked.instance.state == "failed":
            store.rest_timers(session, command.instance_id, NEVER)
        _stamp(session, rows, moves, calendar.revision)
        return len(moves)


def give_up(actor: Actor, command: Recompute, error: str, *, now: datetime) -> None:
    """Leave the rows of a case that cannot be counted again as they are, and tell the admin by an incident."""
    with transaction() as session:
        policy.require(actor, "deadline.recompute")
        facts.lock(session, command.instance_id)
        rows = _rows(session, command)
        _stamp(session, rows, (), command.window.revision)
        element_id = rows[0].element_id if rows else ""
        open_incident(
            session, Failure(command.instance_id, element_id, "command", "deadline.not_recomputed", error), now
        )


def note_progress(actor: Actor, command: Progress, *, now: datetime) -> None:
    """Keep how far the pass is, so that another process can go on after a crash."""
    with transaction() as session:
        policy.require(actor, "deadline.recompute")
        due, row_id = command.cursor or (None, None)
        session.execute(
            update(_CHANGE)
            .where(_CHANGE.c.revision == command.revision, _CHANGE.c.done_at.is_(None))
            .values(
                cursor_due=due,
                cursor_id=row_id,
                looked=_CHANGE.c.looked + command.looked,
                moved=_CHANGE.c.moved + command.moved,
                failed=_CHANGE.c.failed + command.failed,
                done_at=now if command.done else None,
            )
        )


def _rows(session: Session, command: Recompute) -> Sequence[Row[Any]]:
    dependent = counting.dependent(command.window, calendars.calendar(session))
    return session.execute(dependent.where(_TIMER.c.instance_id == command.instance_id)).all()


def _reminders(session: Session, moves: Sequence[Move]) -> Sequence[Row[Any]]:
    """The reminders of deadlines that move, wherever they stand themselves."""
    ids = [found.timer.subject_id for found in moves if found.timer.kind == "due" and found.due_at < NEVER]
    own = select(*_TIMER.c).where(_TIMER.c.subject_id.in_(ids), _TIMER.c.kind == REMIND)
    return session.execute(own).all() if ids else ()


def _stamp(session: Session, rows: Sequence[Row[Any]], moves: Sequence[Move], revision: int) -> None:
    """Rows that stay where they are have been counted by this revision too."""
    moved = {found.timer.id for found in moves}
    ids = [row.id for row in rows if row.id not in moved]
    if ids:
        session.execute(update(_TIMER).where(_TIMER.c.id.in_(ids)).values(calendar_revision=revision))
