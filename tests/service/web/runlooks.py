"""Background work as it is looked at: each state alone, and the list of one's own."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import render_template

Runs = list[dict[str, Any]]


def pages(items: Runs) -> dict[str, Callable[[], str]]:
    """Address → what it shows."""
    return {
        "/my/runs": lambda: render_template("runs/index.html", items=items, next=None),
        "/empty-runs": lambda: render_template("runs/index.html", items=[], next=None),
        **{f"/runs/{run['id']}": partial(render_template, "runs/run.html", run=run) for run in items},
    }


def fragments(items: Runs) -> dict[str, Callable[[], str]]:
    """The part that asks for itself."""
    return {"/runs/<run_id>/progress": partial(render_template, "runs/progress.html", run=items[1])}
