"""Writes what a recall undoes: seats, queue, drafts, tasks and notices stand as before; the record keeps both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from service.access import sealed
from service.audit.chain import NewEvent
from service.errors import Conflict
from service.incidents import record
from service.notices import outbox
from service.tasks import advance, convening, seating, undo
from service.tasks.facts import TaskFacts
from service.tasks.models import Draft, QueueEntry, Seat, Task
from service.tasks.opening import NEW_ENTRIES, entry_row
from service.tasks.queue import Locked
from service.tasks.recalling import Recallable
from service.tasks.signing import SeatState
from workflows.base import table_of
from workflows.models import MessageSubscription, Timer
from workflows.store import Held
from workflows.surroundings import Surroundings
from workflows.undo import Before
from workflows.undo import undo as undo_step
from workflows.writing import write

_TASK, _SEAT, _ENTRY, _DRAFT = table_of(Task), table_of(Seat), table_of(QueueEntry), table_of(Draft)
_SAID = ("decision", "opinion", "values", "signed_at", "on_behalf_of")
_FREE = (
    update(_SEAT)
    .where(_SEAT.c.id == bindparam("b_id"))
    .values({name: bindparam(name) for name in ("state", "person_id", *_SAID)})
)
_REOPEN = (
    update(_TASK)
    .where(_TASK.c.id == bindparam("b_id"))
    .values(state="open", decision=None, closed_at=None, version=_TASK.c.version + 1)
)
_UNDONE = delete(_ENTRY).where(
    _ENTRY.c.task_id == bindparam("b_task"),
    _ENTRY.c.holder.in_(bindparam("b_holders", expanding=True)),
    _ENTRY.c.box == "done",
)
_DRAFTS, _ENTRIES = insert(_DRAFT), insert(_ENTRY)


@dataclass(frozen=True)
class Recalled:
    """A task that is open again."""

    task_id: str
    instance_id: str


@dataclass(frozen=True)
class _Filled:
    """What was signed, as a draft."""

    values: Mapping[str, Any]
    decision: str | None
    opinion: str | None


def take_back(around: Surroundings, locked: Locked, found: Recallable) -> Recalled:
    """Undo what `recalling.expect` has found to be undoable; Conflict("recall.told") when a notice left meanwhile."""
    task, session = locked.task, around.session
    row = found.undo
    if outbox.withdraw(session, row.kept["notices"]) != len(row.kept["notices"]):
        raise Conflict("recall.told", task_id=task.id)
    events = [_event(task, found.seat)]
    if task.state == "done":
        events += _undo_step(around, locked.instance, row)
    _free(session, task, found.seat, {seat_id: (state, person) for seat_id, state, person in row.kept["seats"]})
    write(session, _ENTRIES, undo.rows_of(_ENTRY, row.kept["entries"]))
    undo.drop(session, row.id)
    _draft(around, task, found)
    advance.tell(session, locked, events, around.now)
    return Recalled(task.id, task.instance_id)


def _event(task: TaskFacts, seat: SeatState) -> NewEvent:
    body = {"task_id": task.id, "seat_id": seat.id, "name": task.name, "decided": task.state == "done"}
    return NewEvent("task.recalled", seat.person_id, seat.on_behalf_of, task.element_id, body)


def _undo_step(around: Surroundings, held: Held, row: Any) -> list[NewEvent]:
    """The rows of the engine and the drafts; the tasks that the step opened end as cancelled."""
    session, kept = around.session, row.kept
    timers = undo.rows_of(table_of(Timer), kept["timers"])
    subscriptions = undo.rows_of(table_of(MessageSubscription), kept["subscriptions"])
    undo_step(session, held, Before(row.tokens, kept["created"], timers, subscriptions), around.now)
    write(session, _DRAFTS, undo.rows_of(_DRAFT, kept["drafts"]))
    record.resolve_of(session, held.id, row.at, advance.actor_of(around), around.now)
    return advance.cancel(around, kept["opened"])


def _free(session: Session, task: TaskFacts, signed: SeatState, before: Mapping[str, tuple[str, str]]) -> None:
    """Put the seats back that the signature changed, the task into the boxes that it lay in, and open it.

    A seat that was made for the signature alone is taken away: the task was unclaimed.
    """
    was = {**{signed.id: ("removed", signed.person_id)}, **before}
    changed = [seat for seat in task.seats if seat.id in was and seat.state != was[seat.id][0]]
    nothing = dict.fromkeys(_SAID)
    write(session, _FREE, [
        {**nothing, "b_id": seat.id, "state": was[seat.id][0], "person_id": was[seat.id][1]} for seat in changed
    ])  # fmt: skip
    write(session, _UNDONE, {"b_task": task.id, "b_holders": [f"person:{one}" for one in signed.person_ids]})
    seating.dequeue(session, task, [seat.person_id for seat in changed if seat.state == "open"])
    turn = [was[seat.id][1] for seat in changed if was[seat.id][0] == "open"]
    seating.enqueue(session, task, turn)
    if signed.id not in before:
        write(session, NEW_ENTRIES, [entry_row(task.id, group, "claimable", task.due_at) for group in task.groups])
    convening.lay_before_chair(session, task)
    write(session, _REOPEN, {"b_id": task.id})


def _draft(around: Surroundings, task: TaskFacts, found: Recallable) -> None:
    """What was signed comes back as the signer's draft, over what the signer had kept before."""
    seat, place = found.seat, sealed.case(task.instance_id)
    signed = sealed.opened(place, seat.values) or {}
    own = sealed.draft(seat.person_id, task.id)
    kept = next((row["values"] for row in found.undo.kept["drafts"] if row["person_id"] == seat.person_id), None)
    values = {**(sealed.shown(own, kept) if kept else {}), **signed}
    filled = _Filled(values, seat.decision, sealed.opened(place, seat.opinion))
    seating.keep_draft(around.session, seat.person_id, task.id, filled, around.now)
