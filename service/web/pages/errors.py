"""Errors as pages: what happened and what to do about it."""

from typing import Any

from flask import Flask, render_template, request


def init(app: Flask) -> None:
    """Let `service.web.problems` answer browsers with a page."""
    app.extensions["lectern.error_page"] = page


def page(problem: dict[str, Any]) -> str:
    """The error page of a problem; what to do next is the template's, by status."""
    status = problem["status"]
    error = {
        "status": status,
        "code": problem["code"],
        "title": problem["title"],
        "words": problem["detail"],
        "faults": problem["errors"],
        "request_id": problem["params"].get("request_id"),
        "fresh_url": request.url if request.method == "GET" and status == 409 else None,
    }
    return render_template("error.html", error=error)
