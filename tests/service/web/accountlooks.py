"""What the pages of accounts show with samples."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import render_template

UNTIL = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)


def pages(found: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample useraccounts.json."""
    staff = [{**one, "expires_at": UNTIL} for one in found["staff"]]
    slips = [SimpleNamespace(**one, expires_at=UNTIL) for one in found["slips"]]
    index = {**found["page"], "staff": staff}
    return {
        "/organisations/o1/user-accounts": lambda: render_template("useraccounts/index.html", **index),
        "/organisations/o2/user-accounts": lambda: render_template(
            "useraccounts/index.html", **{**index, "report": found["report"], "problem": "请选择要打印谁的启用单。"}
        ),
        "/organisations/o1/user-accounts/slips": lambda: render_template(
            "useraccounts/slips.html",
            organisation=found["page"]["organisation"],
            bureau="青禾县教育局",
            address="https://lectern.example",
            slips=slips,
        ),
        "/user-accounts": lambda: render_template("useraccounts/county.html", **found["county"]),
        "/user-accounts/a3/identity": lambda: render_template("useraccounts/identity.html", **found["identity"]),
        "/user-accounts/a1/identity": lambda: render_template(
            "useraccounts/identity.html",
            **{**found["identity"], "problem": "这个身份标识已关联另一个账号。", "subject": "4711"},
        ),
        "/login/sso/link": lambda: render_template("auth/link.html", shell=None, **found["link"]),
        "/logged-out": lambda: render_template(
            "auth/signed_off.html", shell=None, bureau="青禾县教育局", provider="青禾县统一认证"
        ),
        "/activate": lambda: render_template(
            "auth/activate.html",
            shell=None,
            bureau="青禾县教育局",
            error="用户名或启用码不对。",
            username="s01.017",
            code="",
        ),
    }
