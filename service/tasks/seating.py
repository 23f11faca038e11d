"""Claims, changes of seats and drafts: seat, queue entry and task row move together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, delete, insert, or_, update
from sqlalchemy.orm import Session

from service.access import sealed
from service.errors import Conflict, Forbidden
from service.tasks.facts import TaskFacts
from service.tasks.models import WAITING, Draft, QueueEntry, Seat, Task
from service.tasks.opening import NEW_ENTRIES, entry_row, seat_row
from service.tasks.seats import Change, take_away
from service.tasks.signing import SeatState
from workflows.base import new_id, table_of
from workflows.writing import write

_SEAT, _ENTRY = table_of(Seat), table_of(QueueEntry)
_TOUCH = update(Task).where(Task.id == bindparam("b_id")).values(version=Task.version + 1)
_NEW_SEATS = insert(_SEAT)
_MOVED = ("position", "state", "for_seat_id")
_MOVE = update(_SEAT).where(_SEAT.c.id == bindparam("b_id")).values({name: bindparam(name) for name in _MOVED})
_OF = (_ENTRY.c.task_id == bindparam("b_task"), _ENTRY.c.holder.in_(bindparam("b_holders", expanding=True)))
_DEQUEUE = delete(_ENTRY).where(*_OF, _ENTRY.c.box == "todo")
_FORGET = delete(_ENTRY).where(*_OF, _ENTRY.c.box == "done").returning(*_ENTRY.c)
_UNCOPY = delete(_ENTRY).where(*_OF, _ENTRY.c.box == "copied")
_HANDLED = update(_ENTRY).where(*_OF, _ENTRY.c.box == "todo").values(box="done", due_at=bindparam("b_now"))


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
    """Remove the claimant's seat, whoever asks (HR frees a task whose claimant has left); the role has it again.

    Conflict("task.not_claimed"), or Conflict("seat.others_asked") while somebody sits there whom the claimant has drawn
    in: who asked is who must hear.
    """
    live = [seat for seat in task.seats if seat.is_live]
    if not live or task.signing != "single" or not task.groups:
        raise Conflict("task.not_claimed", task_id=task.id)
    if len(live) > 1 or live[0].for_seat_id is not None:
        raise Conflict("seat.others_asked", task_id=task.id)
    [seat] = live
    session.execute(update(Seat).where(Seat.id == seat.id).values(state="removed"))
    _requeue(session, task, [(group, "claimable") for group in task.groups])


def apply(
    session: Session, task: TaskFacts, change: Change, acting: str | None, now: datetime
) -> tuple[SeatState, ...]:
    """Write an operation on seats, with queue and version; returns the seats whose turn has come by it.

    Who gives the turn away himself (`acting`) finds the task among what he has done; who loses it has it nowhere, and
    what either had filled in is dropped.
    """
    before = {seat.id: seat.state for seat in task.seats}
    write(session, _NEW_SEATS, [seat_row(task.id, seat) for seat in change.added])
    for seat in change.changed:
        write(session, _MOVE, {**{name: getattr(seat, name) for name in _MOVED}, "b_id": seat.id})
    gone = [seat.person_id for seat in change.changed if seat.state in ("removed", "recused")]
    left = [seat.person_id for seat in change.changed if before[seat.id] == "open" and seat.state != "open"]
    now_open = [seat for seat in (*change.added, *change.changed) if seat.state == "open"]
    come = tuple(seat for seat in now_open if before.get(seat.id) != "open")
    if acting in left:
        forget(session, task, [acting])
        write(session, _HANDLED, {**_of(task, [acting]), "b_now": now})
    dequeue(session, task, [person for person in left if person != acting])
    _lose(session, task, gone, acting)
    enqueue(session, task, [seat.person_id for seat in come])
    touch(session, task.id)
    return come


def _lose(session: Session, task: TaskFacts, gone: Sequence[str], acting: str | None) -> None:
    """Whose seat has gone finds the task nowhere, unless they have signed at it or gave it away; no draft is left."""
    said = {person for seat in task.seats if seat.has_said for person in seat.person_ids}
    forget(session, task, [person for person in gone if person not in {acting, *said}])
    if gone and task.has_draft:
        session.execute(delete(Draft).where(Draft.task_id == task.id, Draft.person_id.in_(gone)))


def copy(session: Session, task: TaskFacts, person_ids: Sequence[str], now: datetime) -> None:
    """The persons find the task among what was copied to them, each once; the latest copy comes first."""
    write(session, _UNCOPY, _of(task, person_ids))
    write(session, NEW_ENTRIES, [entry_row(task.id, f"person:{person}", "copied", now) for person in person_ids])


def enqueue(session: Session, task: TaskFacts, person_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """The task waits for these persons, each once, with its own deadline; the rows by which it was done for them."""
    if not person_ids:
        return ()
    done = forget(session, task, person_ids)
    rows = [entry_row(task.id, f"person:{person_id}", "todo", task.due_at) for person_id in person_ids]
    write(session, NEW_ENTRIES, rows)
    return done


def forget(session: Session, task: TaskFacts, person_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """The task is not among what these persons have done any more; the rows by which it was."""
    if not person_ids:
        return ()
    return [dict(row) for row in session.connection().execute(_FORGET, _of(task, person_ids)).mappings()]


def dequeue(session: Session, task: TaskFacts, person_ids: Sequence[str]) -> None:
    """The task does not wait for these persons any more."""
    if person_ids:
        write(session, _DEQUEUE, _of(task, person_ids))


def touch(session: Session, task_id: str) -> None:
    """The task has changed: who saw it before has to look again."""
    write(session, _TOUCH, {"b_id": task_id})


def _of(task: TaskFacts, person_ids: Sequence[str | None]) -> dict[str, Any]:
    return {"b_task": task.id, "b_holders": [f"person:{person_id}" for person_id in person_ids]}


def recuse(
    session: Session, task: TaskFacts, person_id: str, further: tuple[str, ...], now: datetime
) -> tuple[SeatState, ...]:
    """The person has a seat that can never sign; returns the seats whose turn has come by it.

    Advice is then not given, and whoever asked goes on. A claimed task goes back to its role, and to the `further`
    groups, without those whom the claimant has drawn in. Conflict("task.not_recusable") for named signers.
    """
    own = task.seat_of(person_id)
    if own is not None and own.advises and own.is_live:
        return apply(session, task, take_away(task.signing, task.seats, own, "recused"), None, now)
    if task.signing != "single" or not task.groups or (own is not None and own.for_seat_id and own.is_live):
        raise Conflict("task.not_recusable", task_id=task.id)
    if own is not None and own.has_said and not own.advises:
        raise Conflict("seat.closed", seat_id=own.id, state=own.state)
    _set_aside(session, task, person_id, own if own is not None and not own.is_past_advice else None)
    if further:
        session.execute(update(Task).where(Task.id == task.id).values(groups=[*task.groups, *further]))
    if further or (own is not None and own.is_live):
        _requeue(session, task, [(group, "claimable") for group in (*task.groups, *further)])
    else:
        touch(session, task.id)
    return ()


def set_aside(session: Session, task: TaskFacts, person_id: str) -> None:
    """Who has no seat here, and lost none by it, as the chair of its meeting, has one that can never sign."""
    _set_aside(session, task, person_id, None)
    touch(session, task.id)


def _set_aside(session: Session, task: TaskFacts, person_id: str, own: SeatState | None) -> None:
    if own is None:
        seat = SeatState(new_id(), len(task.seats), person_id, "recused")
        session.execute(insert(Seat), seat_row(task.id, seat))
        return
    drawn_in = [seat for seat in task.seats if seat.is_live and seat.id != own.id]
    session.execute(update(Seat).where(Seat.id.in_([seat.id for seat in drawn_in])).values(state="removed"))
    session.execute(update(Seat).where(Seat.id == own.id).values(state="recused"))
    _lose(session, task, [person_id, *(seat.person_id for seat in drawn_in)], None)


def _requeue(session: Session, task: TaskFacts, holders: list[tuple[str, str]]) -> None:
    """The task lies with these holders and with none of those of before; the chair of a meeting keeps its minutes."""
    again = and_(QueueEntry.box.in_(("done", *WAITING)), QueueEntry.holder.in_([holder for holder, _ in holders]))
    own = [*task.groups, *(f"person:{person_id}" for person_id in task.person_ids)]
    left = or_(and_(QueueEntry.box.in_(WAITING), QueueEntry.holder.in_(own)), again)
    session.execute(delete(QueueEntry).where(QueueEntry.task_id == task.id, left))
    write(session, NEW_ENTRIES, [entry_row(task.id, holder, box, task.due_at) for holder, box in holders])
    touch(session, task.id)


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
