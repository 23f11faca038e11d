"""Background work: how far it is, cancelling it, and the list of one's own."""

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.runs import commands, queries
from service.web import edge, runview
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent

PAGE = 50


class RunQuery(sent.Query):
    """Where the page begins."""

    cursor = Text(most=64, load_default=None, allow_none=True)


@pages.get("/my/runs")
def runs() -> str:
    """What I have asked for, newest first."""
    found = queries.own(edge.actor(), before=sent.query(RunQuery)["cursor"], limit=PAGE + 1)
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template("runs/index.html", items=[part_of(row) for row in found[:PAGE]], next=following)


@pages.get("/runs/<run_id>")
def run(run_id: str) -> str:
    """One piece of work."""
    return render_template("runs/run.html", run=part_of(queries.run_of(edge.actor(), run_id)))


@pages.get("/runs/<run_id>/progress")
def run_progress(run_id: str) -> FlaskResponse:
    """The part of a page that tells how far it is; when it has ended the page around it is loaded anew."""
    found = part_of(queries.run_of(edge.actor(), run_id))
    answer = make_response(render_template("runs/progress.html", run=found))
    if found["ended_at"] is not None:
        answer.headers["HX-Refresh"] = "true"
    return answer


@pages.post("/runs/<run_id>/cancel")
def cancel_run(run_id: str) -> Response | str:
    """Ask it to stop; the part of the page anew, without scripts the page of the run."""
    commands.cancel_run(edge.actor(), run_id, now=edge.now())
    if "HX-Request" in request.headers:
        return run_progress(run_id)
    flash(_("It stops at its next step. What it has done so far stays."))
    return redirect(url_for("pages.run", run_id=run_id))


def part_of(row: Any) -> dict[str, Any]:
    """What runs/progress.html is given: any page that waits for a run includes it with this as `run`."""
    return {**runview.shown(row), "url": runview.lead_of(row)}
