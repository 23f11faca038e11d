"""Deadlines that have passed while the task is open: counted against who owed it, reminded of without flooding."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.access.standing import ROLE, in_force
from service.calendar import queries as calendars
from service.tasks import moving
from service.tasks.facts import TaskFacts
from service.tasks.models import NEVER, Overdue
from service.tasks.moving import Move
from workflows.base import table_of
from workflows.calendar_rules import parse_rule, pausing
from workflows.surroundings import Surroundings

OVERDUE = "overdue"
"""The kind of the row that a deadline's row becomes when it has passed: it reminds, or rests at NEVER."""
STILL = "still"
"""The unit of such a row that reminds of nothing."""

_OVERDUE = table_of(Overdue)


def owed_by(task: TaskFacts) -> str:
    """applicant or authority; a diagram that does not say means the authority, whose silence decides nothing."""
    return "applicant" if task.properties.get("owedBy") == "applicant" else "authority"


def count(around: Surroundings, task: TaskFacts, timer: Row[Any]) -> None:
    """Note that the deadline has passed: a figure of the office that had the task, and how it was counted."""
    role, organisation_id = _office(around, task)
    row = {"task_id": task.id, "organisation_id": organisation_id, "role": role, "owed_by": owed_by(task)}
    counted = {name: getattr(timer, name) for name in ("rule", "start_day", "start_at", "used", "calendar_revision")}
    around.session.execute(insert(_OVERDUE), {**row, **counted})


def forget(session: Session, task_id: str) -> None:
    """More time was granted: the deadline has not passed after all."""
    session.execute(delete(_OVERDUE).where(_OVERDUE.c.task_id == task_id))


def hold(session: Session, task_ids: Sequence[str]) -> None:
    """Leave these as late as they are: their cases stood still, so how the deadlines were counted says nothing more."""
    session.execute(update(_OVERDUE).where(_OVERDUE.c.task_id.in_(task_ids)).values(rule=None))


def moment_of(around: Surroundings, day: date) -> datetime:
    """The moment that counts of what was decided elsewhere on a day: papers and minutes name no hour."""
    return min(calendars.calendar(around.session).end_of(day), around.now)


def decided(around: Surroundings, task: TaskFacts, decided_at: datetime) -> None:
    """The step was decided elsewhere at that moment, on paper or by a meeting: late by so much, or in time, however
    late that was recorded. What was decided on the day of the deadline is in time.
    """
    session = around.session
    if is_in_time(task, decided_at):
        forget(session, task.id)
    else:
        session.execute(update(_OVERDUE).where(_OVERDUE.c.task_id == task.id).values(decided_at=decided_at))


def is_in_time(task: TaskFacts, decided_at: datetime) -> bool:
    """Whether something was decided no later than on the day of the deadline."""
    return day_of(decided_at) <= day_of(task.due_at)


def pass_on(around: Surroundings, task: TaskFacts) -> None:
    """Whom the figure was counted against has decided in time, on paper: it is of those who had the turn beside them.

    `task` is as it stood without that seat.
    """
    role, organisation_id = _office(around, task)
    kept = update(_OVERDUE).where(_OVERDUE.c.task_id == task.id)
    around.session.execute(kept.values(role=role, organisation_id=organisation_id))


def keep_reminding(around: Surroundings, timer: Row[Any], *, again: bool) -> None:
    """The row stays as long as the task is open, and comes `again` by the parameter; its deadline is the task's.

    Whether school holidays count stays as it was: more time, given later, is counted by it.
    """
    rule = f"{around.parameters['overdue_reminder_workdays']} workdays"
    rule = pausing(rule) if parse_rule(timer.rule).pauses else rule
    due = around.due(rule, around.now)
    changes = {"kind": OVERDUE, "rule": rule, "unit": due.unit if again else STILL, "start_day": due.start_day,
               "start_at": around.now, "used": 0, "calendar_revision": around.calendar_revision}  # fmt: skip
    moving.write(around.session, [Move(timer, due.due_at if again else NEVER, changes)])


def _office(around: Surroundings, task: TaskFacts) -> tuple[str, str]:
    """Role and organisation with which the task lay; for persons who were named, the role that they hold.

    Whoever waits for advice owes the step, not who is asked.
    """
    if task.groups:
        role, _, organisation_id = task.groups[0].partition("@")
        return role, organisation_id
    persons = [seat.person_id for seat in task.seats if seat.is_live and not seat.advises]
    day = day_of(around.now)
    held = select(ROLE.c.role, ROLE.c.organisation_id).where(ROLE.c.person_id.in_(persons[:1]), in_force(ROLE.c, day))
    found = around.session.execute(held.order_by(ROLE.c.valid_from, ROLE.c.id)).all()
    own = [row for row in found if row.organisation_id == task.organisation_id]
    for row in (*own, *found):
        return row.role, row.organisation_id
    return "", task.organisation_id
