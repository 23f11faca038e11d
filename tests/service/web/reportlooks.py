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
    frozen, kept = found["frozen"], found["frozen_one"]
    behind = {**found["list"], "frozen": kept["report"]}
    refused = {**frozen, "errors": {"name": "请给报表起名。"}}
    turn = found["turn"]
    held = {"at": frozen["items"][0]["frozen_at"], "by": "顾南乔"}
    kept_turn = {**turn["turn"], "kept": held, "settled": turn["turn"]["open"][:1], "cases": []}
    return {
        "/overdue": lambda: render_template("reports/overdue.html", **found["overdue"]),
        "/overdue/o9": lambda: render_template("reports/overdue_of.html", **found["office"]),
        "/reports": lambda: render_template("reports/index.html", **index),
        "/empty-reports": lambda: render_template("reports/index.html", **{**index, **quiet, "figures": figures}),
        "/reports/figures/backbone_share": lambda: render_template("reports/list.html", **found["list"], frozen=None),
        "/reports/figures/pool_senior": lambda: render_template("reports/list.html", **found["posts"], frozen=None),
        "/empty-report-list": lambda: render_template("reports/list.html", **{**behind, "items": []}),
        "/reports/frozen": lambda: render_template("reports/frozen.html", **refused),
        "/no-frozen-reports": lambda: render_template("reports/frozen.html", **{**frozen, "items": []}),
        "/reports/frozen/r1": lambda: render_template("reports/frozen_one.html", **kept),
        "/frozen-paper": lambda: render_template("reports/paper.html", **kept, styles=""),
        "/reports/frozen-unsound": lambda: render_template("reports/frozen_one.html", **{**kept, "is_sound": False}),
        "/reports/frozen/r1/figures/backbone_share": lambda: render_template("reports/list.html", **behind),
        "/reports/frozen/r1/difference": lambda: render_template("reports/difference.html", **found["difference"]),
        "/no-difference": lambda: render_template("reports/difference.html", **{**found["difference"], "items": []}),
        "/reports/turn": lambda: render_template("reports/turn.html", **turn),
        "/kept-turn": lambda: render_template("reports/turn.html", **{**turn, "turn": kept_turn}),
        "/reports/steps": lambda: render_template("reports/steps.html", **found["steps"]),
        "/reports/steps/hiring": lambda: render_template("reports/flow.html", **found["flow"]),
    }
