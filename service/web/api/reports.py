"""Reports: figures with the list behind each."""

from dataclasses import asdict
from typing import Any

from service.people import queries as people
from service.tasks import queries_overdue
from service.web import edge
from service.web.api import api
from service.web.api.schemas import reports as shapes
from service.web.api.shaping import task_item

REPORTS = ["Reports"]


@api.get("/reports/overdue")
@api.output(shapes.OverdueOut)
@api.doc(tags=REPORTS)
def report_overdue() -> Any:
    """Who is late, by office, the most overdue first; what applicants owe is not counted."""
    found = queries_overdue.figures(edge.actor(), edge.now())
    names = people.organisation_names({each.organisation_id for each in found}, edge.locale())
    items = [{**asdict(each), "organisation": names.get(each.organisation_id, "")} for each in found]
    return {"as_of": edge.now(), "items": items}


@api.get("/reports/overdue/tasks")
@api.input(shapes.LateQuery, location="query", arg_name="query")
@api.output(shapes.LateTaskPage)
@api.doc(tags=REPORTS)
def list_overdue(query: dict[str, Any]) -> Any:
    """The tasks behind a figure, the oldest first."""
    found = queries_overdue.page(
        edge.actor(), query["organisation_id"], edge.now(), role=query["role"], after=query["cursor"],
        limit=query["limit"],
    )  # fmt: skip
    items = [
        {**task_item(late.task), "workdays_late": late.workdays, "holders": list(late.holders)} for late in found.items
    ]
    return {"items": items, "next": found.next}
