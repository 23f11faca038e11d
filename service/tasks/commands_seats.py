"""What people do with the seats of a task: hand over, ask, add, take away, send a copy (policy.md §5)."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.access.case_rows import CONFIDENTIAL
from service.db import transaction
from service.errors import Conflict
from service.tasks import advance, circle, drawing, queue, seating, seats
from service.tasks.around import surroundings
from service.tasks.circle import Draw
from service.tasks.commands import TaskCommand
from service.tasks.drawing import Told
from service.tasks.facts import SeatFacts
from service.tasks.signing import ADVISER, DELEGATE

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class TransferTask(TaskCommand):
    """转办: the person has the task instead of who sits at `seat_id` (mine without it), and why."""

    person_id: str = ""
    reason: str = ""
    seat_id: str | None = None


@dataclass(frozen=True)
class DelegateTask(TaskCommand):
    """委派: the person acts for me and the task comes back to me; what is asked of them."""

    person_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class AddSigners(TaskCommand):
    """加签: these persons advise before me, or sign after me (`where` before | after), in this order; and why."""

    person_ids: tuple[str, ...] = ()
    where: str = BEFORE
    reason: str = ""


@dataclass(frozen=True)
class RemoveSigner(TaskCommand):
    """减签: a seat that has not acted, and why."""

    seat_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class CopyTask(TaskCommand):
    """抄送: these persons may read the task; `reason` may be empty."""

    person_ids: tuple[str, ...] = ()
    reason: str = ""


def transfer_task(actor: Actor, command: TransferTask, *, now: datetime) -> None:
    """Hand a seat over: it is removed, the person has one in its place, with those whom its holder has drawn in.

    Conflict("seat.not_with_vote" | "seat.claim_first" | "seat.acted") and what `circle.expect` refuses.
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        target = SeatFacts.of(locked.task, actor.person_id, command.seat_id)
        drawing.refuse_substitute(actor, "task.transfer", target, locked.task)
        policy.require(actor, "task.transfer", target)
        queue.expect_seen(locked, command.version)
        drawing.expect_no_vote(locked.task)
        drawing.expect_reason(command.reason)
        seat = target.seat or drawing.own_seat(actor, locked.task)
        seats.expect_live(seat)
        circle.expect(session, actor, Draw("transfer", locked.task, seat, now), [command.person_id])
        change = seats.hand_over(locked.task.seats, seat, command.person_id)
        body = {"seat_id": change.added[0].id, "from_seat_id": seat.id, "from": seat.person_id, "to": command.person_id}
        told = Told("task.transferred", body, command.reason, "task.transferred", [command.person_id])
        drawing.carry_out(surroundings(session, actor, now, locked.task.case.about), locked, change, told)


def delegate_task(actor: Actor, command: DelegateTask, *, now: datetime) -> None:
    """Let somebody act for me: what they fill in and say comes to me, and I decide.

    Conflict("seat.not_with_vote" | "seat.claim_first" | "seat.closed" | "seat.too_deep" | "seat.too_many") and what
    `circle.expect` refuses.
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        drawing.refuse_substitute(actor, "task.delegate", locked.task, locked.task)
        policy.require(actor, "task.delegate", locked.task)
        queue.expect_seen(locked, command.version)
        drawing.expect_no_vote(locked.task)
        drawing.expect_reason(command.reason)
        around, seat = surroundings(session, actor, now, locked.task.case.about), drawing.own_seat(actor, locked.task)
        drawing.expect_asking(around, locked.task, seat, 1)
        circle.expect(session, actor, Draw("delegate", locked.task, seat, now), [command.person_id])
        change = seats.ask(seat, [command.person_id], DELEGATE)
        body = {"seat_id": change.added[0].id, "for_seat_id": seat.id, "from": seat.person_id, "to": command.person_id}
        told = Told("task.delegated", body, command.reason, "task.delegated", [command.person_id])
        drawing.carry_out(around, locked, change, told)


def add_signers(actor: Actor, command: AddSigners, *, now: datetime) -> None:
    """Ask people to advise before me, or to sign after me.

    Conflict("seat.not_with_vote" | "seat.claim_first" | "seat.closed" | "seat.adviser" | "seat.too_deep" |
    "seat.too_many") and what `circle.expect` refuses.
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        drawing.refuse_substitute(actor, "task.add_signer", locked.task, locked.task)
        policy.require(actor, "task.add_signer", locked.task)
        queue.expect_seen(locked, command.version)
        drawing.expect_no_vote(locked.task)
        drawing.expect_reason(command.reason)
        around, seat = surroundings(session, actor, now, locked.task.case.about), drawing.own_seat(actor, locked.task)
        drawing.expect_asking(around, locked.task, seat, len(command.person_ids))
        circle.expect(session, actor, Draw(command.where, locked.task, seat, now), command.person_ids, "person_ids")
        if command.where == AFTER:
            seats.expect_deciding(seat)
            change = seats.add_after(locked.task.seats, seat, command.person_ids)
        else:
            change = seats.ask(seat, command.person_ids, ADVISER)
        drawing.carry_out(around, locked, change, _added(command, seat.person_id, seat.id, change))


