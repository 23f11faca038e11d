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

    goes_on = {"state": "办理中", "steps": ["学校意见与排序"], "late": 2, "appeals": 1, "corrections": 3}
    over = {"state": "已办结", "steps": [], "late": 0, "appeals": 0, "corrections": 0}
    plans = [{**found["plan"], **goes_on}, {**found["plan"], **over, "id": "x0", "year": 2026}]
    return {
        "/exchange": page("index", "index", plans=plans),
        "/empty-exchange": page("index", "index", own=[], plans=[], starts=False),
        "/exchange/x1": page("plan", "plan_page"),
        "/exchange/x1/schools/o1": page("school", "school"),
        "/exchange/x1/placements": page("placements", "placements"),
        "/exchange/entries/e1": page("entry", "entry"),
        "/exchange/openings/n1": page("opening", "opening"),
        "/exchange/openings/n2": page("opening", "opening", ranks=False, sent=[]),
        "/exchange/rounds/m1": page("round", "round"),
    }
