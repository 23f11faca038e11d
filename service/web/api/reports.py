"""Reports: figures with the list behind each."""

from dataclasses import asdict
from typing import Any

from service.access import queries as accounts
from service.access.days import day_of
from service.errors import NotFound
from service.people import queries as people
from service.reports import contents, queries, queries_frozen, queries_steps, queries_turn
from service.reports.commands import FreezeReport, freeze_report
from service.reports.commands_turn import TurnYear, turn_year
from service.tasks import queries_overdue
from service.web import edge, frozenview, reportview, stepview, turnview
from service.web.api import api
from service.web.api.schemas import reports as shapes
from service.web.api.shaping import task_item

REPORTS = ["Reports"]
FIRST, LAST = 2000, 2100


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


@api.get("/reports/frozen")
@api.output(shapes.FrozenReportOut(many=True))
@api.doc(tags=REPORTS)
def list_frozen_reports() -> Any:
    """Reports that were frozen, the latest first."""
    found = queries_frozen.reports(edge.actor())
    names = accounts.account_names([row.frozen_by for row in found])
    return [frozenview.head_of(row, names) for row in found]


@api.post("/reports/frozen")
@api.input(shapes.FreezeIn, arg_name="body")
@api.output(shapes.FrozenIdOut, status_code=201)
@api.doc(tags=REPORTS)
def post_frozen_report(body: dict[str, Any]) -> Any:
    """Count every figure of a day with its list, and keep both under a name for ever."""
    actor, now = edge.actor(), edge.now()
    taken = queries_frozen.to_freeze(actor, body["on"] or day_of(now), now)
    return {"id": freeze_report(actor, FreezeReport(body["name"], taken), now=now)}


@api.get("/reports/frozen/<report_id>")
@api.output(shapes.FrozenReportFiguresOut)
@api.doc(tags=REPORTS)
def get_frozen_report(report_id: str) -> Any:
    """A frozen report with its figures, and whether it has the hash of the record."""
    found = queries_frozen.report(edge.actor(), report_id)
    names = accounts.account_names([found.row.frozen_by])
    figures = [reportview.figure_of(contents.found_of(one), found.row.as_of) for one in found.contents["figures"]]
    return {**frozenview.head_of(found.row, names), "is_sound": found.is_sound, "items": figures}


@api.get("/reports/frozen/<report_id>/difference")
@api.output(shapes.ReportDifferenceOut)
@api.doc(tags=REPORTS)
def get_report_difference(report_id: str) -> Any:
    """What reads otherwise now for the same day: figures, and in them persons, schools and cases."""
    frozen, found = queries_frozen.difference(edge.actor(), report_id, edge.now())
    return {"as_of": frozen.row.as_of, "items": frozenview.differences_of(found)}


@api.get("/reports/turns/<int:year>")
@api.output(shapes.TurnOut)
@api.doc(tags=REPORTS)
def get_turn(year: int) -> Any:
    """The turn into the school year that begins on 1 September of the year: a dry run until it is kept."""
    return turnview.turn_of(queries_turn.turn(edge.actor(), _year(year), edge.now()))


@api.post("/reports/turns/<int:year>")
@api.output(shapes.TurnOut)
@api.doc(tags=REPORTS)
def post_turn(year: int) -> Any:
    """Keep what the turn proposes; a second time changes nothing. It decides about nobody."""
    turn_year(edge.actor(), TurnYear(_year(year)), now=edge.now())
    return turnview.turn_of(queries_turn.turn(edge.actor(), year, edge.now()))


def _year(year: int) -> int:
    if not FIRST <= year <= LAST:
        raise NotFound("turn.absent", year=year)
    return year


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
