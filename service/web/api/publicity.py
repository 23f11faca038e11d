"""What is published now and objections to it: without a token; what was objected, for bureau HR."""

from typing import Any

from flask import request

from service.access import policy
from service.access.days import day_of
from service.flows.publicity import queries
from service.instances.commands_objections import (
    HearObjection,
    ObjectTo,
    RegisterObjection,
    hear_objection,
    object_to,
    register_objection,
)
from service.web import edge
from service.web.api import Responses, api
from service.web.api.schemas import publicity as shapes
from service.web.downloads import saved

PUBLICITY = ["Publicity"]
BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
LETTER: Responses = {200: {"description": "The file", "content": BINARY}}


@api.get("/publicity")
@api.input(shapes.PublicityQuery, location="query", arg_name="query")
@api.output(shapes.PublicityList)
@api.doc(tags=PUBLICITY, security=[])
def list_publicity(query: dict[str, Any]) -> Any:
    """Everything that is published now: names, schools, what for; anybody may read it."""
    return {"items": queries.notices(edge.locale(), day_of(edge.now()), before=query["before"])}


@api.get("/publicity/<publicity_id>")
@api.output(shapes.PublicityOut)
@api.doc(tags=PUBLICITY, security=[])
def get_publicity(publicity_id: str) -> Any:
    """One publicity period while it runs."""
    return queries.notice(publicity_id, edge.locale(), day_of(edge.now()))


@api.post("/publicity/<publicity_id>/objections")
@api.input(shapes.ObjectionIn, arg_name="body")
@api.output(shapes.ObjectionMade, status_code=201)
@api.doc(tags=PUBLICITY, security=[])
def object_to_publicity(publicity_id: str, body: dict[str, Any]) -> Any:
    """Object, named or not: the period stops for an inquiry; what comes again from one source is heard first."""
    sent = ObjectTo(publicity_id, **body, address=request.remote_addr or "")
    return object_to(edge.actor(), sent, now=edge.now())


@api.get("/publicity-objections")
@api.output(shapes.PublicityObjectionList)
@api.doc(tags=PUBLICITY)
def list_publicity_objections() -> Any:
    """The objections that came in on the public page or were registered, for bureau HR."""
    policy.require(edge.actor(), "publicity_objection.read")
    return {"items": queries.objections(edge.actor(), edge.locale())}


@api.get("/publicity-periods")
@api.input(shapes.PeriodQuery, location="query", arg_name="query")
@api.output(shapes.PeriodList)
@api.doc(tags=PUBLICITY)
def list_publicity_periods(query: dict[str, Any]) -> Any:
    """The periods to which an objection may be registered: all that run, those inside a school too, or a case's."""
    policy.require(edge.actor(), "publicity_objection.register")
    return {"items": queries.periods(edge.actor(), edge.locale(), day_of(edge.now()), query["case"])}


@api.post("/publicity-objections")
@api.input(shapes.ObjectionBrought, arg_name="body")
@api.output(shapes.ObjectionMade, status_code=201)
@api.doc(tags=PUBLICITY)
def register_publicity_objection(body: dict[str, Any]) -> Any:
    """Register what came by phone, letter or visit: it goes the same way as an objection on the page."""
    return register_objection(edge.actor(), RegisterObjection(**body), now=edge.now())


@api.get("/publicity-objections/<public_objection_id>/letter")
@api.doc(tags=PUBLICITY, responses=LETTER)
def get_publicity_objection_letter(public_objection_id: str) -> Any:
    """The letter itself, or the note of a talk, as it was scanned."""
    return saved(queries.letter(edge.actor(), public_objection_id))


@api.post("/publicity-objections/<public_objection_id>/hear")
@api.input(shapes.ObjectionHeard, arg_name="body")
@api.output(shapes.ObjectionOut)
@api.doc(tags=PUBLICITY)
def hear_publicity_objection(public_objection_id: str, body: dict[str, Any]) -> Any:
    """Say what comes of an objection that has stopped nothing: an inquiry, nothing new, or a name that was made up."""
    hear_objection(edge.actor(), HearObjection(public_objection_id, **body), now=edge.now())
    return queries.objection(edge.actor(), public_objection_id, edge.locale())


@api.get("/publicity-objections/<public_objection_id>")
@api.output(shapes.ObjectionOut)
@api.doc(tags=PUBLICITY)
def get_publicity_objection(public_objection_id: str) -> Any:
    """What was objected, and by whom."""
    return queries.objection(edge.actor(), public_objection_id, edge.locale())
