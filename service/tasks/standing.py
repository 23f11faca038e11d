"""What still stands of a case's record: decisions that were taken back do not count any more, but stay told."""

from collections.abc import Iterable
from typing import Any

from service.audit.timeline import Event

DECIDED = frozenset({"task.completed", "task.returned"})
SIGNED = "task.signed"


def unrecalled(events: Iterable[Event]) -> list[Event]:
    """The events without the signatures and steps that a later `task.recalled` took back; that event stays."""
    found: list[Event] = []
    for event in events:
        if event.kind == "task.recalled" and event.body is not None:
            body = event.body
            found = [other for other in found if not _is_undone(other, body)]
        found.append(event)
    return found


def _is_undone(event: Event, recalled: Any) -> bool:
    body = event.body or {}
    if event.kind == SIGNED:
        return bool(body.get("seat_id") == recalled.get("seat_id"))
    return bool(recalled.get("decided")) and event.kind in DECIDED and body.get("task_id") == recalled.get("task_id")
