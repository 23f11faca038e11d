"""Personnel changes: the list; a change is started and decided as every case is."""

from typing import Any

from service.flows.personnel import queries
from service.web import edge
from service.web.api import api
from service.web.api.schemas import personnel as shapes


@api.get("/personnel-changes")
@api.input(shapes.ChangeQuery, location="query", arg_name="query")
@api.output(shapes.ChangePage)
@api.doc(tags=["Personnel changes"])
def list_changes(query: dict[str, Any]) -> Any:
    """The changes whose cases I may read, newest first."""
    limit = query["limit"]
    narrowed = {name: query[name] for name in ("state", "kind", "organisation_id")}
    found = queries.changes(edge.actor(), **narrowed, after=query["cursor"], limit=limit + 1)
    return {"items": found[:limit], "next": found[limit - 1].instance_id if len(found) > limit else None}
