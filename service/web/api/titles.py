"""Title evaluation: batches, applications as a view of the cases of the flow `title`, certificates."""

from typing import Any

from service.flows.title import commands, queries, queries_progress
from service.flows.title.commands import ChangeBatch, CloseBatch, OpenBatch
from service.web import edge
from service.web.api import api
from service.web.api.instances import started
from service.web.api.schemas import titles as shapes
from service.web.api.shaping import instance_of

TITLES = ["Title evaluation"]
FLOW = "title"


@api.get("/title-batches")
@api.output(shapes.BatchList)
@api.doc(tags=TITLES)
def list_title_batches() -> Any:
    """The yearly evaluations, the newest first."""
    return {"items": queries.batches(edge.actor())}


@api.post("/title-batches")
@api.input(shapes.BatchIn, arg_name="body")
@api.output(shapes.BatchOut, status_code=201)
@api.doc(tags=TITLES)
def open_title_batch(body: dict[str, Any]) -> Any:
    """Open the evaluation of a year: levels, calendar, version of the criteria."""
    levels = {row["level"]: row["outside"] for row in body["levels"]}
    batch_id = edge.repeatable(
        body,
        201,
        lambda: commands.open_batch(edge.actor(), OpenBatch(**{**body, "levels": levels}), now=edge.now()),
        lambda ids: str(ids["batch_id"]),
    )
    return queries.batch(edge.actor(), batch_id)


@api.get("/title-batches/<batch_id>")
@api.output(shapes.BatchOut)
@api.doc(tags=TITLES)
def get_title_batch(batch_id: str) -> Any:
    """One evaluation."""
    return queries.batch(edge.actor(), batch_id)


@api.patch("/title-batches/<batch_id>")
@api.input(shapes.BatchEdit, arg_name="body")
@api.output(shapes.BatchOut)
@api.doc(tags=TITLES)
def change_title_batch(batch_id: str, body: dict[str, Any]) -> Any:
    """Let applications close on another day."""
    commands.change_batch(edge.actor(), ChangeBatch(batch_id, **body), now=edge.now())
    return queries.batch(edge.actor(), batch_id)


@api.post("/title-batches/<batch_id>/close")
@api.input(shapes.TitleVersionIn, arg_name="body")
@api.output(shapes.BatchOut)
@api.doc(tags=TITLES)
def close_title_batch(batch_id: str, body: dict[str, Any]) -> Any:
    """Take no more applications; those under way go on."""
    edge.repeatable(
        body,
        200,
        lambda: commands.close_batch(edge.actor(), CloseBatch(batch_id, body["version"]), now=edge.now()),
        lambda _ids: 0,
    )
    return queries.batch(edge.actor(), batch_id)


@api.get("/title-batches/<batch_id>/progress")
@api.output(shapes.ProgressList)
@api.doc(tags=TITLES)
def get_title_progress(batch_id: str) -> Any:
    """How far the schools that I see are, and what is overdue."""
    queries.batch(edge.actor(), batch_id)
    return {"items": queries_progress.progress(edge.actor(), batch_id, edge.now())}


@api.get("/title-applications")
@api.input(shapes.TitleApplicationQuery, location="query", arg_name="query")
@api.output(shapes.ApplicationPage)
@api.doc(tags=TITLES)
def list_title_applications(query: dict[str, Any]) -> Any:
    """Applications that I may see, in the order in which they were begun."""
    actor, limit = edge.actor(), query["limit"]
    person_id = actor.person_id or "" if query["mine"] else None
    wanted = {name: query[name] for name in ("batch_id", "organisation_id")}
    found = queries.applications(actor, **wanted, person_id=person_id, after=query["cursor"], limit=limit)
    return {"items": found, "next": found[-1].instance_id if len(found) == limit else None}


@api.post("/title-applications")
@api.input(shapes.TitleApplicationIn, arg_name="body")
@api.output(shapes.TitleApplicationOut, status_code=201)
@api.doc(tags=TITLES)
def create_title_application(body: dict[str, Any]) -> Any:
    """Apply for a title; a refusal says why and what to do, and nothing is stored."""
    return _application(started(FLOW, body))


@api.get("/title-applications/<instance_id>")
@api.output(shapes.TitleApplicationOut)
@api.doc(tags=TITLES)
def get_title_application(instance_id: str) -> Any:
    """An application with its case."""
    return _application(instance_id)


def _application(instance_id: str) -> dict[str, Any]:
    found = queries.application(edge.actor(), instance_id)
    return instance_of(edge.actor(), instance_id) | {"application": found}


@api.get("/title-certificates/<number>")
@api.output(shapes.CertificateOut)
@api.doc(tags=TITLES)
def get_title_certificate(number: str) -> Any:
    """A certificate that I may see."""
    return queries.certificate(edge.actor(), number)


@api.get("/title-certificates/verify")
@api.input(shapes.VerifyQuery, location="query", arg_name="query")
@api.output(shapes.VerifiedOut)
@api.doc(tags=TITLES)
def verify_title_certificate(query: dict[str, Any]) -> Any:
    """Whether number and code were issued together, and whether the certificate is in force; who has both may ask."""
    return queries.verify(query["number"], query["code"])
