"""Rows of waiting events: the only truth about when a timer fires and which message a case waits for."""

from datetime import datetime
from typing import Any, Protocol

from workflows.base import new_id
from workflows.calendar_rules import EXACT, parse_rule, pausing
from workflows.case import Token
from workflows.errors import Invalid
from workflows.failures import EngineFault
from workflows.nodes.events import Waiting
from workflows.surroundings import Surroundings

MAX_TEXT = 200


class TimerRow(Protocol):
    """What the engine reads of a timer row."""

    @property
    def id(self) -> str: ...
    @property
    def token(self) -> str | None: ...
    @property
    def element_id(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def rule(self) -> str: ...
    @property
    def remaining(self) -> int | None: ...


class SubscriptionRow(Protocol):
    """What the engine reads of a message subscription."""

    @property
    def id(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def element_id(self) -> str: ...


def timer_row(instance_id: str, token: Token, event: Waiting, place: Token, around: Surroundings) -> dict[str, Any]:
    """The row of a timer event that began to wait. Raises EngineFault `timer.rule` for a rule that nobody can read."""
    rule = _text(event, place, "timer.rule", event.text)
    try:
        if event.element.properties.get("pauseOnHolidays") == "true":
            rule = pausing(rule)
        due = around.due(rule, around.now)
    except Invalid as error:
        raise EngineFault("timer.rule", event.element.id, error, rule=rule) from error
    if (due.unit == "cycle") != event.is_cycle:
        raise EngineFault("timer.rule", event.element.id, rule=rule)
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "kind": "event",
        "element_id": event.element.id,
        "token": token.id,
        "host": None if place is token else place.id,
        "due_at": due.due_at,
        "rule": rule,
        "unit": due.unit,
        "start_day": due.start_day,
        "start_at": around.now,
        "used": 0,
        "remaining": due.count,
        "calendar_revision": around.calendar_revision,
        "attempts": 0,
    }


def subscription_row(instance_id: str, token: Token, event: Waiting, place: Token) -> dict[str, Any]:
    """The row of a message event that began to wait. Raises EngineFault `message.key` when the key has no value."""
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "name": event.text.evaluate({}),
        "correlation_key": _text(event, place, "message.key", event.correlation_key),
        "element_id": event.element.id,
        "token": token.id,
    }


def next_round(row: TimerRow, around: Surroundings) -> dict[str, Any] | None:
    """The next due time of a cycle, None after its last round; rounds that were missed are left out, not made up for.

    However late it fires, the rounds stay where they were: each is counted from the one before, never from now.
    Raises Invalid `timer.zero_period` for a cycle that does not advance.
    """
    left = None if row.remaining is None else row.remaining - 1
    if left == 0:
        return None
    start = _latest_round(row, around.now)
    due = around.due(row.rule, start)
    if due.due_at <= row.due_at:
        raise Invalid("timer.zero_period", rule=row.rule)
    while due.due_at <= around.now:
        start = due.due_at
        due = around.due(row.rule, start)
    return {
        "due_at": due.due_at,
        "rule": row.rule,
        "start_day": due.start_day,
        "start_at": start,
        "remaining": left,
        "calendar_revision": around.calendar_revision,
    }


def _latest_round(row: TimerRow, now: datetime) -> datetime:
    """The last round of exact time that is not after `now`, without walking through those before it."""
    rule = parse_rule(row.rule)
    if rule.measure != EXACT or rule.months or not rule.elapsed:
        return row.due_at
    return row.due_at + max(0, (now - row.due_at) // rule.elapsed) * rule.elapsed


def _text(event: Waiting, place: Token, code: str, value: Any) -> str:
    found = place.workflow.case.environment.evaluate(place, value)
    if isinstance(found, int | float) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not found or len(found) > MAX_TEXT:
        raise EngineFault(code, event.element.id, found=repr(found)[:80])
    return found
