"""What the pages of published names and of objections show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template

BUREAU = "示例县教育局"
EMPTY: dict[str, Any] = {"given": {}, "named_only": False, "problem": None, "errors": {}, "taken": "", "reached": True}
REFUSED = {**EMPTY, "named_only": True, "problem": "异议没有填写完整，请按提示修改。", "given": {"contact": "来信地址"}}


def pages(found: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample publicity.json."""
    many, one = found["notices"][1], {"shell": None, "bureau": BUREAU}
    errors = dict.fromkeys(("line", "text", "name", "outcome", "reason"), "请填写。")
    objected: dict[str, Any] = {"items": found["objections"], "may_register": True}
    notice, late = "publicity/notice.html", {"problem": "这项公示不存在，或者不在公示期内。", **one}
    return {
        "/publicity": lambda: render_template("publicity/index.html", notices=found["notices"], more="p0", **one),
        "/empty-publicity": lambda: render_template("publicity/index.html", notices=[], more=None, **one),
        "/publicity/p2": lambda: render_template(notice, notice=many, **EMPTY, **one),
        "/publicity/refused": lambda: render_template(notice, notice=many, **{**REFUSED, "errors": errors}, **one),
        "/publicity/taken": lambda: render_template(notice, notice=many, **{**EMPTY, "taken": "YY-2026-0001"}, **one),
        "/publicity/over": lambda: render_template("publicity/over.html", given={"text": "他去年没有到岗。"}, **late),
        "/publicity-objections": lambda: render_template("publicity/objections.html", **objected),
        "/no-publicity-objections": lambda: render_template("publicity/objections.html", items=[], may_register=False),
        "/publicity-objections/b1": lambda: render_template("publicity/objection.html", **_heard(found)),
        "/publicity-objections/waits": lambda: render_template("publicity/objection.html", **_waits(found, {})),
        "/publicity-objections/unheard": lambda: render_template("publicity/objection.html", **_waits(found, errors)),
        "/publicity-objections/b1/receipt": lambda: render_template(
            "publicity/receipt.html", item=found["objections"][0], bureau=BUREAU
        ),
        "/publicity-objections/new": lambda: render_template("publicity/choose.html", asked="", items=_periods(found)),
        "/no-publicity-periods": lambda: render_template("publicity/choose.html", asked="x", items=[]),
        "/publicity-objections/new/p2": lambda: _register(found, {}, {}),
        "/publicity-objections/new/refused": lambda: _register(found, {"channel": "letter"}, errors | {"": "请改正。"}),
    }


def _heard(found: dict[str, Any]) -> dict[str, Any]:
    return {"item": found["objections"][0], "may_hear": True, "given": {}, "errors": {}}


def _waits(found: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    item = {**found["objections"][0], "channel": "page", "hearing": "waits", "attachment_id": None}
    return {"item": item, "may_hear": True, "given": {"outcome": "made_up"}, "errors": errors}


def _periods(found: dict[str, Any]) -> list[dict[str, Any]]:
    keys = ("ZP-2026-0003", "JL-2026-0001")
    pairs = zip(found["notices"], keys, strict=True)
    return [{"notice": one, "business_key": key, "over": key.startswith("ZP")} for one, key in pairs]


def _register(found: dict[str, Any], given: dict[str, Any], errors: dict[str, str]) -> str:
    period = _periods(found)[0 if errors else 1]
    return render_template("publicity/register.html", period=period, given=given, errors=errors, today="2026-09-17")
