"""Corrections as they are looked at: the list, one that waits, one that was made, and the form of a proposal."""

from collections.abc import Callable
from typing import Any

from flask import render_template

ELSEWHERE = "没有聘用任何人的案件没有结果可改：需要的另行提交用人需求。"


def pages(given: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → what it shows; `given` is the sample corrections.json."""
    waiting, form = given["waiting"], {**given["propose"], "elsewhere": ELSEWHERE}
    states = ("open", "confirmed", "refused", "withdrawn")
    errors = {"values.effective_on": "生效日期不能晚于今天。", "": "县实验小学中级岗位已满。"}
    return {
        "/corrections": lambda: render_template(
            "corrections/index.html", items=[waiting], state="open", states=states, more="k2"
        ),
        "/empty-corrections": lambda: render_template(
            "corrections/index.html", items=[], state="refused", states=states, more=None
        ),
        "/corrections/k1": lambda: render_template("corrections/show.html", item=waiting),
        "/corrections/k2": lambda: render_template("corrections/show.html", item={**waiting, **given["made"]}),
        "/cases/c3/correct": lambda: render_template("corrections/propose.html", **form, errors={}, general=""),
        "/cases/c4/correct": lambda: render_template(
            "corrections/propose.html", **form, errors=errors, general=errors[""]
        ),
        "/cases/c5/correct": lambda: render_template(
            "corrections/propose.html", **{**form, "kinds": [], "form": None}, errors={}, general=""
        ),
    }
