"""Background work: one's own, one of them, and cancelling it."""

from typing import Any

from service.runs import commands, queries
from service.web import edge, runview
from service.web.api import api
from service.web.api.schemas import runs as shapes

RUNS = ["Background work"]


@api.get("/runs")
@api.input(shapes.RunQuery, location="query", arg_name="query")
@api.output(shapes.RunPage)
@api.doc(tags=RUNS)
def list_runs(query: dict[str, Any]) -> Any:
    """What I have asked for, newest first."""
    limit = query["limit"]
    found = queries.own(edge.actor(), before=query["cursor"], limit=limit + 1)
    following = found[limit - 1].id if len(found) > limit else None
    return {"items": [runview.shown(row) for row in found[:limit]], "next": following}


@api.get("/runs/<run_id>")
@api.output(shapes.RunOut)
@api.doc(tags=RUNS)
def get_run(run_id: str) -> Any:
    """How far it is, and what came out; ask again every second or so until `ended_at` is there."""
    return runview.shown(queries.run_of(edge.actor(), run_id))


@api.post("/runs/<run_id>/cancel")
@api.output(shapes.RunOut)
@api.doc(tags=RUNS)
def cancel_run(run_id: str) -> Any:
    """Ask it to stop at its next step; what it has done so far stays. One that still waits ends at once."""
    commands.cancel_run(edge.actor(), run_id, now=edge.now())
    return runview.shown(queries.run_of(edge.actor(), run_id))
