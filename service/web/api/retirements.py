"""Flows that are taken out of use: one admin asks, a second one approves or refuses."""

from typing import Any

from service.deployments import commands_retiring, queries_drafts
from service.deployments.commands_retiring import AnswerRequest, Retire
from service.web import draftview, edge
from service.web.api import api
from service.web.api.schemas import retirements as shapes
from service.web.api.shaping import paged

TAGS = ["Definitions"]


@api.post("/process-definitions/<definition_id>/retire")
@api.input(shapes.RetireIn, arg_name="body")
@api.output(shapes.RetiredOut)
@api.doc(tags=TAGS)
def retire_definition(definition_id: str, body: dict[str, Any]) -> Any:
    """Let a flow take no new cases (admin), or where a second admin must approve it ask for that (`retirement_id`).

    Running cases go on, publishing the flow again brings it back.
    """
    sent = Retire(definition_id, body["reason"] or "")
    retirement_id = edge.repeatable(
        body,
        200,
        lambda: commands_retiring.retire_flow(edge.actor(), sent, now=edge.now()),
        lambda ids: ids.get("retirement_id"),
    )
    row = queries_drafts.version_row(edge.actor(), definition_id)
    return {"id": row.id, "key": row.key, "state": row.state, "retirement_id": retirement_id}


@api.get("/retirement-requests")
@api.input(shapes.RetirementRequestQuery, location="query", arg_name="query")
@api.output(shapes.RetirementRequestPage)
@api.doc(tags=TAGS)
def list_retirement_requests(query: dict[str, Any]) -> Any:
    """Requests to take a flow out of use, the newest first."""
    rows = queries_drafts.retirements(edge.actor(), query["key"], query["state"])
    page = paged([{"id": row.id, "row": row} for row in rows], query)
    return {"items": [draftview.retirement_of(item["row"]) for item in page["items"]], "next": page["next"]}


@api.post("/retirement-requests/<retirement_id>/approve")
@api.input(shapes.RetireIn, arg_name="body")
@api.output(shapes.RetirementRequestOut)
@api.doc(tags=TAGS)
def approve_retirement(retirement_id: str, body: dict[str, Any]) -> Any:
    """Take out of use what another admin has asked for."""
    sent = AnswerRequest(retirement_id, body["reason"] or "")
    edge.repeatable(
        body, 200, lambda: commands_retiring.approve_retirement(edge.actor(), sent, now=edge.now()), lambda _ids: 0
    )
    return draftview.retirement_of(queries_drafts.retirement(edge.actor(), retirement_id))


@api.post("/retirement-requests/<retirement_id>/refuse")
@api.input(shapes.RetireIn, arg_name="body")
@api.output(shapes.RetirementRequestOut)
@api.doc(tags=TAGS)
def refuse_retirement(retirement_id: str, body: dict[str, Any]) -> Any:
    """Let the flow stay in use, with a reason; who asked takes the request back so."""
    sent = AnswerRequest(retirement_id, body["reason"] or "")
    edge.repeatable(
        body, 200, lambda: commands_retiring.refuse_retirement(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return draftview.retirement_of(queries_drafts.retirement(edge.actor(), retirement_id))
