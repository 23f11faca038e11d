"""What every operation on seats has in common: whose seat, what it writes, how it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.access.case_rows import CONFIDENTIAL
from service.audit.chain import NewEvent
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.tasks import advance, seating, seats
from service.tasks.capacity import capacity_of
from service.tasks.facts import TaskFacts
from service.tasks.queue import Locked
from service.tasks.seats import Change
from service.tasks.signing import SeatState
from workflows.surroundings import Surroundings


@dataclass(frozen=True)
class Told:
    """What an operation says: the event's kind and body, why, and the notice for whoever has a turn by it."""

    kind: str
    body: Mapping[str, Any]
    reason: str
    notice: str
    to: Sequence[str] = ()


def own_seat(actor: Actor, task: TaskFacts) -> SeatState:
    """The seat from which the actor draws others in.

    Conflict("seat.claim_first") where nobody has claimed the task, Conflict("task.claimed") where somebody else has,
    Forbidden("seat.none").
    """
    seat = task.seat_of(actor.person_id)
    if seat is not None and not seat.is_past_advice:
        return seat
    if task.is_free:
        raise Conflict("seat.claim_first", task_id=task.id)
    if task.groups:
        raise Conflict("task.claimed", task_id=task.id)
    raise Forbidden("seat.none", task_id=task.id)


def refuse_substitute(actor: Actor, action: str, target: Any, task: TaskFacts) -> None:
    """A substitute decides or advises; moving on whose seat it is, is that person's or HR's.

    Forbidden("seat.not_by_substitute") instead of the policy's refusal, which would not tell why.
    """
    if actor.standing_in and not policy.allows(actor, action, target) and capacity_of(actor, task).stands_for:
        raise Forbidden("seat.not_by_substitute", task_id=task.id)


def expect_no_vote(task: TaskFacts) -> None:
    """A vote is cast in person and by those who were called: Conflict("seat.not_with_vote")."""
    if task.signing == "vote":
        raise Conflict("seat.not_with_vote", task_id=task.id)


def expect_reason(reason: str) -> None:
    """Everybody drawn in reads why: Invalid("reason.missing")."""
    if not reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))


def expect_asking(around: Surroundings, task: TaskFacts, seat: SeatState, more: int) -> None:
    """Only who has the turn draws others in, so deep and so many: Conflict("seat.closed" | "seat.too_deep" | …)."""
    seats.expect_turn(seat)
    seats.expect_depth(task.seats, seat, int(around.parameters["drawn_in_depth"]))
    most = int(around.parameters["drawn_in_people"])
    there = sum(seat.for_seat_id is not None and seat.state != "removed" for seat in task.seats)
    if there + more > most:
        raise Conflict("seat.too_many", task_id=task.id, most=most)


def carry_out(around: Surroundings, locked: Locked, change: Change, told: Told) -> None:
    """Write a change of seats, its event, and the notices."""
    actor, task = around.actor, locked.task
    come = seating.apply(around.session, task, change, actor.person_id, around.now)
    record(around, locked, told)
    turn = [seat.person_id for seat in come if seat.person_id not in told.to and seat.person_id != actor.person_id]
    advance.announce(around, task, told.to, told.notice)
    advance.announce(around, task, turn)


def record(around: Surroundings, locked: Locked, told: Told) -> None:
    """The one event of an operation; of a confidential task its reason is sealed."""
    task = locked.task
    secret = CONFIDENTIAL in task.properties
    body = {"task_id": task.id, "name": task.name, **told.body} | ({} if secret else {"reason": told.reason})
    sealed = {"reason": told.reason} if secret else None
    actor_id = advance.actor_of(around)
    advance.tell(
        around.session,
        locked,
        [NewEvent(told.kind, actor_id, element_id=task.element_id, body=body, sensitive=sealed)],
        around.now,
    )
