"""What people do with a task: claim, unclaim, save a draft, complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.tasks import advance, completion, convening, queue, recusal, seating, voting, voting_casting
from service.tasks.around import surroundings
from service.tasks.assignment import StandIn
from service.tasks.capacity import Capacity, capacity_of, expect_free
from service.tasks.completion import Completed
from service.tasks.signing import SeatState


@dataclass(frozen=True)
class TaskCommand:
    """A task and the version of it that the caller saw."""

    task_id: str
    version: int | None = None


@dataclass(frozen=True)
class CompleteTask(TaskCommand):
    """A decision on a task; `values` are the form's fields, `opinion` free text.

    `no_interest` declares that the handler is related to nobody concerned: asked by every step that recuses.
    """

    decision: str = "complete"
    opinion: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    no_interest: bool = False


@dataclass(frozen=True)
class Recuse(TaskCommand):
    """Why the actor must not handle this case; only HR may read it."""

    reason: str = ""


@dataclass(frozen=True)
class SaveDraft:
    """What has been filled in so far; not validated."""

    task_id: str
    values: Mapping[str, Any]
    decision: str | None = None
    opinion: str | None = None


def claim_task(actor: Actor, command: TaskCommand, *, now: datetime) -> None:
    """Take a task of a role: it moves into the actor's own box. Conflict("task.claimed") when somebody else has it."""
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.claim", locked.task)
        queue.expect(locked, command.version)
        who = capacity_of(actor, locked.task)
        expect_free(session, locked.task, who)
        seating.claim(session, locked.task, who.seat_of)
        advance.tell(session, locked, [_event("task.claimed", who, locked)], now)


def unclaim_task(actor: Actor, command: TaskCommand, *, now: datetime) -> None:
    """Give a claimed task back to its role. Conflict("task.not_claimed") when it was never claimed."""
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.unclaim", locked.task)
        queue.expect(locked, command.version)
        who = capacity_of(actor, locked.task)
        seating.unclaim(session, locked.task)
        convening.lay_before_chair(session, locked.task)
        advance.tell(session, locked, [_event("task.unclaimed", who, locked)], now)


def save_draft(actor: Actor, command: SaveDraft, *, now: datetime) -> datetime:
    """Keep what the actor has filled in, replacing an earlier draft; returns when it was kept.

    Conflict("vote.no_draft") for a secret vote.
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.save_draft", locked.task)
        queue.expect_open(locked)
        voting.refuse_draft(command.task_id, locked.task.properties)
        seating.keep_draft(session, capacity_of(actor, locked.task).person_id, command.task_id, command, now)
        answer(session, saved_at=now.isoformat())
        return now


def complete_task(actor: Actor, command: CompleteTask, *, now: datetime) -> Completed:
    """Sign the actor's seat, or cast the actor's ballot; the deciding signature runs the engine.

    NotFound("task.absent"), Forbidden, Conflict("task.closed" | "task.stale" | "seat.closed" | "instance.not_running"),
    Invalid("recusal.unanswered" | "decision.unknown" | "opinion.missing" | "form.invalid"); what the engine raises
    leaves nothing behind.
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        policy.require(actor, "task.complete", locked.task)
        queue.expect(locked, command.version)
        recusal.expect_answer(locked.task, no_interest=command.no_interest)
        around = surroundings(session, actor, now, locked.task.case.about)
        decide = voting_casting.vote if locked.task.signing == voting.VOTE else completion.complete
        done = decide(around, locked, capacity_of(actor, locked.task), command)
        answer(session, decided=done.decided, outcome=done.outcome)
        return done


def recuse_task(actor: Actor, command: Recuse, *, now: datetime) -> None:
    """Step aside because of an interest (回避): recorded, the reason encrypted; the role has the task again.

    A substitute steps aside alone: whom they represent, and the others of the role, keep the task.
    The chair of a meeting steps aside from its minutes; who entered them is told.
    When nobody else of the role may act it goes to the next level up, never to a subordinate (policy.md §5).
    A vote goes on without the member. Conflict("task.not_recusable") for another task that was given to persons by
    name: HR must give it to somebody else; Conflict("vote.cast" | "vote.over").
    """
    with transaction() as session:
        locked = queue.lock(session, actor, command.task_id)
        task = convening.with_chair(session, locked.task)
        policy.require(actor, "task.recuse", task)
        queue.expect(locked, command.version)
        around = surroundings(session, actor, now, locked.task.case.about)
        who, why = capacity_of(actor, locked.task), {"reason": command.reason}
        if locked.task.signing == voting.VOTE:
            expect_free(session, locked.task, who)
            event = replace(_event("task.recused", who, locked), sensitive=why)
            voting_casting.step_aside(around, locked, who.person_id, event)
            return
        found: Sequence[StandIn] = ()
        come: Sequence[SeatState] = ()
        if convening.only_chairs(actor, task):
            seating.set_aside(session, task, who.person_id)
        else:
            found = recusal.pass_upward(session, task, who.person_id, now)
            come = seating.recuse(session, task, who.person_id, tuple(place.by for place in found), now)
        convening.step_aside(around, task, who.person_id)
        advance.tell(session, locked, [replace(_event("task.recused", who, locked, found), sensitive=why)], now)
        asked = [seat.person_id for seat in come]
        advance.announce(around, task, asked, "task.answered")


def _event(kind: str, who: Capacity, locked: queue.Locked, stand_ins: Sequence[StandIn] = ()) -> NewEvent:
    body: dict[str, Any] = {"task_id": locked.task.id}
    if stand_ins:
        body["stand_ins"] = [place.record() for place in stand_ins]
    return NewEvent(kind, who.person_id, who.on_behalf_of, locked.task.element_id, body)
