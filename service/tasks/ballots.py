"""Write what a ballot does to seats, queue and task, inside the transaction of a command."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from service.errors import Conflict, Forbidden
from service.tasks import seating
from service.tasks.capacity import Capacity
from service.tasks.facts import TaskFacts
from service.tasks.meetings import matter
from service.tasks.models import WAITING, Draft, QueueEntry, Seat, Task
from service.tasks.opening import NEW_ENTRIES, entry_row, seat_row
from service.tasks.signing import RECORDED, Ballot, Removed, SeatState, Signed, sign
from workflows.base import new_id, table_of
from workflows.models import Timer
from workflows.writing import write

_SEAT = table_of(Seat)
_ENTRY = table_of(QueueEntry)
_TASK = table_of(Task)
_NEW_SEAT = insert(_SEAT)
_SAID = ("person_id", "state", "decision", "opinion", "values", "signed_at", "on_behalf_of")
_SIGN = (
    update(_SEAT)
    .where(_SEAT.c.id == bindparam("b_id"), _SEAT.c.state == "open")
    .values({name: bindparam(name) for name in _SAID})
)
_STATE = update(_SEAT).where(_SEAT.c.id == bindparam("b_id")).values(state=bindparam("b_state"))
_DONE = (
    update(_ENTRY)
    .where(_ENTRY.c.task_id == bindparam("b_task"), _ENTRY.c.holder == bindparam("b_holder"), _ENTRY.c.box == "todo")
    .values(box="done", due_at=bindparam("b_now"))
)
_DONE_ALONE = (
    update(_ENTRY)
    .where(_ENTRY.c.task_id == bindparam("b_task"), _ENTRY.c.box.in_(WAITING))
    .values(box="done", holder=bindparam("b_holder"), due_at=bindparam("b_now"))
)
_LEFT = delete(_ENTRY).where(_ENTRY.c.task_id == bindparam("b_task"), _ENTRY.c.box.in_(WAITING))
_CLOSE = (
    update(_TASK)
    .where(_TASK.c.id == bindparam("b_id"))
    .values(state="done", decision=bindparam("b_decision"), closed_at=bindparam("b_now"), version=_TASK.c.version + 1)
)
_TIMER, _DRAFT = table_of(Timer), table_of(Draft)
_UNTIME = delete(_TIMER).where(_TIMER.c.subject_id == bindparam("b_task")).returning(*_TIMER.c)
_UNDRAFT = delete(_DRAFT).where(_DRAFT.c.task_id == bindparam("b_task")).returning(*_DRAFT.c)


def cast_ballot(session: Session, task: TaskFacts, who: Capacity, agreeing: str, ballot: Ballot) -> Signed:
    """Sign the seat of who acts or is represented, write what follows for other seats and the queue; the effect.

    A substitute finds it among what was done too: that entry is left to the caller, who writes others (`filed`).
    Raises Conflict("seat.closed", "task.claimed") or Forbidden("seat.none") for somebody who has no seat here.
    """
    seat = _seat_for(task, who.seat_of)
    if seat.state == "open":
        seat = replace(seat, person_id=who.person_id, on_behalf_of=who.on_behalf_of)
    return put(session, task, seat, agreeing, ballot, ballot.at)


def put(session: Session, task: TaskFacts, seat: SeatState, agreeing: str, ballot: Ballot, now: datetime) -> Signed:
    """Put a ballot on a seat and write what follows, at `now`; a ballot on paper was given at a moment of its own.

    From paper it lies among what is done of nobody, until the caller says so. Conflict("seat.closed").
    """
    signed = sign(task.signing, agreeing, task.seats, seat, ballot)
    if signed.seat.on_behalf_of and not ballot.on_paper:
        signed = replace(signed, filed=[entry_row(task.id, f"person:{signed.seat.person_id}", "done", now)])
    _write_seat(session, task, signed.seat)
    entries = _move_queue(session, task, signed, now)
    if signed.decision is not None:
        return replace(signed, removed=replace(close(session, task, signed.decision, now), entries=entries))
    if task.signing == "single":
        seating.touch(session, task.id)
    return replace(signed, removed=Removed(entries=entries))


def _seat_for(task: TaskFacts, person_id: str) -> SeatState:
    seat = task.seat_of(person_id)
    if seat is not None and seat.state == "recused":
        raise Forbidden("task.recused", task_id=task.id, reason="recusal.declared")
    if seat is not None:
        return seat
    if task.signing == "single" and task.groups:
        if task.claimant_id is not None:
            raise Conflict("task.claimed", task_id=task.id)
        return SeatState(new_id(), len(task.seats), person_id, "open")
    raise Forbidden("seat.none", task_id=task.id)


def _write_seat(session: Session, task: TaskFacts, seat: SeatState) -> None:
    known = {found.id for found in task.seats}
    if seat.id not in known:
        write(session, _NEW_SEAT, seat_row(task.id, seat))
        return
    said = {name: getattr(seat, name) for name in _SAID}
    write(session, _SIGN, {**said, "b_id": seat.id}, Conflict("seat.closed", seat_id=seat.id, state="signed"))


def _move_queue(session: Session, task: TaskFacts, signed: Signed, now: datetime) -> Sequence[Mapping[str, Any]]:
    """What has to be done becomes what was done; minutes that were entered do not wait for their chair any more."""
    seat, sat = signed.seat, any(each.id == signed.seat.id for each in task.seats)
    signer = seat.on_behalf_of or seat.person_id
    filed = [*([] if sat else [signer]), *([seat.person_id] if seat.on_behalf_of else [])]
    again = seating.forget(session, task, [person for person in filed if person in task.person_ids])
    holder, meets = f"person:{signer}", matter(task) is not None
    done = {"b_task": task.id, "b_holder": holder, "b_now": now}
    if seat.state == RECORDED:
        seating.dequeue(session, task, [signer])
    elif sat:
        write(session, _DONE, done)
    elif len(task.groups) > 1 or meets:
        write(session, _LEFT, {"b_task": task.id})
        write(session, NEW_ENTRIES, entry_row(task.id, holder, "done", now))
    else:
        write(session, _DONE_ALONE, done)
    for other in (*signed.superseded, *signed.opened):
        state = "superseded" if other in signed.superseded else other.state
        write(session, _STATE, {"b_id": other.id, "b_state": state})
    if signed.decision is not None and (signed.superseded or meets):
        write(session, _LEFT, {"b_task": task.id})
    elif signed.superseded:
        seating.dequeue(session, task, [other.person_id for other in signed.superseded])
    return [*again, *seating.enqueue(session, task, [other.person_id for other in signed.opened])]


def unseat(session: Session, task: TaskFacts) -> None:
    """Nobody signs any more: open seats are superseded and the task leaves every box."""
    for seat in task.seats:
        if seat.is_live:
            write(session, _STATE, {"b_id": seat.id, "b_state": "superseded"})
    write(session, _LEFT, {"b_task": task.id})


def close(session: Session, task: TaskFacts, decision: str, now: datetime) -> Removed:
    """The task is done: its state, its deadlines and its drafts; the rows that go."""
    write(session, _CLOSE, {"b_id": task.id, "b_decision": decision, "b_now": now})
    timers = _taken(session, _UNTIME, task) if task.has_deadline else ()
    return Removed(timers, _taken(session, _UNDRAFT, task) if task.has_draft else ())


def _taken(session: Session, statement: Any, task: TaskFacts) -> Sequence[Mapping[str, Any]]:
    return [dict(row) for row in session.connection().execute(statement, {"b_task": task.id}).mappings()]
