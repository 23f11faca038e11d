"""The pages of the exchange as they are looked at, with invented samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template

Sample = dict[str, Any]
Page = Callable[[], str]


def pages(found: Sample) -> dict[str, Page]:
    """Address → what it shows."""

    def page(template: str, name: str, **changed: Any) -> Page:
        return lambda: render_template(f"exchange/{template}.html", plan=found["plan"], **{**found[name], **changed})

    return {
        "/exchange": page("index", "index"),
        "/empty-exchange": page("index", "index", own=[], plans=[], starts=False),
        "/exchange/x1": page("plan", "plan_page"),
        "/exchange/x1/schools/o1": page("school", "school"),
        "/exchange/x1/placements": page("placements", "placements"),
        "/exchange/entries/e1": page("entry", "entry"),
        "/exchange/openings/n1": page("opening", "opening"),
        "/exchange/openings/n2": page("opening", "opening", ranks=False, sent=[]),
        "/exchange/rounds/m1": page("round", "round"),
    }
