"""Flows, versions, drafts and their running cases as they are looked at."""

from collections.abc import Callable
from typing import Any

from flask import render_template

NOTHING: dict[str, Any] = {"problem": None, "reason": ""}


def pages(given: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → what it shows."""
    version = {name: given[name] for name in ("version", "release", "versions", "difference")}
    migration = given["migration"]
    return {
        "/definitions": lambda: _list(given, given["flows"]),
        "/empty-definitions": lambda: _list(given, []),
        "/definitions/d1": lambda: render_template(
            "definitions/version.html", **version, **NOTHING, asked=None, may={"edit": True, "retire": True}
        ),
        "/definitions/d2": lambda: render_template(
            "definitions/version.html",
            **version,
            **NOTHING,
            asked=given["retirement"],
            may={"edit": True, "retire": False, "answer": True},
        ),
        "/definitions/d4": lambda: render_template("definitions/version.html", **_retired(given), **NOTHING),
        "/drafts/f1": lambda: _draft(given, problem="自己编写或提交的流程不能自己批准。"),
        "/drafts/f3": lambda: _draft(given, asked=True),
        "/definitions/d1/cases": lambda: render_template("definitions/cases.html", **given["cases"]),
        "/cases/c1/operate": lambda: render_template("requests/operate.html", **given["operate"]),
        "/migrations/m1": lambda: render_template("definitions/migration.html", run=None, **NOTHING, **migration),
    }


def _list(given: dict[str, Any], flows: list[dict[str, Any]]) -> str:
    return render_template("definitions/index.html", flows=flows, may_edit=True, problem=None, entered={})


def _retired(given: dict[str, Any]) -> dict[str, Any]:
    """The first version of a flow that takes no new cases."""
    nothing = {"total": 0, "groups": []}
    difference = {"old": None, "total": 9, "marks": {}, "groups": [], "pinned": [], "shared": nothing}
    version = {**given["version"], "state": "retired", "newest": False}
    may = {"edit": False, "retire": False}
    return {
        "version": version, "release": given["retired"], "versions": given["versions"][1:],
        "difference": difference, "may": may, "asked": None,
    }  # fmt: skip


def _draft(given: dict[str, Any], *, asked: bool = False, problem: str | None = None) -> str:
    """A draft that was refused and is behind, or one that waits for a second person."""
    draft, findings = given["draft"], given["findings"]
    if asked:
        may = {**draft["may"], "save": False, "ask": False, "approve": True, "refuse": True}
        draft = {**draft, "state": "asked", "asked": given["asked"], "answer": None, "behind": False, "may": may}
        findings = {"errors": 0, "warnings": 0, "marks": {}, "items": []}
    return render_template(
        "definitions/draft.html", draft=draft, has_diagram=True, findings=findings, difference=given["difference"],
        barred=None, problem=problem, reason="",
    )  # fmt: skip
