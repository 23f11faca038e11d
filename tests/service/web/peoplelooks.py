"""What the pages of persons and of personnel changes show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template


def pages(found: dict[str, Any], reports: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample people.json, `reports` reports.json: own deadlines."""
    file = found["file"]
    return {
        "/my/deadlines": lambda: render_template("tasks/deadlines.html", **reports["mine"]),
        "/people/p1": lambda: render_template("people/person.html", **file),
        "/me": lambda: render_template("people/person.html", **{**file, **found["own"]}),
        "/people/p1/records/new": lambda: render_template("people/record.html", **found["choose"]),
        "/records/r1/correct": lambda: render_template("people/record.html", **found["correct"]),
        "/personnel": lambda: render_template("personnel/index.html", **found["personnel"]),
        "/personnel/new": lambda: render_template("personnel/new.html", **found["kinds"]),
        "/personnel/whom": lambda: render_template("personnel/new.html", **found["whom"]),
        "/personnel/form": lambda: render_template("personnel/form.html", **found["form"]),
        "/personnel/import": lambda: render_template("personnel/import.html", **found["import"]),
        "/personnel/imports/b1": lambda: render_template("personnel/batch.html", **found["batch"]),
        "/retirements": lambda: render_template("people/retirements.html", **found["retirements"]),
        "/empty-retirements": lambda: render_template("people/retirements.html", items=[], as_of=file["on"]),
    }
