"""What the pages of the ledger and of reserved posts show with samples."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import render_template

DAY = date(2026, 9, 17)
LENT: dict[str, Any] = {
    "items": [
        {"id": "n1", "name": "何安", "band": "senior", "from_on": date(2024, 9, 1), "until": date(2026, 8, 31),
         "instance_id": None, "business_key": None, "decidable": True},
        {"id": "n2", "name": "程见山", "band": "middle", "from_on": date(2026, 9, 1), "until": date(2029, 8, 31),
         "instance_id": "c9", "business_key": "YG-2026-0003", "decidable": False},
    ],
    "today": DAY, "may": True, "unnamed": [("p1", "senior", 2)],
    "able": [("t1", "温言", "senior"), ("t2", "沈砚秋", "middle")], "typed": {}, "errors": {},
}  # fmt: skip
WRONG = {"act": "return", "loan_id": "n1", "on": "2026-09-17", "afterwards": "own_post", "document": ""}

UNHELD: dict[str, Any] = {"holds": [], "may_book": False, "problem": None}


def pages(found: dict[str, Any], ledger: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample reserved.json, `ledger` ledger.json."""
    index = {"rounds": found["rounds"], "pools": found["pools"], "own": [], "may_start": True, "may_apply": False}
    school = {**index, "pools": [], "own": found["applications"][1:], "may_start": False, "may_apply": True}
    round_ = {"round": found["rounds"][0], "pools": found["pools"]}
    refused = {**LENT, "typed": WRONG, "errors": {"document": "请填写。", "": "本校没有空余的高级岗位。"}}
    rows = {"progress": found["progress"], "applications": found["applications"]}
    return {
        "/ledger": lambda: render_template("ledger/index.html", **ledger),
        "/ledger/o4": lambda: render_template("ledger/account.html", **ledger["account"], lent=LENT, kept=UNHELD),
        "/ledger/refused": lambda: render_template(
            "ledger/account.html", **ledger["account"], lent=refused, kept=UNHELD
        ),
        "/reserved-posts": lambda: render_template("reserved/index.html", **index),
        "/school-reserved-posts": lambda: render_template("reserved/index.html", **school),
        "/empty-reserved-posts": lambda: render_template("reserved/index.html", **{**school, "rounds": [], "own": []}),
        "/reserved-posts/rounds/r1": lambda: render_template("reserved/round.html", **round_, **rows),
        "/empty-round": lambda: render_template("reserved/round.html", **round_, progress=[], applications=[]),
        "/reserved-posts/loans": lambda: render_template("reserved/loans.html", items=found["loans"], shown=""),
        "/empty-loans": lambda: render_template("reserved/loans.html", items=[], shown="all"),
    }
