"""Openings of a plan of exchange, and its matching rounds."""

from typing import Any

from werkzeug.wrappers import Response

from service.flows.exchange import (
    commands_competitions,
    commands_openings,
    commands_rounds,
    queries_openings,
    queries_placements,
    queries_published,
    queries_rounds,
)
from service.flows.exchange.assessing import Assessed, Member
from service.web import edge
from service.web.api import Responses, api
from service.web.api.attachments import CONTENTS
from service.web.api.exchange import EXCHANGE
from service.web.api.instances import organisation_of
from service.web.api.schemas import exchange_rounds as shapes
from service.web.downloads import saved

JSON = "application/json"
INPUTS: Responses = {200: {
    "description": "Inputs of a round; their SHA-256 is `inputs_hash`",
    "content": {JSON: {"schema": {"type": "object"}}},
}}  # fmt: skip


@api.get("/exchange-plans/<instance_id>/openings")
@api.input(shapes.OpeningQuery, location="query", arg_name="query")
@api.output(shapes.OpeningList)
@api.doc(tags=EXCHANGE)
def list_openings(instance_id: str, query: dict[str, Any]) -> Any:
    """What schools offer; who wishes for it only for that school and bureau HR, while the plan runs."""
    return {"items": queries_openings.openings(edge.actor(), instance_id, query["organisation_id"])}


@api.post("/exchange-plans/<instance_id>/openings")
@api.input(shapes.ExchangeOpeningIn, arg_name="body")
@api.output(shapes.Made, status_code=201)
@api.doc(tags=EXCHANGE)
def offer_opening(instance_id: str, body: dict[str, Any]) -> Any:
    """Offer places while the list is corrected."""
    place = organisation_of(edge.actor(), body)
    sent = commands_openings.Offer(instance_id, place, **{k: v for k, v in body.items() if k != "organisation_id"})
    opening_id = edge.repeatable(
        body,
        201,
        lambda: commands_openings.offer(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["opening_id"]),
    )
    return {"id": opening_id}


@api.post("/exchange-openings/<opening_id>/take-back")
@api.output({}, status_code=204)
@api.doc(tags=EXCHANGE)
def take_back_offer(opening_id: str) -> Any:
    """Take an opening out again while the list is corrected."""
    commands_openings.take_back_offer(edge.actor(), opening_id, now=edge.now())
    return ""


@api.post("/exchange-openings/<opening_id>/rank")
@api.input(shapes.RankingIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=EXCHANGE)
def rank_applicants(opening_id: str, body: dict[str, Any]) -> Any:
    """Rank who wishes to come, and say why somebody is declined; all of it anew each time."""
    commands_openings.rank(edge.actor(), commands_openings.Rank(opening_id, **body), now=edge.now())
    return ""


@api.post("/exchange-openings/<opening_id>/assess")
@api.input(shapes.AssessmentIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=EXCHANGE)
def assess_applicants(opening_id: str, body: dict[str, Any]) -> Any:
    """Keep the marks of the panel of an open competition, and rank by them; all of it anew each time."""
    asked, sheet = body.pop("no_interest"), body.pop("sheet_id")
    panel = [Member(**one) for one in body.pop("panel")]
    command = commands_competitions.Assess(opening_id, Assessed(panel, **body), asked, sheet)
    commands_competitions.assess(edge.actor(), command, now=edge.now())
    return ""


@api.get("/exchange-openings/<opening_id>/score-sheet")
@api.doc(tags=EXCHANGE, responses=CONTENTS)
def score_sheet_of_opening(opening_id: str) -> Any:
    """The sheet that the panel has signed: for bureau HR, and for that school as long as the plan runs."""
    return saved(queries_openings.score_sheet(edge.actor(), opening_id))


@api.get("/exchange-openings/<opening_id>/sent")
@api.output(shapes.SentList)
@api.doc(tags=EXCHANGE)
def where_ranked_went(opening_id: str) -> Any:
    """What became of those whom the school has ranked, for that school and bureau HR."""
    return {"items": queries_rounds.sent(edge.actor(), opening_id)}


