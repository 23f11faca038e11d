"""Suspends and resumes a case: rows only; every deadline keeps what it had left (design §3.5)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, update

from service.audit import chain
from service.audit.chain import NewEvent
from service.calendar import queries as calendars
from service.errors import Conflict
from service.instances.facts import LockedCase
from service.instances.models import ProcessCase
from service.notices import outbox
from service.notices.outbox import Message
from service.tasks import advance, moving, overdue, queue, reminding
from service.tasks.models import NEVER
from service.tasks.moving import RESUMED, Move
from service.tasks.overdue import OVERDUE, STILL
from workflows import engine, spans, store
from workflows.calendar import Calendar
from workflows.surroundings import Surroundings


def suspend(around: Surroundings, locked: LockedCase, reason: str) -> None:
    """Stop a running case; Conflict("instance.not_running")."""
    held, session = locked.instance, around.session
    if held.state != "running":
        raise Conflict("instance.not_running", instance_id=held.id, state=held.state)
    store.set_state(session, held, "suspended", around.now)
    _note(around, held.id, around.now, reason)
    moves = _stopped(around, store.timers(session, held.id))
    moving.write(session, moves)
    kept = [{"timer_id": found.timer.id, "element_id": found.timer.element_id, "rule": found.timer.rule,
             "left": found.changes["paused"]} for found in moves]  # fmt: skip
    outbox.post(session, _messages(locked, "instance.suspended", queue.holders(session, held.id)), around.now)
    _tell(around, held.id, "instance.suspended", {"reason": reason, "deadlines": kept})


def restate(around: Surroundings, locked: LockedCase, reason: str) -> None:
    """A suspended case stands still for another reason from now on; since when stays as it is."""
    case = update(ProcessCase).where(ProcessCase.instance_id == locked.instance.id)
    around.session.execute(case.values(suspension_reason=reason))
    _tell(around, locked.instance.id, "instance.suspended", {"reason": reason, "deadlines": []})


def _stopped(around: Surroundings, timers: Sequence[Row[Any]]) -> list[Move]:
    calendar = calendars.calendar(around.session)
    deadlines = queue.deadlines(around.session, [row.subject_id for row in timers if row.kind == OVERDUE])
    moves = []
    for row in timers:
        late = row.kind == OVERDUE
        rest = _late(calendar, deadlines[row.subject_id], around.now) if late else spans.left(calendar, row, around.now)
        moves.append(Move(row, NEVER, {"paused": rest}, NEVER if late else None))
    return moves


def _late(calendar: Calendar, deadline: datetime, now: datetime) -> int:
    """By how many working days a deadline has passed, below zero."""
    return calendar.workdays_between(now.astimezone(calendar.zone).date(), deadline.astimezone(calendar.zone).date())


def resume(around: Surroundings, locked: LockedCase, reason: str = "") -> None:
    """Go on with a suspended case; Conflict("instance.not_suspended").

    What it came to stand on by a move to another version meanwhile may need nobody.
    """
    held, session = locked.instance, around.session
    if held.state != "suspended":
        raise Conflict("instance.not_suspended", instance_id=held.id, state=held.state)
    store.set_state(session, held, "running", around.now)
    _note(around, held.id, None, None)
    calendar = calendars.calendar(session)
    rows = [row for row in store.timers(session, held.id) if row.paused is not None]
    moves = reminding.follow(calendar, rows, [_going_on(calendar, row, around.now) for row in rows])
    late = [row.subject_id for row in rows if row.kind == OVERDUE]
    if late:
        overdue.hold(session, late)
    store.rest_timers(session, held.id, None)
    head = moving.move(around, locked.case, moves, RESUMED, "")
    outbox.post(session, _messages(locked, "instance.resumed", ()), around.now)
    body = {"reason": reason, "before": "suspended", "after": "running"}
    event = NewEvent("instance.resumed", advance.actor_of(around), body=body)
    advance.apply(around, locked.case, engine.go_on(held, around), [event], head=head)


def _going_on(calendar: Calendar, row: Row[Any], now: datetime) -> Move:
    """The row with what was left; one that reminds of a passed deadline leaves that as late as it was."""
    today = now.astimezone(calendar.zone).date()
    if row.kind != OVERDUE:
        span = spans.resumed(calendar, row, row.paused, now)
        return Move(row, span.due_at, _changes(calendar, span.rule, span.start_day, span.used, now))
    deadline = calendar.end_of(calendar.add_workdays(today, row.paused)) if row.paused < 0 else now
    changes = _changes(calendar, row.rule, today, 0, now)
    return Move(row, NEVER if row.unit == STILL else calendar.due(row.rule, now).due_at, changes, deadline)


def _changes(calendar: Calendar, rule: str, start_day: date, used: int, start_at: datetime) -> dict[str, Any]:
    counted = {"rule": rule, "start_day": start_day, "start_at": start_at, "used": used}
    return {**counted, "paused": None, "calendar_revision": calendar.revision}


def _note(around: Surroundings, instance_id: str, at: datetime | None, reason: str | None) -> None:
    case = update(ProcessCase).where(ProcessCase.instance_id == instance_id)
    around.session.execute(case.values(suspended_at=at, suspension_reason=reason))


def _messages(locked: LockedCase, kind: str, holders: Iterable[str]) -> list[Message]:
    case = locked.case
    body = {"instance_id": case.instance_id, "title": case.title, "business_key": case.business_key}
    return [Message(kind, holder, body) for holder in dict.fromkeys((*case.owners, *holders))]


def _tell(around: Surroundings, instance_id: str, kind: str, body: dict[str, Any]) -> None:
    event = NewEvent(kind, advance.actor_of(around), body=body)
    chain.append(around.session, advance.stream_of(instance_id), [event], at=around.now)
