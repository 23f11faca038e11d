"""The pages of title evaluation with their samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template


def pages(given: dict[str, Any], start: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → what it shows."""
    return {
        "/titles": lambda: render_template("titles/home.html", **given["home"]),
        "/titles-teacher": lambda: render_template("titles/home.html", **_teacher(given["home"])),
        "/title-batches/b1": lambda: render_template("titles/batch.html", **given["batch"]),
        "/title-sessions/s1": lambda: render_template("titles/session.html", **_drawn(given["session"])),
        "/title-sessions/s3": lambda: render_template("titles/session.html", **_planned(given["session"])),
        "/title-sessions/s2": lambda: render_template("titles/session.html", **_voting(given["session"])),
        "/title-sessions/s1/ballots": lambda: render_template("titles/ballots.html", **given["ballots"]),
        "/title-sessions/s2/ballots": lambda: render_template("titles/ballots.html", **_cast(given["ballots"])),
        "/title-experts": lambda: render_template("titles/experts.html", **given["experts"]),
        "/verify-title": lambda: render_template("titles/verify.html", shell=None, **given["verify"]),
        "/start/title": lambda: _start(given, start),
    }  # fmt: skip


def _teacher(home: dict[str, Any]) -> dict[str, Any]:
    """Somebody who has not applied yet, and may."""
    return {**home, "mine": [], "certificates": [], "sittings": [], "batches": [], "may_open": False,
            "may_enter_experts": False}  # fmt: skip


def _drawn(session: dict[str, Any]) -> dict[str, Any]:
    """The sitting after its draw: the list changes no more."""
    return {**session, "choosable": []}


def _voting(session: dict[str, Any]) -> dict[str, Any]:
    """The same sitting after its votes were opened."""
    opened = {**session["session"], "state": "voting"}
    candidates = [{**one, "state": "open", "voted": 4, "members": 7, "recused": 1} for one in session["candidates"]]
    counts = {"open": len(candidates), "passed": 1}
    return {**session, "session": opened, "candidates": candidates, "counts": counts, "errors": {}, "editable": False,
            "choosable": []}  # fmt: skip


def _planned(session: dict[str, Any]) -> dict[str, Any]:
    """The sitting before its draw, after two others that were not used."""
    planned = {**session["session"], "state": "planned", "seed": None, "drawn_because": None}
    return {**session, "session": planned, "members": [], "pool": 41, "reproducible": None, "drawn_before": 2,
            "errors": {"no_interest": "请先回答是否有利害关系。"},
            "typed": {"cases": ["c3"]}}  # fmt: skip


def _cast(ballots: dict[str, Any]) -> dict[str, Any]:
    """Nothing is left to be voted on."""
    return {**ballots, "papers": [], "left": 0, "refused": {}, "chosen": {}}


def _start(given: dict[str, Any], start: dict[str, Any]) -> str:
    """The start form of a flow that asks for no posts."""
    form = {**start["form"], "upload_url": "/attachments"}
    flow = {"key": "title", "name": "职称评审", "title": "职称评审"}
    return render_template("requests/start_flow.html", **{**start, "form": form, "flow": flow, "holds": False,
                           "facts": given["home"]["facts"], "problem": None})  # fmt: skip
