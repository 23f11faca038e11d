"""What the pages of the opening day show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template


def pages(found: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample opening.json."""
    index = {"items": found["items"], "problem": None, "may_export": True, "may_read": True}
    rows = {"rows": found["rows"], "may_import": True}
    school = {"item": found["rows"][1], "may_sign": ["school"], "problem": "人数有差异，请写明原因再签。"}
    return {
        "/opening": lambda: render_template("opening/index.html", **index),
        **{f"/opening/imports/{name}": _import(found[name]) for name in ("wrong", "mapping", "loaded", "stuck")},
        "/opening/reconciliation": lambda: render_template("opening/reconciliation.html", **rows),
        "/opening/no-reconciliation": lambda: render_template("opening/reconciliation.html", rows=[], may_import=False),
        "/opening/reconciliation/o2": lambda: render_template("opening/school.html", **school),
    }


def _import(given: dict[str, Any]) -> Callable[[], str]:
    return lambda: render_template("opening/import.html", **given)
