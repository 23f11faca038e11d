"""Reports: figures with the list behind each."""

from dataclasses import asdict
from typing import Any

from service.access.days import day_of
from service.people import queries as people
from service.reports import queries, queries_steps
from service.tasks import queries_overdue
from service.web import edge, reportview, stepview
from service.web.api import api
from service.web.api.schemas import reports as shapes
from service.web.api.shaping import task_item

REPORTS = ["Reports"]


@api.get("/reports/figures")
@api.input(shapes.ReportDayQuery, location="query", arg_name="query")
@api.output(shapes.ReportFiguresOut)
@api.doc(tags=REPORTS)
def list_figures(query: dict[str, Any]) -> Any:
    """Every figure on a day, with numerator, denominator, what is unknown, and its target."""
    on = query["on"] or day_of(edge.now())
    found = queries.figures(edge.actor(), on, edge.now())
    return {"as_of": on, "items": [reportview.figure_of(one, on) for one in found]}


@api.get("/reports/figures/<key>")
@api.input(shapes.FigureQuery, location="query", arg_name="query")
@api.output(shapes.FigureListOut)
@api.doc(tags=REPORTS)
def get_figure(key: str, query: dict[str, Any]) -> Any:
    """A figure with a page of the list behind it: the rows that I may see, and how many others count."""
    on = query["on"] or day_of(edge.now())
    behind = queries.behind(edge.actor(), key, on, edge.now())
    lines = reportview.chosen(behind.lines, query["which"])
    start = reportview.place_of(query["cursor"], len(lines))
    page = lines[start : start + query["limit"]]
    return {
        "as_of": on,
        "figure": reportview.figure_of(behind.found, on),
        "hidden": behind.hidden,
        "items": reportview.rows_of(page, behind.found),
        "next": str(start + query["limit"]) if start + query["limit"] < len(lines) else None,
    }


@api.get("/reports/steps")
@api.input(shapes.StepsQuery, location="query", arg_name="query")
@api.output(shapes.StepsOut)
@api.doc(tags=REPORTS)
def list_steps(query: dict[str, Any]) -> Any:
    """How long steps took in the months up to a day: median and P90 in working days, by step and month."""
    on = query["on"] or day_of(edge.now())
    found = queries_steps.steps(edge.actor(), on, edge.now(), flow=query["flow"])
    return {"as_of": on, "months": found.months, "items": [stepview.step_item(step) for step in found.steps]}


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
