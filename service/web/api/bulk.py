"""Many tasks decided at once, and what came of it."""

from typing import Any

from service.tasks import commands_bulk, queries_bulk
from service.tasks.bulk import Chosen
from service.tasks.commands_bulk import BeginBulk
from service.tasks.queries_bulk import Report
from service.tasks.runs_bulk import drive
from service.web import edge
from service.web.api import api
from service.web.api.schemas.bulk import BulkIn, BulkOut
from service.web.casetitles import case_title
from service.web.words import words

TASKS = ["Tasks"]


@api.post("/tasks/bulk-complete")
@api.input(BulkIn, arg_name="body")
@api.output(BulkOut)
@api.doc(tags=TASKS)
def bulk_complete(body: dict[str, Any]) -> Any:
    """Decide many of my tasks, each in a transaction of its own; a repeated Idempotency-Key gives the same report.

    More than a page is background work: then `run_id` tells how far it is, and the rows wait.
    """
    sent = BeginBulk([Chosen(one["id"], one["version"]) for one in body["tasks"]], body["decision"], body["opinion"])
    bulk_id = edge.repeatable(
        body, 200, lambda: commands_bulk.begin_bulk(edge.actor(), sent, now=edge.now()), lambda ids: ids["bulk_id"]
    )
    found = queries_bulk.report(edge.actor(), bulk_id)
    if found.run_id is None:
        drive(edge.actor(), bulk_id, edge.now)
        found = queries_bulk.report(edge.actor(), bulk_id)
    return _report(found)


@api.get("/tasks/bulk-complete/<bulk_id>")
@api.output(BulkOut)
@api.doc(tags=TASKS)
def get_bulk(bulk_id: str) -> Any:
    """What came of a bulk of mine."""
    return _report(queries_bulk.report(edge.actor(), bulk_id))


def _report(found: Report) -> dict[str, Any]:
    own = {name: getattr(found, name) for name in ("id", "decision", "run_id", "at")}
    return {**own, **found.counts, "rows": [_row(row) for row in found.rows]}


def _row(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("task_id", "business_key", "state", "code")},
        "title": case_title(row.instance_id, row.title) if row.title else None,
        "reason": words(row.code, row.params, edge.locale()) if row.code else None,
    }
