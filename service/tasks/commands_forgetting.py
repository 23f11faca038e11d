"""Forgetting what served a desk for a while: marks of having looked at a task, and reports of bulks."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import transaction
from service.parameters import queries as parameters
from service.tasks.bulk import BULK, ROW
from service.tasks.models import QueueEntry, TaskRead
from service.tasks.queries_boxes import MARKED
from workflows.base import table_of

CHUNK = 400
_READ, _ENTRY = table_of(TaskRead), table_of(QueueEntry)


def clean_up(actor: Actor, *, now: datetime) -> int:
    """Delete at most CHUNK read marks and CHUNK bulk reports older than `desk_kept_days`; how many.

    Call again while it is not 0. A mark stays while its task lies in a box that tells what is unread.
    Raises Forbidden: only jobs may.
    """
    with transaction() as session:
        policy.require(actor, "task.clean_up")
        before = now - timedelta(days=int(parameters.county(session, day_of(now))["desk_kept_days"]))
        lying = select(_ENTRY.c.id).where(_ENTRY.c.task_id == _READ.c.task_id, _ENTRY.c.box.in_(MARKED)).exists()
        key = (_READ.c.person_id, _READ.c.task_id)
        marks = session.execute(select(*key).where(_READ.c.at < before, ~lying).limit(CHUNK)).all()
        session.execute(delete(_READ).where(tuple_(*key).in_([tuple(mark) for mark in marks])))
        bulks = session.scalars(select(BULK.c.id).where(BULK.c.at < before).limit(CHUNK)).all()
        session.execute(delete(ROW).where(ROW.c.bulk_id.in_(bulks)))
        session.execute(delete(BULK).where(BULK.c.id.in_(bulks)))
        return len(marks) + len(bulks)
