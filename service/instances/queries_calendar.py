"""How many open deadlines a change of the calendar would move, before it is made."""

from datetime import datetime
from itertools import islice

from service.access import policy
from service.access.actor import Actor
from service.calendar.changes import DAYS
from service.calendar.queries_year import Preview
from service.db import db
from service.instances import counting
from service.instances.counting import Window
from service.tasks.overdue import OVERDUE
from workflows.spans import NEVER

MOST = 200_000
"""Rows that are looked at; of more the answer is about the first so many."""


def would_move(actor: Actor, preview: Preview, *, now: datetime) -> int:
    """Deadlines of tasks and drawn timers of running cases that would fall due at another moment.

    Raises Forbidden: only who may load a year is told.
    """
    policy.require(actor, "calendar.edit")
    if preview.first is None or preview.last is None:
        return 0
    window = Window(2**31 - 1, DAYS, preview.first, preview.last)
    rows = islice(counting.all_rows(db.session(), window, preview.calendar), MOST)
    counted = (row for row in rows if row.kind not in ("remind", OVERDUE) and row.due_at < NEVER)
    return sum(counting.moment(preview.calendar, row, now) != row.due_at for row in counted)
