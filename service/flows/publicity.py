"""A publicity period (公示) of any flow: begun in full, stopped by an objection, gone on with what is left."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.access.days import day_of
from service.calendar.queries import calendar
from workflows import spans
from workflows.surroundings import Call


def begun(call: Call, left: int | None) -> Mapping[str, Any]:
    """The variables of a period that begins now: `left` working days after an inquiry, else `full_period`."""
    first: date = day_of(call.now)
    days = call.variables["full_period"] if left is None else left
    return {"publicity_days": days, "publicity_from": first.isoformat()}


def left_of(call: Call, timer: str) -> int:
    """The working days that a stopped period's own row still had: what moved it, or let it stand still, has counted.

    The day of the objection is used up: on the last day nothing is left but the rest of that day.
    """
    period = call.stopped(timer)
    days: int = call.variables["publicity_days"]
    return days if period is None else max(0, spans.left(calendar(call.session), period, call.now))
