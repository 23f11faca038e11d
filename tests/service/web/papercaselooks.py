"""What the pages of cases on paper, named holds and open cases show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template

Look = Callable[[], str]


def pages(found: dict[str, Any], ledger: dict[str, Any]) -> dict[str, Look]:
    """Address → page; `found` is the sample paper_cases.json, `ledger` ledger.json."""
    empty = {**found["index"], "items": [], "waiting": [], "drafts": [], "errors": [], "more": 0, "problem": None}
    wrong = {**found["index"], "errors": found["errors"], "more": 4, "file": "纸质案件.xlsx"}
    lent = {"items": [], "unnamed": 0}
    held = {**ledger["account"], "lent": lent, "kept": found["holds"]}
    typed = {"reason": "纸质招聘", "until": "2026-12-31"}
    kept = {**found["holds"], "problem": "初级岗位不足：需要 3，空余 1。", "typed": typed}
    refused = {**held, "kept": kept}
    told = found["told"]
    waits = {**told["item"], "own": False, "state": "open"}
    checked = {**told, "item": waits, "may_change": False, "may_confirm": True, "told": {**told["told"], "wrong": None}}
    gone = {"item": {**waits, "state": "refused", "reason": "日期有误"}, "told": None, "problem": None}
    return {
        "/opening/paper-cases/hiring/new": lambda: render_template("paper/head.html", **found["head"]),
        "/opening/paper-cases/exchange/new": lambda: render_template(
            "paper/head.html", **{**found["head"], "nowhere": True}
        ),
        "/opening/paper-case/p1/application": lambda: render_template("paper/application.html", **found["application"]),
        "/opening/paper-case/p1/steps/5": lambda: render_template("paper/step.html", **found["step"]),
        "/opening/paper-case/p1/steps/6": lambda: render_template("paper/step.html", **found["vote"]),
        "/opening/paper-case/p1": lambda: render_template("paper/told.html", **told),
        "/opening/paper-case/p2": lambda: render_template("paper/told.html", **checked),
        "/opening/paper-case/p3": lambda: render_template("paper/told.html", **gone),
        "/opening/paper-cases": lambda: render_template("paper/index.html", **wrong),
        "/opening/no-paper-cases": lambda: render_template("paper/index.html", **empty),
        "/opening/paper-cases/i1": lambda: render_template("paper/workbook.html", **found["workbook"]),
        "/opening/paper-cases/i2": lambda: render_template(
            "paper/workbook.html", **{**found["workbook"], "own": False, "states": {"open": 2}}
        ),
        "/opening/paper-cases/hiring/places": lambda: render_template("paper/places.html", **found["places"]),
        "/opening/open-cases": lambda: render_template("paper/checks.html", **found["checks"]),
        "/opening/no-open-cases": lambda: render_template(
            "paper/checks.html", rows=[], needed=False, done=0, problem="学校和人事科的确认须由两个人作出。"
        ),
        "/ledger/held": lambda: render_template("ledger/account.html", **held),
        "/ledger/hold-refused": lambda: render_template("ledger/account.html", **refused),
    }
