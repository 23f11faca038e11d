"""Cases that began on paper: where one may stand, told and tried, confirmed or refused by a second person."""

from typing import Any

from service.instances import commands_told, queries_told
from service.instances.commands_told import DecideTold
from service.instances.told import ToldCase, ToldStep
from service.tasks.papers import Tally
from service.web import edge
from service.web.api import api
from service.web.api.schemas import paper_cases as shapes
from service.web.words import words

PAPER_CASES = ["Cases on paper"]


@api.get("/process-definitions/<definition_key>/paper-places")
@api.output(shapes.PlacesOut)
@api.doc(tags=PAPER_CASES)
def list_paper_places(definition_key: str) -> Any:
    """Where a case of this flow that began on paper may stand; of every other step why not."""
    found = queries_told.places(edge.actor(), definition_key)
    return {"items": [_place(place) for place in found]}


def _place(place: Any) -> dict[str, Any]:
    told = {"obstacle": place.obstacle_name, "name": place.name}
    said = words(place.code, told, edge.locale()) if place.code else None
    return {
        "element_id": place.element_id, "name": place.name, "kind": place.kind, "allowed": place.code is None,
        "code": place.code, "message": said,
    }  # fmt: skip


@api.post("/paper-cases/try")
@api.input(shapes.PaperCaseIn, arg_name="body")
@api.output(shapes.RestOut)
@api.doc(tags=PAPER_CASES)
def try_paper_case(body: dict[str, Any]) -> Any:
    """Dry run: where the case would stand, what it would hold, which deadlines would run; nothing is written."""
    rest = commands_told.rehearse_told(edge.actor(), told_of(body), now=edge.now())
    return {"title": rest.title, "waits": rest.waits, "holds": rest.holds}


@api.post("/paper-cases")
@api.input(shapes.PaperCaseIn, arg_name="body")
@api.output(shapes.ProposedOut, status_code=201)
@api.doc(tags=PAPER_CASES)
def propose_paper_case(body: dict[str, Any]) -> Any:
    """Tell a case that began on paper; it begins when a second person of bureau HR confirms it."""
    paper_case_id = edge.repeatable(
        body,
        201,
        lambda: commands_told.propose_told(edge.actor(), told_of(body), now=edge.now()),
        lambda ids: str(ids["paper_case_id"]),
    )
    return {"id": paper_case_id}


@api.get("/paper-cases")
@api.input(shapes.PaperCaseQuery, location="query", arg_name="query")
@api.output(shapes.PaperCasePage)
@api.doc(tags=PAPER_CASES)
def list_paper_cases(query: dict[str, Any]) -> Any:
    """Cases that were told, the newest first."""
    limit = query["limit"]
    found = queries_told.listed(edge.actor(), query["state"], query["cursor"], limit + 1)
    return {"items": found[:limit], "next": found[limit - 1].id if len(found) > limit else None}


@api.get("/paper-cases/<paper_case_id>")
@api.output(shapes.PaperCaseOut)
@api.doc(tags=PAPER_CASES)
def get_paper_case(paper_case_id: str) -> Any:
    """One of them."""
    return queries_told.one(edge.actor(), paper_case_id)


@api.post("/paper-cases/<paper_case_id>/confirm")
@api.output(shapes.BegunOut)
@api.doc(tags=PAPER_CASES)
def confirm_paper_case(paper_case_id: str) -> Any:
    """Begin the case that somebody else has told: what it holds is held from now on. A full account is 409."""
    sent = DecideTold(paper_case_id)
    instance_id = edge.repeatable(
        {},
        200,
        lambda: commands_told.confirm_told(edge.actor(), sent, now=edge.now()).instance_id,
        lambda ids: str(ids["instance_id"]),
    )
    return {"instance_id": instance_id}


@api.post("/paper-cases/<paper_case_id>/refuse")
@api.input(shapes.PaperCaseRefusal, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=PAPER_CASES)
def refuse_paper_case(paper_case_id: str, body: dict[str, Any]) -> Any:
    """Refuse what was told, with a reason; who told it takes it back so."""
    sent = DecideTold(paper_case_id, body["reason"])
    edge.repeatable(body, 204, lambda: commands_told.refuse_told(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return ""


def told_of(body: dict[str, Any]) -> ToldCase:
    """The case that a body tells."""
    return ToldCase(**{**body, "steps": tuple(_step(step) for step in body["steps"])})


def _step(step: dict[str, Any]) -> ToldStep:
    tally = step["tally"]
    counted = Tally(**{**tally, "recused": tuple(tally["recused"])}) if tally else None
    return ToldStep(**{**step, "tally": counted, "rows": tuple(step["rows"])})
