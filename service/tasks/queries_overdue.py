"""Who is late, by office: counts, working days, and the list behind each figure (policy.md §6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, extract, func, literal_column, or_, select

from service.access import policy
from service.access.actor import Actor
from service.calendar import queries as calendars
from service.db import db
from service.tasks.models import Overdue, Task
from service.tasks.queries import LIMIT, Page, cursor, holders_of, read_cursor
from workflows.base import table_of

_OVERDUE, _TASK = table_of(Overdue), table_of(Task)
_DONE = func.coalesce(_OVERDUE.c.decided_at, _TASK.c.closed_at)
"""When a step was decided: on paper before it was recorded, else when it was closed."""

_SECONDS = extract("epoch", _DONE)
_CLOSED = _SECONDS - _SECONDS % literal_column("900")
"""The quarter of an hour in which a step was done, in seconds: no zone's day begins within one."""


@dataclass(frozen=True)
class Lateness:
    """The figure of one office: what is overdue now, and what it did late in the last twelve months.

    `workdays` are the working days late of all that is overdue, `longest` those of the oldest, `done_workdays` those
    of what was done late.
    """

    organisation_id: str
    role: str
    overdue: int
    workdays: int
    longest: int
    done: int
    done_workdays: int


@dataclass(frozen=True)
class LateTask:
    """An overdue task: its row, by how many working days, and with whom it lies (persons, else roles)."""

    task: Row[Any]
    workdays: int
    holders: tuple[str, ...]


def figures(actor: Actor, now: datetime) -> Sequence[Lateness]:
    """Every office that is or was late, the most overdue first; Forbidden("access.role_missing").

    Counts what the actor could open: the list behind a figure has as many rows.
    """
    policy.require(actor, "report.read")
    since = now - timedelta(days=365)
    columns = (_OVERDUE.c.organisation_id, _OVERDUE.c.role, _TASK.c.state, _TASK.c.due_at)
    alike = (*columns, _CLOSED)
    found = (
        _late(actor, select(*columns, _CLOSED.label("closed"), func.count().label("number")))
        .where(or_(
            and_(_TASK.c.state == "open", _TASK.c.due_at < now),
            and_(_TASK.c.state == "done", _TASK.c.closed_at > since),
        ))
        .group_by(*alike)
    )  # fmt: skip
    offices: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in db.session.execute(found):
        offices.setdefault((row.organisation_id, row.role), []).append(row)
    counted = [_figure(office, rows, now) for office, rows in offices.items()]
    return sorted(counted, key=lambda each: (-each.overdue, -each.workdays, each.organisation_id, each.role))


def _late(actor: Actor, columns: Select[Any]) -> Select[Any]:
    late = columns.select_from(_OVERDUE.join(_TASK, _TASK.c.id == _OVERDUE.c.task_id))
    return late.where(_OVERDUE.c.owed_by == "authority", policy.visible(actor, "task"))


def _figure(office: tuple[str, str], rows: Iterable[Row[Any]], now: datetime) -> Lateness:
    """Of rows that each stand for a `number` of steps, alike in deadline and quarter of an hour of their end."""
    late: dict[str, list[tuple[int, int]]] = {"open": [], "done": []}
    for row in rows:
        until = now if row.closed is None else datetime.fromtimestamp(int(row.closed), UTC)
        late[row.state].append((row.number, _workdays(row.due_at, until)))
    (overdue, days), (done, done_days) = (
        (sum(number for number, _ in part), sum(number * each for number, each in part)) for part in late.values()
    )
    return Lateness(*office, overdue, days, max((each for _, each in late["open"]), default=0), done, done_days)


def _workdays(due_at: datetime, until: datetime) -> int:
    """Working days after the day of the deadline, 0 when it was missed by hours."""
    calendar = calendars.installed()
    first, last = (moment.astimezone(calendar.zone).date() for moment in (due_at, until))
    return max(0, calendar.workdays_between(first, last))


def page(
    actor: Actor, organisation_id: str, now: datetime, *, role: str | None = None, after: str | None = None,
    limit: int = 50,
) -> Page:  # fmt: skip
    """What is overdue at an organisation, the oldest first; Forbidden, Invalid("cursor.unreadable")."""
    policy.require(actor, "report.read")
    limit = min(limit, LIMIT)
    found = _late(actor, select(*_TASK.c)).where(
        _OVERDUE.c.organisation_id == organisation_id, _TASK.c.state == "open", _TASK.c.due_at < now
    )
    found = found if role is None else found.where(_OVERDUE.c.role == role)
    beyond = read_cursor(after)
    if beyond is not None:
        same = and_(_TASK.c.due_at == beyond[0], _TASK.c.id > beyond[1])
        found = found.where(or_(_TASK.c.due_at > beyond[0], same))
    rows = db.session.execute(found.order_by(_TASK.c.due_at, _TASK.c.id).limit(limit + 1)).all()
    following = cursor(rows[limit - 1].due_at, rows[limit - 1].id) if len(rows) > limit else None
    held = holders_of([row.id for row in rows[:limit]])
    late = [LateTask(row, _workdays(row.due_at, now), held.get(row.id, ())) for row in rows[:limit]]
    return Page(late, following)
