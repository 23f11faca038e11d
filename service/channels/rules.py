"""Pure rules of channels: groups of kinds, quiet hours, the moment of a digest, codes that prove an address."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAIL = "email"
OWN_CHANNELS = frozenset({"in_app", "message", "departure", "closing", MAIL})
"""Channels of the house itself: no admin may declare one of these names."""
GROUPS = ("opened", "due", "cases", "other")
"""What a person chooses by, in the order of the page."""
DIGESTS = ("none", "daily", "weekly")
DIGEST = "notices.digest"
CODE = "mail.code"
CODE_LIFE = timedelta(minutes=30)
CODE_TRIES = 5
_OPENED = frozenset(
    {"task.opened", "task.returned", "task.transferred", "task.delegated", "task.asked", "task.answered",
     "task.copied", "task.seat_removed"}
)  # fmt: skip
_ADDRESS = re.compile(
    r"(?!\S{65,}@)[\w!#$%&*+/=^`{|}~-]+(\.[\w!#$%&*+/=^`{|}~-]+)*@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.A | re.I
)
"""A dot-atom (RFC 5322) without quotes and question marks: what looks like an encoded word would be read as one."""


def group_of(kind: str) -> str:
    """The group in which a person finds a kind: new work, deadlines, cases, everything else."""
    if kind in _OPENED:
        return "opened"
    noun = kind.partition(".")[0]
    return {"task": "due", "deadline": "due", "instance": "cases"}.get(noun, "other")


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address that every server takes: those of other alphabets some do not know."""
    return len(text) <= 200 and _ADDRESS.fullmatch(text) is not None


def concealed(text: str, hidden: Iterable[str]) -> str:
    """What another system answered, without the address or secret that it may repeat: errors are kept and logged."""
    for value in filter(None, hidden):
        text = re.sub(re.escape(value), "…", text, flags=re.I)
    return text


def loud_from(now: datetime, quiet: tuple[int, int], zone: ZoneInfo) -> datetime:
    """The moment from which a message may disturb: now, or the end of the quiet hours [from, until) around it.

    `quiet` are hours of the local day; equal ones are no quiet hours, and 22 to 7 passes midnight.
    """
    local, (begin, end) = now.astimezone(zone), quiet
    inside = begin <= local.hour < end if begin <= end else local.hour >= begin or local.hour < end
    if not inside:
        return now
    day = local.date() + timedelta(days=1) if local.hour >= end else local.date()
    return max(now, datetime.combine(day, time(end), zone).astimezone(now.tzinfo))


def next_digest(now: datetime, digest: str, hour: int, zone: ZoneInfo, is_working: Callable[[date], bool]) -> datetime:
    """When the next digest leaves: at `hour` of the next working day, weekly of the first one of a week.

    A week without a working day has no digest of its own: the next one tells it all.
    """
    local = now.astimezone(zone)
    day = local.date() if local.hour < hour else local.date() + timedelta(days=1)
    while not (is_working(day) and (digest == "daily" or _first_of_week(day, is_working))):
        day += timedelta(days=1)
    return datetime.combine(day, time(hour), zone).astimezone(now.tzinfo)


def _first_of_week(day: date, is_working: Callable[[date], bool]) -> bool:
    return not any(is_working(day - timedelta(days=back)) for back in range(1, day.weekday() + 1))
