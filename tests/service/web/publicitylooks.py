"""What the pages of published names and of objections show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template

BUREAU = "示例县教育局"
EMPTY: dict[str, Any] = {"given": {}, "named_only": False, "problem": None, "errors": {}, "taken": False}
REFUSED = {**EMPTY, "named_only": True, "problem": "异议没有填写完整，请按提示修改。", "given": {"contact": "来信地址"}}


def pages(found: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample publicity.json."""
    many, one = found["notices"][1], {"shell": None, "bureau": BUREAU}
    errors = dict.fromkeys(("line", "text", "name"), "请填写。")
    notice, late = "publicity/notice.html", {"problem": "这项公示不存在，或者不在公示期内。", **one}
    return {
        "/publicity": lambda: render_template("publicity/index.html", notices=found["notices"], more="p0", **one),
        "/empty-publicity": lambda: render_template("publicity/index.html", notices=[], more=None, **one),
        "/publicity/p2": lambda: render_template(notice, notice=many, **EMPTY, **one),
        "/publicity/refused": lambda: render_template(notice, notice=many, **{**REFUSED, "errors": errors}, **one),
        "/publicity/taken": lambda: render_template(notice, notice=many, **{**EMPTY, "taken": True}, **one),
        "/publicity/over": lambda: render_template("publicity/over.html", given={"text": "他去年没有到岗。"}, **late),
        "/publicity-objections": lambda: render_template("publicity/objections.html", items=found["objections"]),
        "/no-publicity-objections": lambda: render_template("publicity/objections.html", items=[]),
        "/publicity-objections/b1": lambda: render_template("publicity/objection.html", item=found["objections"][0]),
    }
