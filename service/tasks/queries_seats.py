"""Reads for operations on seats: which are open to somebody, who may be drawn in, what would come of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.access.case_rows import CONFIDENTIAL
from service.db import db
from service.errors import Conflict
from service.tasks import circle, queries, seats
from service.tasks.circle import Draw, Found
from service.tasks.facts import SeatFacts, TaskFacts
from service.tasks.signing import ADVISER, DELEGATE, SeatState
from service.tasks.voting import VOTE

TRANSFER, DELEGATED, BEFORE, AFTER, COPY, REMOVE = "transfer", "delegate", "before", "after", "copy", "remove"
OPERATIONS = (BEFORE, AFTER, TRANSFER, DELEGATED, COPY, REMOVE)
ACTIONS = {
    TRANSFER: "task.transfer",
    DELEGATED: "task.delegate",
    BEFORE: "task.add_signer",
    AFTER: "task.add_signer",
    COPY: "task.copy",
}
"""Operations that draw somebody in, and what the policy calls them."""


def people(
    actor: Actor,
    task_id: str,
    operation: str,
    now: datetime,
    text: str = "",
    by_role: Collection[str] = (),
    seat_id: str | None = None,
) -> Sequence[Found]:
    """Who may be drawn into a visible task, or have the seat `seat_id` instead of who sits there; 20 at most."""
    task = queries.task(actor, task_id)
    target = SeatFacts.of(task, actor.person_id, seat_id)
    policy.require(actor, ACTIONS[operation], target if operation == TRANSFER else task)
    return circle.search(db.session(), actor, Draw(operation, task, target.seat, now), text, by_role)


def possible(actor: Actor, task: TaskFacts) -> tuple[str, ...]:
    """The operations that a page offers to the actor at a task that is open in a running case."""
    if task.state != "open":
        return ()
    may = {
        BEFORE: _has_turn(actor, task),
        AFTER: _has_turn(actor, task, deciding=True),
        TRANSFER: bool(handed_over(actor, task)),
        DELEGATED: _has_turn(actor, task),
        COPY: _may_copy(actor, task),
        REMOVE: bool(removable(actor, task)),
    }
    return tuple(name for name in OPERATIONS if may[name])


def _has_turn(actor: Actor, task: TaskFacts, *, deciding: bool = False) -> bool:
    seat = task.seat_of(actor.person_id)
    if seat is None or seat.state != "open" or task.signing == VOTE or (deciding and seat.advises):
        return False
    return policy.allows(actor, "task.add_signer", task)


def _may_copy(actor: Actor, task: TaskFacts) -> bool:
    closed = task.signing == VOTE or task.is_free or CONFIDENTIAL in task.properties
    return not closed and policy.allows(actor, "task.copy", task)


def handed_over(actor: Actor, task: TaskFacts) -> list[SeatState]:
    """The seats that the actor may hand over to others, the own one first."""
    if task.signing == VOTE:
        return []
    own = task.seat_of(actor.person_id)
    may = [seat for seat in task.seats if seat.is_live and policy.allows(actor, "task.transfer", SeatFacts(task, seat))]
    return sorted(may, key=lambda seat: seat != own)


def removable(actor: Actor, task: TaskFacts) -> list[SeatState]:
    """The seats that the actor may take away, without leaving nobody who can decide."""
    if task.signing == VOTE and any(seat.state == "signed" for seat in task.seats):
        return []
    live = [seat for seat in task.seats if seat.is_live and _stays_whole(task, seat)]
    return [seat for seat in live if policy.allows(actor, "task.remove_signer", SeatFacts(task, seat))]


def _stays_whole(task: TaskFacts, seat: SeatState) -> bool:
    try:
        seats.take_away(task.signing, task.seats, seat)
    except Conflict:
        return False
    return True


def preview(
    actor: Actor, task_id: str, operation: str, person_ids: Sequence[str], seat_id: str | None = None
) -> list[SeatState]:
    """The seats of a visible task as an operation would leave them: those that count, in the order of signing.

    Nothing where it would not be carried out, or nobody is chosen yet.
    """
    task = queries.task(actor, task_id)
    if operation not in possible(actor, task) or not (seat_id if operation == REMOVE else person_ids):
        return []
    change = _change(actor, task, operation, person_ids, seat_id)
    after = {seat.id: seat for seat in (*task.seats, *change.added, *change.changed)}
    left = [seat for seat in after.values() if seat.is_live or seat.has_said]
    return sorted(left, key=lambda seat: (seat.position, not seat.advises, seat.id))


def _change(
    actor: Actor, task: TaskFacts, operation: str, person_ids: Sequence[str], seat_id: str | None
) -> seats.Change:
    if operation == COPY:
        return seats.Change()
    if operation == REMOVE:
        return seats.take_away(task.signing, task.seats, task.seat(seat_id or ""))
    seat = SeatFacts.of(task, actor.person_id, seat_id).seat or handed_over(actor, task)[0]
    if operation == TRANSFER:
        return seats.hand_over(task.seats, seat, person_ids[0])
    if operation == AFTER:
        return seats.add_after(task.seats, seat, person_ids)
    return seats.ask(seat, person_ids, DELEGATE if operation == DELEGATED else ADVISER)
