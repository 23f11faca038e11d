"""Policy parameters."""

from typing import Any

from service.access.days import day_of
from service.deployments import queries_parameters
from service.parameters import commands, queries
from service.parameters.commands import DecideProposal, ProposeParameter
from service.parameters.queries import InForce
from service.parameters.rules import OPEN
from service.parameters.scopes import About
from service.web import edge
from service.web.api import api
from service.web.api.schemas import settings as shapes

POLICY = ["Policy"]


@api.get("/parameters")
@api.input(shapes.StandingQuery, location="query", arg_name="query")
@api.output(shapes.ParameterList)
@api.doc(tags=POLICY)
def list_parameters(query: dict[str, Any]) -> Any:
    """Every policy parameter as it stands on a day, for the whole county or for a school and a flow."""
    about = About(query["organisation_id"], query["flow"])
    found = queries.standing(query["on"] or day_of(edge.now()), about)
    return {"items": [parameter_of(one) for one in found]}


def parameter_of(found: InForce) -> dict[str, Any]:
    """A parameter with its name in the caller's language."""
    declared = queries.declared(found.key)
    return vars(found) | {"name": declared.en if edge.locale() == "en" else declared.zh}


@api.get("/parameters/<key>")
@api.output(shapes.ParameterHistory)
@api.doc(tags=POLICY)
def get_parameter(key: str) -> Any:
    """A parameter today, and every value that was ever entered."""
    return parameter_with_history(key)


def parameter_with_history(key: str) -> dict[str, Any]:
    """What stands today, what was entered, the newest day first, and what waits for a second person."""
    actor, on = edge.actor(), day_of(edge.now())
    history = queries.history(actor, key)
    [today] = [one for one in queries.standing(on) if one.key == key]
    narrower = [parameter_of(one) for one in queries.narrower(on, key)]
    told = {"history": history, "proposals": queries.proposals(actor, key, OPEN), "narrower": narrower}
    return parameter_of(today) | told | {"scopes": queries.declared(key).scopes}


@api.post("/parameters/<key>")
@api.input(shapes.ParameterIn, arg_name="body")
@api.output(shapes.ProposalOut, status_code=201)
@api.doc(tags=POLICY)
def propose_parameter(key: str, body: dict[str, Any]) -> Any:
    """Propose a value from a day on (bureau HR); it holds once a second person has confirmed it."""
    sent = ProposeParameter(key, **body)
    proposal_id = edge.repeatable(
        body,
        201,
        lambda: commands.propose_parameter(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["proposal_id"]),
    )
    return queries.proposal(edge.actor(), proposal_id)


@api.get("/parameters/<key>/affected")
@api.input(shapes.AffectedQuery, location="query", arg_name="query")
@api.output(shapes.AffectedOut)
@api.doc(tags=POLICY)
def parameter_affected(key: str, query: dict[str, Any]) -> Any:
    """What a new value for a scope would meet: flows that read it, running cases, open steps that keep their deadline.

    Cases for which something narrower is set are not counted.
    """
    on = query["on"] or day_of(edge.now())
    found = queries_parameters.affected(edge.actor(), key, query["scope"], on)
    flows = [
        {"definition_id": use.definition.id, "key": use.definition.key, "version": use.definition.version,
         "running": use.running}
        for use in found.flows
    ]  # fmt: skip
    return {"flows": flows, "running": found.running, "steps": found.steps, "steps_count": found.steps_count}


@api.get("/parameter-proposals")
@api.input(shapes.ProposalQuery, location="query", arg_name="query")
@api.output(shapes.ProposalList)
@api.doc(tags=POLICY)
def list_proposals(query: dict[str, Any]) -> Any:
    """Values that were proposed, the newest first."""
    return {"items": queries.proposals(edge.actor(), query["key"], query["state"])}


@api.post("/parameter-proposals/<proposal_id>/confirm")
@api.output(shapes.ParameterHistory)
@api.doc(tags=POLICY)
def confirm_proposal(proposal_id: str) -> Any:
    """Let a proposal of somebody else hold; decisions already made keep the value that they recorded."""
    sent = DecideProposal(proposal_id)
    edge.repeatable({}, 200, lambda: commands.confirm_proposal(edge.actor(), sent, now=edge.now()), lambda _ids: "")
    return parameter_with_history(queries.proposal(edge.actor(), proposal_id).key)


@api.post("/parameter-proposals/<proposal_id>/refuse")
@api.input(shapes.RefusalIn, arg_name="body")
@api.output(shapes.ProposalOut)
@api.doc(tags=POLICY)
def refuse_proposal(proposal_id: str, body: dict[str, Any]) -> Any:
    """Refuse a proposal with a reason, or take back one's own."""
    sent = DecideProposal(proposal_id, body["reason"])
    edge.repeatable(body, 200, lambda: commands.refuse_proposal(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return queries.proposal(edge.actor(), proposal_id)
