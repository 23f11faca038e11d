"""The calendar of the bureau as it is looked at: edited, only read, a year without its notice, a sheet at first."""

from collections.abc import Callable
from typing import Any

from flask import render_template


def pages(given: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → what it shows."""
    return {
        "/calendar": lambda: _calendar(given),
        "/calendar-read": lambda: _calendar(given, may_edit=False, under_way=[]),
        "/calendar-provisional": lambda: _provisional(given),
        "/calendar-preview": lambda: render_template("calendar/preview.html", **given["preview"]),
    }


def _calendar(given: dict[str, Any], **changes: Any) -> str:
    return render_template("calendar/index.html", **{**given["index"], **changes})


def _provisional(given: dict[str, Any]) -> str:
    """2027 before its notice, seen by somebody who only reads, and after a file that was refused."""
    standing = {"source": None, "by": None, "loaded_at": None, "provisional": True}
    changes = {"year": 2027, "standing": standing, "chosen": None, "days": [], "holidays": [], "history": []}
    return _calendar(given, **changes, report=given["report"])
