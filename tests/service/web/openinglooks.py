"""What the pages of the opening day show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template


def pages(found: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample opening.json."""
    index = {"items": found["items"], "problem": None, "may_export": True, "may_read": True, "may_read_papers": True}
    rows = {"rows": found["rows"], "may_import": True}
    problem = "人数有差异，请写明原因再签。"
    school = {
        "item": found["rows"][1], "may_sign": ["school"], "may_print": True, "paper": found["paper"],
        "problem": problem,
    }  # fmt: skip
    signed = found["rows"][1] | {"signatures": [found["on_paper"]], "by": {"school": found["on_paper"], "bureau": None}}
    printed = {"item": signed, "people": found["people"], "bureau": "青禾县教育局"}
    return {
        "/opening": lambda: render_template("opening/index.html", **index),
        **{f"/opening/imports/{name}": _import(found[name]) for name in ("wrong", "mapping", "loaded", "stuck")},
        "/opening/reconciliation": lambda: render_template("opening/reconciliation.html", **rows),
        "/opening/no-reconciliation": lambda: render_template("opening/reconciliation.html", rows=[], may_import=False),
        "/opening/reconciliation/o2": lambda: render_template("opening/school.html", **school),
        "/opening/reconciliation/o3": lambda: render_template(
            "opening/school.html", **school | {"item": signed, "paper": None, "may_sign": [], "problem": None}
        ),
        "/opening/reconciliation/o3/list": lambda: render_template("opening/list.html", **printed),
    }


def _import(given: dict[str, Any]) -> Callable[[], str]:
    return lambda: render_template("opening/import.html", **given)
