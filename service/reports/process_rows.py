"""Rows of work: what is overdue on a day, and the steps that were done in the months before it."""

from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, and_, case, column, literal, select, table, union_all

from service.access.days import start_of
from service.records.rules_days import plus_months
from service.reports.declaring import Base, Day
from service.tasks.models import Overdue, Task
from workflows.base import Instant, table_of

TASK, OVERDUE = table_of(Task), table_of(Overdue)
CASE = table(
    "process_case", column("instance_id"), column("definition_key"), column("organisation_id"), column("initiator_id"),
    column("business_key"), column("title"), column("started_at", Instant()),
)  # fmt: skip
RETURN = "return"
_OPEN, _DONE, _CANCELLED = (
    TASK.c.state == literal(state, literal_execute=True) for state in ("open", "done", "cancelled")
)
"""All states of a task; written out in the statement, as an index of some rows serves only who says which."""


def since(day: Day) -> datetime:
    """The first moment of the months over which steps are looked at; the month of the day is the last of them."""
    first = plus_months(day.on.replace(day=1), 1 - int(day.parameters["report_step_months"]))
    return start_of(first)


def done(day: Day) -> Any:
    """The clause of steps that were done in those months."""
    return and_(_DONE, TASK.c.closed_at.between(since(day), day.end))


def overdue(day: Day) -> FromClause:
    """Steps of authorities that were late on the day and not done yet, with the office that owes them."""
    late = and_(TASK.c.opened_at <= day.end, TASK.c.due_at < day.end)
    waiting = [and_(_OPEN, late)]
    if day.is_past:
        waiting += [and_(state, TASK.c.closed_at > day.end, late) for state in (_DONE, _CANCELLED)]
    found = (
        select(
            TASK.c.id, TASK.c.title.label("name"), OVERDUE.c.organisation_id, TASK.c.due_at, OVERDUE.c.role,
            TASK.c.business_key,
        )
        .join(OVERDUE, OVERDUE.c.task_id == TASK.c.id)
        .where(OVERDUE.c.owed_by == "authority")
    )  # fmt: skip
    return union_all(*(found.where(here) for here in waiting)).subquery("overdue")


def decided(day: Day) -> FromClause:
    """Steps that were decided in the months before the day; `returned` asked for a correction."""
    returned = case((TASK.c.decision == RETURN, 1), else_=0)
    return (
        select(
            TASK.c.id, TASK.c.title.label("name"), TASK.c.organisation_id, TASK.c.business_key, TASK.c.closed_at,
            returned.label("returned"),
        )
        .where(done(day), TASK.c.decision.is_not(None))
        .subquery("decided")
    )  # fmt: skip


OVERDUE_ONES = Base("overdue", "task", overdue)
DECIDED = Base("decided", "task", decided)
