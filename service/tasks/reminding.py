"""Reminders follow their deadlines: what is counted back from one goes with it when it moves, and may come again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from service.calendar import queries as calendars
from service.tasks.deadlines import REMIND, ahead, plain, reminder_of
from service.tasks.facts import TaskFacts
from service.tasks.models import NEVER
from service.tasks.moving import Move
from workflows import spans, store
from workflows.calendar import Calendar
from workflows.surroundings import Surroundings


def anew(
    around: Surroundings, task: TaskFacts, rows: Iterable[Row[Any]], due: Row[Any], deadline: datetime, rule: str
) -> list[Move]:
    """The reminder as long before the new deadline as before the old; one that has come already comes again.

    `due` is the row of the deadline, `rule` says whether school holidays count; none when its moment has passed.
    """
    calendar = calendars.calendar(around.session)
    changes = ahead(calendar, task.properties.get("remindBefore"), deadline, rule)
    if changes is None or changes["due_at"] <= around.now:
        return []
    old = [row for row in rows if row.subject_id == task.id and row.kind == REMIND]
    if old:
        return [Move(old[0], changes["due_at"], changes)]
    store.add(around.session, (), [{**plain(due), **changes, "kind": REMIND}], ())
    return []


def follow(calendar: Calendar, rows: Iterable[Row[Any]], moves: Sequence[Move]) -> list[Move]:
    """These moves, the reminders among `rows` going with the deadlines that move."""
    deadlines = {found.timer.subject_id: found.due_at for found in moves if found.timer.kind == "due"}
    again: dict[str, Move] = {}
    for row in rows:
        deadline = deadlines.get(row.subject_id, NEVER) if row.kind == REMIND else NEVER
        span = spans.reminded_again(calendar, row, deadline) if deadline < NEVER else None
        if span is not None:
            changes = reminder_of(span, deadline, calendar)
            again[row.id] = Move(row, changes.pop("due_at"), {**changes, "paused": None})
    return [*(found for found in moves if found.timer.id not in again), *again.values()]
