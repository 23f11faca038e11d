"""More time for a task: the new moment, its limits, and the rows that follow (policy.md §4)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Row

from service.access.actor import Actor
from service.calendar import queries as calendars
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.tasks import moving, overdue, reminding, voting
from service.tasks.capacity import capacity_of
from service.tasks.facts import TaskFacts
from service.tasks.moving import EXTENDED, Move
from service.tasks.overdue import OVERDUE
from service.tasks.queue import Locked
from workflows import store
from workflows.calendar import Calendar
from workflows.calendar_rules import DAYS, WORKDAYS, parse_rule, pausing
from workflows.spans import Span
from workflows.surroundings import Surroundings

UNITS = (WORKDAYS, DAYS)


class Wish(Protocol):
    """How much more time: `days` of a unit, or `until` the end of a day; one of the two."""

    @property
    def days(self) -> int | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def until(self) -> date | None: ...


@dataclass(frozen=True)
class Extended:
    """The deadline before and after; `rest` working days from today, `times` how often it has been extended before."""

    old: datetime
    span: Span
    rest: int
    times: int


def extend(around: Surroundings, locked: Locked, wish: Wish, reason: str) -> datetime:
    """Give more time to an open task, whose deadline may have passed; returns the new moment.

    Conflict("deadline.none" | "extension.used_up"), Invalid("reason.missing" and those of `extended`).
    """
    task, session = locked.task, around.session
    if not reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
    rows = store.timers(session, task.instance_id)
    row = _deadline(task, rows)
    span = extended(around, task, row, wish).span
    changes = {"kind": "due", "rule": span.rule, "unit": parse_rule(span.rule).unit, "used": span.used,
               "start_day": span.start_day, "start_at": around.now, "extended": row.extended + 1,
               "calendar_revision": around.calendar_revision}  # fmt: skip
    moves = [Move(row, span.due_at, changes), *reminding.anew(around, task, rows, row, span.due_at, row.rule)]
    if row.kind == OVERDUE:
        overdue.forget(session, task.id)
    moving.move(around, task.case, moves, EXTENDED, reason.strip(), head=locked.head)
    return span.due_at


def proposed(around: Surroundings, task: TaskFacts, wish: Wish) -> Extended:
    """What `extend` would do, without doing it; the same refusals."""
    rows = store.timers(around.session, task.instance_id)
    return extended(around, task, _deadline(task, rows), wish)


def _deadline(task: TaskFacts, rows: Any) -> Row[Any]:
    found: list[Row[Any]] = [row for row in rows if row.subject_id == task.id and row.kind in ("due", OVERDUE)]
    if not found:
        raise Conflict("deadline.none", task_id=task.id)
    return found[0]


def extended(around: Surroundings, task: TaskFacts, row: Row[Any], wish: Wish) -> Extended:
    """The new span within the limits of the parameters, counted from the deadline, or from today once that has passed.

    Conflict("extension.used_up" | "vote.over"), Invalid("extension.nothing" | "extension.day_off" |
    "extension.not_later" | "extension.too_long") with the field that is wrong.
    """
    voting.refuse_late(task, around.now)
    calendar = calendars.calendar(around.session)
    times, most = around.parameters["extension_times"], int(around.parameters["extension_workdays"])
    if row.extended >= times:
        raise Conflict("extension.used_up", times=times)
    field, begins = "until" if wish.until else "days", max(task.due_at, around.now)
    span = (
        _until(calendar, wish.until, begins, around.now)
        if wish.until
        else _longer(calendar, task, row, wish, around.now)
    )
    if span.due_at <= begins:
        raise _wrong(field, "extension.not_later")
    first, last = (moment.astimezone(calendar.zone).date() for moment in (begins, span.due_at))
    if calendar.workdays_between(first, last) > most:
        raise _wrong(field, "extension.too_long", limit=most)
    today = around.now.astimezone(calendar.zone).date()
    return Extended(task.due_at, span, calendar.workdays_between(today, last), row.extended)


def _until(calendar: Calendar, day: date, begins: datetime, now: datetime) -> Span:
    if day < begins.astimezone(calendar.zone).date():
        raise _wrong("until", "extension.not_later")
    if not calendar.is_working(day):
        raise _wrong("until", "extension.day_off", next=calendar.next_working(day).isoformat())
    return Span(calendar.end_of(day), day.isoformat(), now.astimezone(calendar.zone).date(), 0)


def _longer(calendar: Calendar, task: TaskFacts, row: Row[Any], wish: Wish, now: datetime) -> Span:
    """On top of the same rule where it counts the same days, so that a changed calendar moves the whole of it."""
    if not wish.days or wish.days < 0 or wish.unit not in UNITS:
        raise _wrong("days", "extension.nothing")
    rule = parse_rule(row.rule)
    if row.kind == "due" and task.due_at > now and rule.measure == wish.unit:
        return _span(calendar, row.rule, row.start_day, row.used - wish.days)
    text = f"{wish.days} {wish.unit}"
    start = max(task.due_at, now).astimezone(calendar.zone).date()
    return _span(calendar, pausing(text) if rule.pauses else text, start, 0)


def _span(calendar: Calendar, text: str, start: date, used: int) -> Span:
    rule = parse_rule(text)
    counting = calendar.counting(rule)
    return Span(counting.end_of(counting.last_day(rule, start, used)), text, start, used)


def refuse_own(actor: Actor, task: TaskFacts) -> None:
    """Nobody gives himself more time: Forbidden("extension.own")."""
    if owes(actor, task):
        raise Forbidden("extension.own", task_id=task.id)


def owes(actor: Actor, task: TaskFacts) -> bool:
    """Whether the actor owes the step: has a seat that signs now or later, or an open role; as a substitute too."""
    if actor.standing_in and capacity_of(actor, task).stands_for is not None:
        return True
    seated = {seat.person_id for seat in task.seats if seat.is_live}
    return actor.person_id in seated or (not seated and bool(set(task.groups) & set(actor.holders)))


def _wrong(field: str, code: str, **params: Any) -> Invalid:
    return Invalid(code, faults=(Fault(field, code, params=params),), **params)
