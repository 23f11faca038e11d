"""Deadlines of tasks: the rows that remind, count and expire (design §3.5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from service.access.days import day_of
from service.calendar import queries as calendars
from service.tasks.models import NEVER
from workflows.base import new_id
from workflows.calendar_rules import parse_rule, pausing, shortened
from workflows.step import OpenedTask
from workflows.surroundings import Surroundings


def due_of(opened: OpenedTask, around: Surroundings) -> datetime:
    """When the task falls due by its `dueIn` or `taskSchedule`; NEVER without one."""
    rule = rule_of(opened, around)
    return around.due(rule, around.now).due_at if rule else NEVER


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
    found = [_row("due", rule, opened, task_id, instance_id, around)]
    reminder = _reminder(rule, opened.properties.get("remindBefore"))
    if reminder:
        found.append(_row("remind", reminder, opened, task_id, instance_id, around))
    return found


def _row(
    kind: str, rule: str, opened: OpenedTask, task_id: str, instance_id: str, around: Surroundings
) -> dict[str, Any]:
    due = around.due(rule, around.now)
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "kind": kind,
        "element_id": opened.element_id,
        "token": None,
        "subject_id": task_id,
        "due_at": due.due_at,
        "rule": rule,
        "unit": due.unit,
        "start_day": due.start_day,
        "start_at": around.now,
        "used": 0,
        "remaining": None,
        "paused": None,
        "extended": 0,
        "calendar_revision": around.calendar_revision,
        "attempts": 0,
        "last_error": None,
    }


def plain(row: Row[Any]) -> dict[str, Any]:
    """A new row like this one: of the same task, with an id of its own and nothing that went wrong."""
    kept = ("instance_id", "element_id", "token", "subject_id", "calendar_revision", "start_at")
    fresh = {"id": new_id(), "used": 0, "remaining": None, "paused": None, "extended": 0, "attempts": 0}
    return {**{name: getattr(row, name) for name in kept}, **fresh, "last_error": None}


def _reminder(rule: str, before: str | None) -> str | None:
    """`5 workdays` with `2 workdays` before is `3 workdays`; spans of different measures have no reminder."""
    return shortened(parse_rule(rule), parse_rule(before)) if before else None
