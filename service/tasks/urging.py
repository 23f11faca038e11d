"""Urging (催办): who waits for a case asks the holders to hurry, as often as the parameters allow (policy.md §5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.calendar import queries as calendars
from service.errors import Conflict
from service.notices import outbox
from service.notices.outbox import Message
from service.people.members import PERSON
from service.tasks import advance
from service.tasks.facts import TaskFacts
from service.tasks.models import Urging
from workflows.base import new_id, table_of
from workflows.surroundings import Surroundings

_URGING = table_of(Urging)


def urge(around: Surroundings, tasks: Sequence[TaskFacts], person_id: str, head: Head | None = None) -> int:
    """Tell the holders of open tasks of one locked case that somebody waits; returns how many tasks were urged.

    Those urged too lately are left out. Conflict("urging.nobody") when there is none, Conflict("urging.too_soon")
    with the moment when all are left out, Conflict("urging.day_full") when the person has done it too often today.
    """
    if not tasks:
        raise Conflict("urging.nobody")
    _take_turn(around.session, person_id)
    free_at = next_moments(around, [task.id for task in tasks], person_id)
    free = [task for task in tasks if free_at[task.id] <= around.now]
    if not free:
        raise _too_soon(around, min(free_at.values()))
    connection, now = around.session.connection(), around.now
    connection.execute(
        insert(_URGING), [{"id": new_id(), "task_id": task.id, "person_id": person_id, "at": now} for task in free]
    )
    outbox.post(around.session, [_message(task, holder) for task in free for holder in task.holders], now)
    events = [NewEvent("task.urged", person_id, element_id=task.element_id,
                       body={"task_id": task.id, "holders": list(task.holders)}) for task in free]  # fmt: skip
    chain.append(around.session, advance.stream_of(free[0].instance_id), events, at=now, head=head)
    return len(free)


def _take_turn(session: Session, person_id: str) -> None:
    """One after the other for each person, whichever cases they urge: the limit of a day is counted over all."""
    session.execute(select(PERSON.c.id).where(PERSON.c.id == person_id).with_for_update(key_share=True))


def next_moments(around: Surroundings, task_ids: Sequence[str], person_id: str) -> Mapping[str, datetime]:
    """Task → when it may be urged (again) by this person: now, or a moment ahead."""
    session, now = around.session, around.now
    pause = timedelta(hours=int(around.parameters["urging_pause_hours"]))
    last = select(_URGING.c.task_id, func.max(_URGING.c.at, type_=_URGING.c.at.type).label("at"))
    last = last.where(_URGING.c.task_id.in_(task_ids)).group_by(_URGING.c.task_id)
    urged = {row.task_id: row.at for row in session.execute(last)}
    earliest = _tomorrow(session, now) if _day_full(around, person_id) else now
    return {task_id: max(earliest, urged[task_id] + pause if task_id in urged else now) for task_id in task_ids}


def _day_full(around: Surroundings, person_id: str) -> bool:
    begin = _tomorrow(around.session, around.now) - timedelta(days=1)
    today = select(func.count()).select_from(_URGING).where(_URGING.c.person_id == person_id, _URGING.c.at >= begin)
    return (around.session.scalar(today) or 0) >= int(around.parameters["urging_per_day"])


def _tomorrow(session: Session, now: datetime) -> datetime:
    local = now.astimezone(calendars.calendar(session).zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _too_soon(around: Surroundings, moment: datetime) -> Conflict:
    local = moment.astimezone(calendars.calendar(around.session).zone)
    wait = max(1, int((moment - around.now).total_seconds()))
    return Conflict("urging.too_soon", next_at=f"{local:%Y-%m-%d %H:%M}", retry_after=wait)


def _message(task: TaskFacts, holder: str) -> Message:
    body: dict[str, Any] = {
        "task_id": task.id,
        "instance_id": task.instance_id,
        "title": task.case.title,
        "business_key": task.case.business_key,
        "element_id": task.element_id,
    }
    return Message("task.urged", holder, body)
