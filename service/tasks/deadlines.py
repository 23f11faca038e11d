"""Deadlines of tasks: the rows that remind, count and expire (design §3.5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from service.access.days import day_of
from service.calendar import queries as calendars
from service.tasks.models import NEVER
from workflows import spans
from workflows.base import new_id
from workflows.calendar import Calendar
from workflows.calendar_rules import COUNTED, WORKHOURS, parse_rule, pausing, reminds
from workflows.spans import Span
from workflows.step import OpenedTask
from workflows.surroundings import Due, Surroundings

REMIND = "remind"
"""The kind of the row that reminds of a deadline: counted back from it, it moves with it and with the calendar."""


def due_of(opened: OpenedTask, around: Surroundings) -> datetime:
    """When the task falls due by its `dueIn` or `taskSchedule`; NEVER without one."""
    rule = rule_of(opened, around)
    return _due(around, rule).due_at if rule else NEVER


def rule_of(opened: OpenedTask, around: Surroundings) -> str | None:
    """The deadline's rule as the diagram says it: `dueIn` (a span) before `taskSchedule` (a moment).

    School holidays are not counted where `pauseOnHolidays` says so, else where a parameter does.
    """
    rule = opened.properties.get("dueIn") or opened.due_date
    return pausing(rule) if rule and _pauses(opened, around) else rule


def _pauses(opened: OpenedTask, around: Surroundings) -> bool:
    flag = opened.properties.get("pauseOnHolidays")
    return flag == "true" if flag else calendars.pauses(around.session, day_of(around.now))


def rows(opened: OpenedTask, task_id: str, instance_id: str, around: Surroundings) -> list[dict[str, Any]]:
    """The timer rows of one task: `due`, and `remind` where `remindBefore` is drawn."""
    rule = rule_of(opened, around)
    if not rule:
        return []
    found = [_row(rule, opened, task_id, instance_id, around)]
    before = opened.properties.get("remindBefore")
    if before and reminds(parse_rule(rule), parse_rule(before)):
        columns = ahead(calendars.calendar(around.session), before, found[0]["due_at"], rule)
        reminder = {**found[0], "id": new_id(), "kind": REMIND, **(columns or {})}
        found += [reminder] if around.since is None or reminder["due_at"] > around.now else []
    return found


def _row(rule: str, opened: OpenedTask, task_id: str, instance_id: str, around: Surroundings) -> dict[str, Any]:
    due = _due(around, rule)
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "kind": "due",
        "element_id": opened.element_id,
        "token": None,
        "subject_id": task_id,
        "due_at": _ahead(around, due.due_at),
        "rule": rule,
        "unit": due.unit,
        "start_day": due.start_day,
        "start_at": around.since or around.now,
        "used": 0,
        "remaining": None,
        "paused": None,
        "extended": 0,
        "calendar_revision": around.calendar_revision,
        "attempts": 0,
        "last_error": None,
    }


def _due(around: Surroundings, rule: str) -> Due:
    """Counted from now, or from the day of the decision on paper that opens the task."""
    return around.due(rule, around.since or around.now)


def _ahead(around: Surroundings, due_at: datetime) -> datetime:
    """Nobody could act before the paper was recorded: what would be due already is due with the present working day."""
    if around.since is None or due_at > around.now:
        return due_at
    return calendars.calendar(around.session).present_end(around.now)


def plain(row: Row[Any]) -> dict[str, Any]:
    """A new row like this one: of the same task, with an id of its own and nothing that went wrong."""
    kept = ("instance_id", "element_id", "token", "subject_id", "calendar_revision", "start_at")
    fresh = {"id": new_id(), "used": 0, "remaining": None, "paused": None, "extended": 0, "attempts": 0}
    return {**{name: getattr(row, name) for name in kept}, **fresh, "last_error": None}


def ahead(calendar: Calendar, before: str | None, deadline: datetime, rule: str) -> dict[str, Any] | None:
    """The columns of the row that reminds so long `before` a deadline, whose own rule says whether holidays count.

    None where nothing is drawn, or where it says exact time, before which nobody works.
    """
    if not before or parse_rule(before).measure not in (*COUNTED, WORKHOURS):
        return None
    span = spans.reminding(calendar, parse_rule(before), deadline, pauses=parse_rule(rule).pauses)
    return reminder_of(span, deadline, calendar)


def reminder_of(span: Span, deadline: datetime, calendar: Calendar) -> dict[str, Any]:
    """The columns of a reminder that stands so."""
    return {"due_at": span.due_at, "rule": span.rule, "unit": parse_rule(span.rule).unit, "start_day": span.start_day,
            "start_at": deadline, "used": span.used, "calendar_revision": calendar.revision}  # fmt: skip