def _added(command: AddSigners, asker_id: str, seat_id: str, change: seats.Change) -> Told:
    body = {
        "seat_ids": [seat.id for seat in change.added],
        "for_seat_id": seat_id,
        "from": asker_id,
        "persons": list(command.person_ids),
    }
    if command.where == AFTER:
        return Told("task.signer_added", body, command.reason, "task.opened")
    return Told("task.advice_asked", body, command.reason, "task.asked", command.person_ids)


def remove_signer(actor: Actor, command: RemoveSigner, *, now: datetime) -> None:
    """Take away a seat that has not acted, with those whom its holder has drawn in.

    NotFound("seat.absent"), Conflict("seat.acted" | "seat.last" | "seat.not_with_vote"): of a vote only bureau HR, and
    only before the first ballot.
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        target = SeatFacts.of(locked.task, None, command.seat_id)
        drawing.refuse_substitute(actor, "task.remove_signer", target, locked.task)
        policy.require(actor, "task.remove_signer", target)
        queue.expect_seen(locked, command.version)
        drawing.expect_reason(command.reason)
        seat = locked.task.seat(command.seat_id)
        if any(other.state == "signed" for other in locked.task.seats):
            drawing.expect_no_vote(locked.task)
        change = seats.take_away(locked.task.signing, locked.task.seats, seat)
        gone = [each for each in change.changed if each.state == "removed"]
        body = {"seat_id": seat.id, "person": seat.person_id, "kind": seat.kind,
                "with": [each.person_id for each in gone if each.id != seat.id]}  # fmt: skip
        heard = [each.person_id for each in gone if each.person_id != actor.person_id]
        told = Told("task.signer_removed", body, command.reason, "task.seat_removed", heard)
        drawing.carry_out(surroundings(session, actor, now, locked.task.case.about), locked, change, told)


def copy_task(actor: Actor, command: CopyTask, *, now: datetime) -> None:
    """Let people read the task.

    Conflict("copy.confidential" | "seat.not_with_vote"), Invalid("seat.nobody" | "seat.not_allowed" | …).
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        drawing.refuse_substitute(actor, "task.copy", locked.task, locked.task)
        policy.require(actor, "task.copy", locked.task)
        queue.expect_open(locked) if command.version is None else queue.expect_seen(locked, command.version)
        drawing.expect_no_vote(locked.task)
        if CONFIDENTIAL in locked.task.properties:
            raise Conflict("copy.confidential", task_id=locked.task.id)
        seat = locked.task.seat_of(actor.person_id)
        circle.expect(session, actor, Draw("copy", locked.task, seat, now), command.person_ids, "person_ids")
        around = surroundings(session, actor, now, locked.task.case.about)
        seating.copy(session, locked.task, command.person_ids, now)
        seating.touch(session, locked.task.id)
        told = Told("task.copied", {"persons": list(command.person_ids)}, command.reason, "task.copied")
        drawing.record(around, locked, told)
        advance.announce(around, locked.task, command.person_ids, told.notice)
