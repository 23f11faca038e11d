"""What the pages of reports show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template


def pages(found: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample reports.json."""
    index = found["index"]
    quiet = {"wanting": [], "years": [], "offices": [], "heat": {**index["heat"], "steps": [], "slowest": None}}
    none = {"denominator": 0, "numerator": 0, "quotient": None, "needed": None, "missing": None, "verdict": "empty"}
    figures = {key: {**figure, **none} for key, figure in index["figures"].items()}
    return {
        "/overdue": lambda: render_template("reports/overdue.html", **found["overdue"]),
        "/overdue/o9": lambda: render_template("reports/overdue_of.html", **found["office"]),
        "/reports": lambda: render_template("reports/index.html", **index),
        "/empty-reports": lambda: render_template("reports/index.html", **{**index, **quiet, "figures": figures}),
        "/reports/figures/backbone_share": lambda: render_template("reports/list.html", **found["list"]),
        "/reports/figures/pool_senior": lambda: render_template("reports/list.html", **found["posts"]),
        "/empty-report-list": lambda: render_template("reports/list.html", **{**found["list"], "items": []}),
        "/reports/steps": lambda: render_template("reports/steps.html", **found["steps"]),
        "/reports/steps/hiring": lambda: render_template("reports/flow.html", **found["flow"]),
    }