@api.get("/exchange-plans/<instance_id>/published")
@api.output(shapes.PublishedList)
@api.doc(tags=EXCHANGE)
def published_list(instance_id: str) -> Any:
    """Who goes where, for everybody on the list: while the result is published and afterwards."""
    return {"items": queries_published.published(edge.actor(), instance_id)}


@api.get("/exchange-plans/<instance_id>/rounds")
@api.output(shapes.MatchingRoundList)
@api.doc(tags=EXCHANGE)
def list_matching_rounds(instance_id: str) -> Any:
    """The matching rounds of a plan, the newest first."""
    return {"items": queries_rounds.rounds(edge.actor(), instance_id)}


@api.post("/exchange-plans/<instance_id>/rounds")
@api.input(shapes.RoundIn, arg_name="body")
@api.output(shapes.MatchingRoundOut, status_code=202)
@api.doc(tags=EXCHANGE)
def ask_matching_round(instance_id: str, body: dict[str, Any]) -> Any:
    """Ask for a round on the lists as they stand; its run tells how far it is and can be cancelled."""
    sent = commands_rounds.AskRound(instance_id, body["seed"])
    return _asked(body, lambda: commands_rounds.ask_round(edge.actor(), sent, now=edge.now()))


@api.get("/exchange-rounds/<matching_id>")
@api.output(shapes.MatchingRoundOut)
@api.doc(tags=EXCHANGE)
def get_matching_round(matching_id: str) -> Any:
    """One round."""
    return queries_rounds.round_of(edge.actor(), matching_id)


@api.get("/exchange-rounds/<matching_id>/result")
@api.output(shapes.ResultOut)
@api.doc(tags=EXCHANGE)
def matching_result(matching_id: str) -> Any:
    """Who was placed where and why; 409 exchange.not_done while there is no result."""
    return {"items": queries_rounds.result(edge.actor(), matching_id)}


@api.get("/exchange-rounds/<matching_id>/inputs")
@api.doc(tags=EXCHANGE, responses=INPUTS)
def matching_inputs(matching_id: str) -> Response:
    """The recorded inputs, byte for byte what `inputs_hash` is of: ids and numbers, nobody's name."""
    _, content = queries_rounds.recorded(edge.actor(), matching_id)
    return Response(content, mimetype=JSON)


@api.post("/exchange-rounds/<matching_id>/replay")
@api.output(shapes.MatchingRoundOut, status_code=202)
@api.doc(tags=EXCHANGE)
def replay_matching_round(matching_id: str) -> Any:
    """Solve the recorded inputs and seed once more; `same` then says whether the same came out."""
    return _asked(
        {}, lambda: commands_rounds.replay_round(edge.actor(), commands_rounds.Replay(matching_id), now=edge.now())
    )


@api.post("/exchange-plans/<instance_id>/begin-placements")
@api.output(shapes.Made, status_code=202)
@api.doc(tags=EXCHANGE)
def begin_placements(instance_id: str) -> Any:
    """Ask once more for the placements to be begun, after the run for it was cancelled or failed; the id of the run."""
    run_id = edge.repeatable(
        {},
        202,
        lambda: commands_rounds.begin_again(edge.actor(), instance_id, now=edge.now()),
        lambda ids: str(ids["run_id"]),
    )
    return {"id": run_id}


@api.get("/exchange-plans/<instance_id>/placements")
@api.input(shapes.PlacementQueryIn, location="query", arg_name="query")
@api.output(shapes.PlacementList)
@api.doc(tags=EXCHANGE)
def list_placements(instance_id: str, query: dict[str, Any]) -> Any:
    """How far each placement is: all for the bureau, the own staff and who comes for a school, oneself."""
    asked = queries_placements.PlacementQuery(**query)
    found = queries_placements.placements(edge.actor(), instance_id, edge.now(), asked)
    return {"items": found, "schools": queries_placements.by_school(found)}


def _asked(body: dict[str, Any], ask: Any) -> Any:
    round_id = edge.repeatable(body, 202, ask, lambda ids: str(ids["round_id"]))
    return queries_rounds.round_of(edge.actor(), round_id)
