"""Deadlines that are asked for from today on, so that a list that is kept means the same tomorrow. Pure."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DUES = ("overdue", "today", "soon", "week")
"""Fallen due; by the end of today, of the third working day from today on, of this week's Sunday."""
SOON = 3
"""Working days that are soon."""
UNDATED = ("done", "copied")
"""Boxes whose tasks are not waited for: no deadline narrows them."""


def before(due: str, now: datetime, zone: ZoneInfo, is_working: Callable[[date], bool]) -> datetime:
    """The moment before which such a task falls due; what is overdue is due by today, too. KeyError for another."""
    if due == "overdue":
        return now
    today = now.astimezone(zone).date()
    last = {"today": today, "week": today + timedelta(days=6 - today.weekday()), "soon": _soon(today, is_working)}[due]
    return datetime.combine(last + timedelta(days=1), time.min, zone)


def _soon(today: date, is_working: Callable[[date], bool]) -> date:
    day, left = today, SOON
    while left:
        day += timedelta(days=1)
        left -= is_working(day)
    return day
