"""Claiming, unclaiming and drafts: seat, queue entry and task row move together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from service.access import sealed
from service.errors import Conflict, Forbidden
from service.tasks.facts import TaskFacts
from service.tasks.models import Draft, QueueEntry, Seat, Task
from service.tasks.opening import entry_row, seat_row
from service.tasks.signing import SeatState
from workflows.base import new_id

_TOUCH = update(Task).where(Task.id == bindparam("b_id")).values(version=Task.version + 1)


class Filled(Protocol):
    """What a person has filled in."""

    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def decision(self) -> str | None: ...
    @property
    def opinion(self) -> str | None: ...


def claim(session: Session, task: TaskFacts, person_id: str) -> None:
    """Seat the person alone; Conflict("task.claimed") when somebody sits, Conflict("task.not_claimable") otherwise."""
    if task.signing != "single" or not task.groups:
        raise Conflict("task.not_claimable", task_id=task.id)
    if task.claimant_id is not None:
        raise Conflict("task.claimed", task_id=task.id, person_id=task.claimant_id)
    own = task.seat_of(person_id)
    if own is not None and own.state == "recused":
        raise Forbidden("task.recused", task_id=task.id, reason="recusal.declared")
    seat = SeatState(new_id(), len(task.seats), person_id, "open")
    session.execute(insert(Seat), seat_row(task.id, seat))
    _requeue(session, task, [(f"person:{person_id}", "todo")])


def unclaim(session: Session, task: TaskFacts) -> None:
    """Remove the claimant's seat, whoever asks (HR frees a task whose claimant has left); the role has it again."""
    seat = next((seat for seat in task.seats if seat.state == "open"), None)
    if seat is None or task.signing != "single" or not task.groups:
        raise Conflict("task.not_claimed", task_id=task.id)
    session.execute(update(Seat).where(Seat.id == seat.id).values(state="removed"))
    _requeue(session, task, [(group, "claimable") for group in task.groups])


def recuse(session: Session, task: TaskFacts, person_id: str, further: tuple[str, ...] = ()) -> None:
    """The person has a seat that can never sign; a claimed task goes back to its role, and to the `further` groups."""
    if task.signing != "single" or not task.groups:
        raise Conflict("task.not_recusable", task_id=task.id)
    own, groups = task.seat_of(person_id), (*task.groups, *further)
    if own is None:
        seat = SeatState(new_id(), len(task.seats), person_id, "recused")
        session.execute(insert(Seat), seat_row(task.id, seat))
    else:
        session.execute(update(Seat).where(Seat.id == own.id).values(state="recused"))
    if further:
        session.execute(update(Task).where(Task.id == task.id).values(groups=list(groups)))
    if own is None and not further:
        session.connection().execute(_TOUCH, {"b_id": task.id})
    else:
        _requeue(session, task, [(group, "claimable") for group in groups])


def _requeue(session: Session, task: TaskFacts, holders: list[tuple[str, str]]) -> None:
    session.execute(delete(QueueEntry).where(QueueEntry.task_id == task.id))
    session.execute(insert(QueueEntry), [entry_row(task.id, holder, box, task.due_at) for holder, box in holders])
    session.connection().execute(_TOUCH, {"b_id": task.id})


def keep_draft(session: Session, person_id: str, task_id: str, filled: Filled, now: datetime) -> None:
    """Replace the person's draft of a task; at rest it is encrypted as a whole."""
    session.execute(delete(Draft).where(Draft.task_id == task_id, Draft.person_id == person_id))
    place = sealed.draft(person_id, task_id)
    row = {
        "task_id": task_id,
        "person_id": person_id,
        "values": sealed.hidden(place, filled.values),
        "decision": filled.decision,
        "opinion": sealed.seal(place, filled.opinion),
        "saved_at": now,
    }
    session.execute(insert(Draft), row)
