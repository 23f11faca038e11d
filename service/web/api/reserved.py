"""Reserved posts: rounds with their ranking and progress, lent posts; rounds and applications begin as any case."""

from dataclasses import asdict
from typing import Any

from service.access import policy
from service.flows.reserved import export, queries, ranking_view
from service.posts import queries_loans
from service.sheets import XLSX
from service.web import edge
from service.web.api import Responses, api
from service.web.api.definitions import download
from service.web.api.schemas import reserved as shapes

RESERVED = ["Reserved posts"]
WORKBOOK: Responses = {
    200: {"description": "The workbook", "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


@api.get("/reserved-posts")
@api.output(shapes.RoundList)
@api.doc(tags=RESERVED)
def list_rounds() -> Any:
    """The yearly rounds, the newest first: what is offered and until when one may apply."""
    return {"items": queries.round_list(edge.actor())}


@api.get("/reserved-posts/<round_id>")
@api.output(shapes.RoundOut)
@api.doc(tags=RESERVED)
def get_round(round_id: str) -> Any:
    """A round with the pool of each band and the progress of each school; for who decides on it."""
    found = ranking_view.of_round(edge.actor(), round_id, now=edge.now())
    return {**asdict(found.round), "pool": found.pool, "progress": found.progress}


@api.get("/reserved-posts/<round_id>/applications")
@api.input(shapes.ApplicationQuery, location="query", arg_name="query")
@api.output(shapes.ApplicationList)
@api.doc(tags=RESERVED)
def list_applications(round_id: str, query: dict[str, Any]) -> Any:
    """The applications that I may see, by band and rank, each with the reason of its rank."""
    queries.round_of(edge.actor(), round_id)
    found = queries.applications(edge.actor(), round_id, now=edge.now(), school_id=query["school_id"])
    return {"items": [{**asdict(one), "why": ranking_view.why(one, edge.locale())} for one in found]}


@api.get("/reserved-posts/<round_id>/export")
@api.doc(tags=RESERVED, responses=WORKBOOK)
def export_round(round_id: str) -> Any:
    """Ranking and progress as a workbook."""
    policy.require(edge.actor(), "reserved_round.read")
    found = queries.round_of(edge.actor(), round_id)
    rows = queries.applications(edge.actor(), round_id, now=edge.now())
    return download(export.workbook(found, rows, edge.locale()), f"reserved-{found.year}.xlsx", XLSX)


@api.get("/post-loans")
@api.input(shapes.LoanQuery, location="query", arg_name="query")
@api.output(shapes.LoanList)
@api.doc(tags=RESERVED)
def list_loans(query: dict[str, Any]) -> Any:
    """Who holds which lent post of the pools, until when."""
    asked = {"organisation_id": query["organisation_id"], "until": query["until"]}
    return {"items": queries_loans.loans(edge.actor(), open_only=not query["ended"], **asked)}
