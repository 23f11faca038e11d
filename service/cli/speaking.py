"""What the command line says and reads: errors and texts in both languages, moments."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from service.errors import Invalid, LecternError
from service.web.words import words


def in_words(error: LecternError) -> str:
    """An error for the command line, in both languages, with every fault on a line of its own."""
    lines = [in_words_of(error.code, **error.params)]
    lines += [f"  {fault.path}: {fault.message or words(fault.code, fault.params, 'zh')}" for fault in error.faults]
    return "\n".join(lines)


def in_words_of(code: str, **params: Any) -> str:
    """A text of the command line, in both languages."""
    return f"{words(code, params, 'zh')} / {words(code, params, 'en')}"


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment of the command line: `now`, a day (its end), or RFC 3339; Invalid("moment.unreadable")."""
    if text == "now":
        return datetime.now(UTC)
    try:
        if len(text) == len("2026-09-17"):
            return datetime.combine(date.fromisoformat(text), time.max, zone).astimezone(UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("moment.unreadable", text=text) from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
