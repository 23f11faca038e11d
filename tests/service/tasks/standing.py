"""Everything of a case that a recall puts back, to be compared field by field."""

from typing import Any

import orjson
from sqlalchemy import Table, select

from service.db import db
from service.incidents.models import Incident
from service.notices.models import OutboxMessage
from service.tasks.models import Draft, QueueEntry, Seat, Task
from workflows.base import table_of
from workflows.models import MessageSubscription, ProcessInstance, Timer

TASK, SEAT, ENTRY, DRAFT = table_of(Task), table_of(Seat), table_of(QueueEntry), table_of(Draft)
INSTANCE, TIMER, SUBSCRIPTION = table_of(ProcessInstance), table_of(Timer), table_of(MessageSubscription)
OUTBOX, INCIDENT = table_of(OutboxMessage), table_of(Incident)


def snapshot(instance_id: str, *, without_drafts_of: str = "") -> dict[str, Any]:
    """Marking, variables, open tasks with their seats, boxes, timers, drafts, incidents and notices of a case.

    Versions rise, and what was signed becomes the draft of `without_drafts_of`: both are left out.
    """
    own = select(TASK.c.id).where(TASK.c.instance_id == instance_id)
    live = own.where(TASK.c.state == "open")
    found = {
        "instance": _rows(INSTANCE, INSTANCE.c.id == instance_id, "version"),
        "tasks": _rows(TASK, TASK.c.id.in_(live), "version"),
        "seats": _rows(SEAT, SEAT.c.task_id.in_(live) & (SEAT.c.state != "removed")),
        "boxes": _rows(ENTRY, ENTRY.c.task_id.in_(own), "id"),
        "timers": _rows(TIMER, TIMER.c.instance_id == instance_id),
        "subscriptions": _rows(SUBSCRIPTION, SUBSCRIPTION.c.instance_id == instance_id),
        "drafts": _rows(DRAFT, DRAFT.c.task_id.in_(own) & (DRAFT.c.person_id != without_drafts_of)),
        "incidents": _rows(INCIDENT, (INCIDENT.c.instance_id == instance_id) & INCIDENT.c.resolved_at.is_(None)),
        "notices": [row for row in _rows(OUTBOX, OUTBOX.c.state == "waiting") if instance_id in row],
    }
    db.session.rollback()
    return found


def _rows(table: Table, which: Any, *without: str) -> list[str]:
    columns = [column for column in table.c if column.name not in without]
    rows = (
        {name: _plain(value) for name, value in row.items()}
        for row in db.session.execute(select(*columns).where(which)).mappings()
    )
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in rows)


def _plain(value: Any) -> Any:
    """The saved tokens are JSON."""
    return orjson.loads(value or b"{}") if isinstance(value, bytes) else value
