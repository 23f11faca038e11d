"""What the pages of the ledger and of reserved posts show with samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template


def pages(found: dict[str, Any], ledger: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample reserved.json, `ledger` ledger.json."""
    index = {"rounds": found["rounds"], "pools": found["pools"], "own": [], "may_start": True, "may_apply": False}
    school = {**index, "pools": [], "own": found["applications"][1:], "may_start": False, "may_apply": True}
    round_ = {"round": found["rounds"][0], "pools": found["pools"]}
    rows = {"progress": found["progress"], "applications": found["applications"]}
    return {
        "/ledger": lambda: render_template("ledger/index.html", **ledger),
        "/ledger/o4": lambda: render_template("ledger/account.html", **ledger["account"]),
        "/reserved-posts": lambda: render_template("reserved/index.html", **index),
        "/school-reserved-posts": lambda: render_template("reserved/index.html", **school),
        "/empty-reserved-posts": lambda: render_template("reserved/index.html", **{**school, "rounds": [], "own": []}),
        "/reserved-posts/rounds/r1": lambda: render_template("reserved/round.html", **round_, **rows),
        "/empty-round": lambda: render_template("reserved/round.html", **round_, progress=[], applications=[]),
        "/reserved-posts/loans": lambda: render_template("reserved/loans.html", items=found["loans"], shown=""),
        "/empty-loans": lambda: render_template("reserved/loans.html", items=[], shown="all"),
    }
