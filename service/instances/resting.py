"""How a case that was told comes to rest: what would come as a surprise, who hears of it, what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.access.standing import held_among
from service.audit import chain
from service.audit.chain import NewEvent
from service.calendar import queries as calendars
from service.errors import Conflict
from service.instances.facts import LockedCase
from service.instances.told import ToldCase
from service.notices import outbox
from service.posts.posting import ACCOUNT, ENTRY
from service.tasks import advance, moving, opening, overdue, queue
from service.tasks.assignment import place_of
from service.tasks.facts import TaskFacts
from service.tasks.models import NEVER, Task
from service.tasks.moving import Move
from service.tasks.voting import VOTE
from workflows import store
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings

TOLD = "instance.told"
"""A case that began on paper was told: who wrote it down, who confirmed it, where it stands."""
GRACE = "told_grace_workdays"
LATE = "登记时该期限已过，按规定自登记之日起重新给予补办时间，期间不作失效处理。"
"""Why such a deadline moves, as its holders learn it."""
_TASK = table_of(Task)


@dataclass(frozen=True)
class Held:
    """What the case holds of an account, and what is free there after it."""

    account_id: str
    organisation_id: str
    kind: str
    band: str | None
    pool: bool
    count: int
    free: int


@dataclass(frozen=True)
class Waits:
    """A step that is open, or a period that runs: when it falls due; `was_due` is the real day where that is past."""

    element_id: str
    name: str
    due_at: datetime | None
    was_due: datetime | None = None


@dataclass(frozen=True)
class Rest:
    """Where a told case stands, what it holds and which deadlines run."""

    instance_id: str
    business_key: str
    title: str
    waits: tuple[Waits, ...]
    holds: tuple[Held, ...]


def rest(around: Surroundings, definition: Definition, case: LockedCase, told: ToldCase, recorder_id: str) -> Rest:
    """Give what would surprise its time, tell who has something to do, and say how the case stands.

    Conflict("told.nobody") where nobody could do an open step.
    """
    session, instance_id = around.session, case.case.instance_id
    tasks = [queue.read(session, task_id) for task_id in _open(session, instance_id)]
    _expect_somebody(around, tasks)
    timers = store.timers(session, instance_id)
    late = [row for row in timers if row.due_at <= around.now and _surprises(definition, tasks, row)]
    _tell(around, case, told, recorder_id, tasks)
    if late:
        moving.move(around, case.case, [_granted(around, row) for row in late], moving.MOVED, LATE)
        tasks = [queue.read(session, task.id) for task in tasks]
    outbox.post(session, [note for task in tasks for note in _notes(task)], around.now)
    real = {row.id: row.due_at for row in timers}
    after = [row for row in store.timers(session, instance_id) if row.kind in ("due", "event")]
    waits = [_waits(definition, row, real[row.id]) for row in after]
    undated = [Waits(task.element_id, task.name, None) for task in tasks if task.due_at == NEVER]
    return Rest(
        instance_id, case.case.business_key, case.case.title, tuple(waits + undated), holds_of(session, instance_id)
    )


def holds_of(session: Session, instance_id: str) -> tuple[Held, ...]:
    """What a case, or a named hold, holds of each account."""
    held = (
        select(ENTRY.c.account_id, func.sum(ENTRY.c.reserved).label("held"))
        .where(ENTRY.c.instance_id == instance_id)
        .group_by(ENTRY.c.account_id)
        .subquery()
    )
    rows = session.execute(
        select(ACCOUNT, held.c.held).join(held, held.c.account_id == ACCOUNT.c.id).where(held.c.held > 0)
    )
    found = [
        Held(row.id, row.organisation_id, row.kind, row.band, row.pool, int(row.held),
             row.approved + row.excess - row.occupied - row.reserved - row.lent)
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.organisation_id, one.kind, one.band or "")))


def _open(session: Session, instance_id: str) -> Sequence[str]:
    here = (_TASK.c.instance_id == instance_id, _TASK.c.state == "open")
    return session.scalars(select(_TASK.c.id).where(*here).order_by(_TASK.c.id)).all()


def _expect_somebody(around: Surroundings, tasks: Sequence[TaskFacts]) -> None:
    """Whoever opens the county enters its people first: a step that nobody may do would lie for ever."""
    for task in tasks:
        places = {place_of(group) for group in task.groups}
        seated = any(seat.is_live for seat in task.seats)
        if not seated and not held_among(around.session, places, day_of(around.now)):
            raise Conflict("told.nobody", element_id=task.element_id, name=task.name)


def _surprises(definition: Definition, tasks: Sequence[TaskFacts], row: Row[Any]) -> bool:
    """Whether this row, past already, would decide by itself: the system, a count, a timer on an applicant's step."""
    by_id = {task.id: task for task in tasks}
    if row.kind == "due":
        task = by_id[row.subject_id]
        return task.signing == VOTE or task.properties.get("onExpiry", "").startswith("decide:")
    element = definition.spec.element(row.element_id)
    host = element.attached_to if element is not None else None
    owed = [task for task in tasks if task.element_id == host and overdue.owed_by(task) == "applicant"]
    return row.kind == "event" and bool(owed)


def _granted(around: Surroundings, row: Row[Any]) -> Move:
    rule = f"{int(around.parameters[GRACE])} workdays"
    due = calendars.calendar(around.session).due(rule, around.now)
    counted = {"rule": rule, "unit": due.unit, "start_day": due.start_day, "start_at": around.now, "used": 0}
    return Move(row, due.due_at, {**counted, "calendar_revision": around.calendar_revision})


def _notes(task: TaskFacts) -> list[outbox.Message]:
    return [opening.opened_message(task.case, task.id, task.element_id, holder, task.due_at) for holder in task.holders]


def _waits(definition: Definition, row: Row[Any], real: datetime) -> Waits:
    element = definition.spec.element(row.element_id)
    name = element.name if element else row.element_id
    return Waits(row.element_id, name, row.due_at, real if real != row.due_at else None)


def _tell(around: Surroundings, case: LockedCase, told: ToldCase, recorder_id: str, tasks: Sequence[TaskFacts]) -> None:
    body = {
        "recorded_by": recorder_id,
        "asked_on": told.requested_on.isoformat(),
        "stands": [task.element_id for task in tasks] or [told.element_id],
        "hold_id": told.hold_id,
    }
    event = NewEvent(TOLD, advance.actor_of(around), element_id=told.element_id, body=body)
    chain.append(around.session, advance.stream_of(case.case.instance_id), [event], at=around.now)
