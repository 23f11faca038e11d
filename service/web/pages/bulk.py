"""Many tasks decided at once, and the page of what came of it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.errors import Invalid
from service.runs import queries as runs
from service.tasks import commands_bulk, queries_bulk
from service.tasks.bulk import RUN_KIND, Chosen
from service.tasks.commands_bulk import BeginBulk
from service.tasks.runs_bulk import drive
from service.web import edge, runview
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.naming import step_name
from service.web.pages import listing, pages, sent
from service.web.pages.runs import part_of
from service.web.words import words


class Picked(sent.Form):
    """The chosen rows, each as `id:version`, an opinion for all, and the list that they were chosen from."""

    task_id = fields.List(fields.String(), load_default=list)
    opinion = Text(most=2000, allow_none=True, load_default=None)
    box = fields.String(load_default="todo")
    flow = fields.String(load_default="")
    q = fields.String(load_default="")
    organisation_id = fields.String(load_default="")
    due = fields.String(load_default="")
    sort = fields.String(load_default="")


@pages.post("/bulk")
def bulk_complete() -> Response:
    """Agree to every chosen task; on to what came of it, or to how far it is where that takes a while."""
    found = sent.form(Picked)
    begun = BeginBulk([_chosen(text) for text in found["task_id"]], opinion=found["opinion"])
    bulk_id = commands_bulk.begin_bulk(edge.actor(), begun, now=edge.now())
    report = queries_bulk.report(edge.actor(), bulk_id)
    if report.run_id is None:
        drive(edge.actor(), bulk_id, edge.now)
        report = queries_bulk.report(edge.actor(), bulk_id)
    back: dict[str, Any] = {name: found[name] for name in listing.NAMES if found[name]}
    if report.counts["done"] == len(report.rows):
        flash(_("%(n)s tasks decided.", n=len(report.rows)))
        return redirect(url_for("pages.inbox", **back))
    return redirect(url_for("pages.bulk", bulk_id=bulk_id, **back))


def _chosen(text: str) -> Chosen:
    task_id, _colon, version = text.rpartition(":")
    if not task_id or not version.isdecimal() or len(version) > edge.DIGITS:
        raise Invalid("bulk.unreadable")
    return Chosen(task_id, int(version))


@pages.get("/bulk/<bulk_id>")
def bulk(bulk_id: str) -> str:
    """What came of a bulk of mine: what was refused first, each with its reason and a link."""
    found = queries_bulk.report(edge.actor(), bulk_id)
    parts = [(state, [_row(row) for row in found.of(state)]) for state in ("refused", "waiting", "done")]
    run = None if found.run_id is None else runs.find(edge.actor(), found.run_id)
    return render_template(
        "inbox/bulk.html", parts=parts, at=found.at, total=len(found.rows), list=listing.asked(),
        run=None if run is None or run.state == "done" else part_of(run),
    )  # fmt: skip


@runview.leads(RUN_KIND)
def report_of(run: Any) -> str:
    """A bulk that was decided in the background is looked at as any other."""
    return url_for("pages.bulk", bulk_id=run.result["bulk_id"])


def _row(row: Any) -> dict[str, Any]:
    visible = row.visible_id is not None
    return {
        "title": case_title(row.instance_id, row.title) if visible else row.task_id,
        "business_key": row.business_key,
        "step": step_name(row.definition_id, row.element_id, row.name) if visible else "",
        "url": url_for("pages.task", task_id=row.task_id, **listing.asked()) if visible else None,
        "reason": words(row.code, row.params, edge.locale()) if row.code else None,
    }
