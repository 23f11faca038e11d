"""Hiring requests: a convenience view of the cases of the flow `hiring`, and their candidates."""

import hashlib
from typing import Any

from werkzeug.datastructures import FileStorage

from service.access.actor import Actor
from service.errors import NotFound
from service.flows.hiring import commands, queries
from service.flows.hiring.casework import FLOW
from service.flows.hiring.commands import (
    EditCandidate,
    ImportCandidates,
    RegisterCandidate,
    RemoveCandidate,
    UnmaskCandidate,
)
from service.flows.hiring.importing import Imported
from service.instances import queries as instances
from service.posts import queries_sums
from service.web import edge
from service.web.api import Responses, api
from service.web.api.definitions import download
from service.web.api.instances import started
from service.web.api.organisations import versioned
from service.web.api.schemas import hiring as shapes
from service.web.api.schemas.persons import UnmaskIn, UnmaskOut
from service.web.api.shaping import instance_item, instance_of
from service.web.problems import error_of

HIRING = ["Hiring"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK: Responses = {
    200: {"description": "The workbook", "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


@api.get("/hiring-requests")
@api.input(shapes.RequestQuery, location="query", arg_name="query")
@api.output(shapes.RequestPage)
@api.doc(tags=HIRING)
def list_requests(query: dict[str, Any]) -> Any:
    """Hiring requests that I may see, the newest first."""
    found = instances.page(edge.actor(), instances.CaseQuery(flow=FLOW, **query))
    return {"items": [instance_item(row) for row in found.items], "next": found.next}


@api.post("/hiring-requests")
@api.input(shapes.RequestIn, arg_name="body")
@api.output(shapes.RequestOut, status_code=201)
@api.doc(tags=HIRING)
def create_request(body: dict[str, Any]) -> Any:
    """Ask for posts: headcount and posts are reserved at once; 409 ledger.full names the account that lacks them."""
    return request_of(edge.actor(), started(FLOW, body))


@api.get("/hiring-requests/<instance_id>")
@api.output(shapes.RequestOut)
@api.doc(tags=HIRING)
def get_request(instance_id: str) -> Any:
    """A hiring request, what it holds, and what of its candidates may be written now."""
    return request_of(edge.actor(), instance_id)


def request_of(actor: Actor, instance_id: str) -> dict[str, Any]:
    """The case with what it holds of the ledger and the open window of its candidates."""
    expect_hiring(actor, instance_id)
    window = queries.open_window(actor, instance_id)
    return instance_of(actor, instance_id) | {
        "holds": queries_sums.holds_of(actor, instance_id),
        "open_fields": list(window.fields) if window else [],
        "registers": window is not None and window.registers,
    }


def expect_hiring(actor: Actor, instance_id: str) -> None:
    """NotFound("instance.absent") for a case that I may not see or of another flow."""
    if instances.case(actor, instance_id).definition_key != FLOW:
        raise NotFound("instance.absent", instance_id=instance_id)


@api.get("/hiring-requests/<instance_id>/candidates")
@api.input(shapes.CandidateQuery, location="query", arg_name="query")
@api.output(shapes.CandidateList)
@api.doc(tags=HIRING)
def list_candidates(instance_id: str, query: dict[str, Any]) -> Any:
    """Candidates by row and rank; ID numbers and phones are masked."""
    expect_hiring(edge.actor(), instance_id)
    return {"items": queries.candidates(edge.actor(), instance_id, line=query["line"])}


@api.post("/hiring-requests/<instance_id>/candidates")
@api.input(shapes.CandidateIn, arg_name="body")
@api.output(shapes.CandidateOut, status_code=201)
@api.doc(tags=HIRING)
def register_candidate(instance_id: str, body: dict[str, Any]) -> Any:
    """Enter an applicant while registration is open."""
    candidate_id = edge.repeatable(
        body,
        201,
        lambda: commands.register_candidate(edge.actor(), RegisterCandidate(instance_id, body), now=edge.now()),
        lambda ids: str(ids["candidate_id"]),
    )
    return queries.candidate(edge.actor(), candidate_id)


@api.get("/candidates/<candidate_id>")
@api.output(shapes.CandidateOut)
@api.doc(tags=HIRING)
def get_candidate(candidate_id: str) -> Any:
    """One candidate."""
    return queries.candidate(edge.actor(), candidate_id)


@api.patch("/candidates/<candidate_id>")
@api.input(shapes.CandidateEdit, arg_name="body")
@api.output(shapes.CandidateOut)
@api.doc(tags=HIRING)
def edit_candidate(candidate_id: str, body: dict[str, Any]) -> Any:
    """Change fields that the step where the case stands opens: review, scores, inspection, choice."""
    version, changes = versioned(body)
    commands.edit_candidate(edge.actor(), EditCandidate(candidate_id, version, changes), now=edge.now())
    return queries.candidate(edge.actor(), candidate_id)


@api.post("/candidates/<candidate_id>/remove")
@api.input(shapes.RemoveIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=HIRING)
def remove_candidate(candidate_id: str, body: dict[str, Any]) -> Any:
    """Take out what was entered wrongly, with the reason."""
    version, _reason = versioned(body)
    sent = RemoveCandidate(candidate_id, version, body["reason"])
    edge.repeatable(body, 204, lambda: commands.remove_candidate(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return ""


@api.post("/candidates/<candidate_id>/unmask")
@api.input(UnmaskIn, arg_name="body")
@api.output(UnmaskOut)
@api.doc(tags=HIRING)
def unmask_candidate(candidate_id: str, body: dict[str, Any]) -> Any:
    """Tell an ID number or phone, for a reason; every call is recorded."""
    sent = UnmaskCandidate(candidate_id, body["field"], body["reason"])
    return {"value": commands.unmask_candidate(edge.actor(), sent, now=edge.now())}


@api.get("/hiring-requests/<instance_id>/candidates/sheet")
@api.doc(tags=HIRING, responses=WORKBOOK)
def get_sheet(instance_id: str) -> Any:
    """The XLSX of the step where the case stands: empty for registration, else with those who are to be marked."""
    content = queries.sheet(edge.actor(), instance_id, locale=edge.locale())
    return download(content, "candidates.xlsx", XLSX)


@api.post("/hiring-requests/<instance_id>/candidates/sheet")
@api.input(shapes.SheetQuery, location="query", arg_name="query")
@api.input(shapes.SheetIn, location="files", arg_name="body")
@api.output(shapes.ImportedOut)
@api.doc(tags=HIRING)
def import_candidates(instance_id: str, query: dict[str, Any], body: dict[str, Any]) -> Any:
    """Enter or mark candidates from the sheet; 422 import.rows names row and column of every wrong cell."""
    file: FileStorage = body["file"]
    content = file.stream.read()
    sent = ImportCandidates(instance_id, content, query["keep_good"])
    imported = edge.repeatable(
        {"sheet": hashlib.sha256(content).hexdigest(), **query},
        200,
        lambda: commands.import_candidates(edge.actor(), sent, now=edge.now()),
        lambda ids: Imported(ids["rows"], ids["inserted"], ids["changed"]),
    )
    locale = edge.locale()
    faults = [
        error_of(fault, locale) | {"row": fault.params.get("row"), "column": fault.params.get("column")}
        for fault in imported.faults
    ]
    return {"rows": imported.rows, "inserted": imported.inserted, "changed": imported.changed, "errors": faults}
