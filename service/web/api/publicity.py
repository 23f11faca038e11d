"""What is published now and objections to it: without a token; what was objected, for bureau HR."""

from typing import Any

from flask import request

from service.access import policy
from service.flows.publicity import queries
from service.instances.commands_objections import ObjectTo, object_to
from service.web import edge
from service.web.api import api
from service.web.api.schemas import publicity as shapes

PUBLICITY = ["Publicity"]


@api.get("/publicity")
@api.input(shapes.PublicityQuery, location="query", arg_name="query")
@api.output(shapes.PublicityList)
@api.doc(tags=PUBLICITY, security=[])
def list_publicity(query: dict[str, Any]) -> Any:
    """Everything that is published now: names, schools, what for; anybody may read it."""
    return {"items": queries.notices(edge.locale(), before=query["before"])}


@api.get("/publicity/<publicity_id>")
@api.output(shapes.PublicityOut)
@api.doc(tags=PUBLICITY, security=[])
def get_publicity(publicity_id: str) -> Any:
    """One publicity period while it runs."""
    return queries.notice(publicity_id, edge.locale())


@api.post("/publicity/<publicity_id>/objections")
@api.input(shapes.ObjectionIn, arg_name="body")
@api.output(shapes.ObjectionMade, status_code=201)
@api.doc(tags=PUBLICITY, security=[])
def object_to_publicity(publicity_id: str, body: dict[str, Any]) -> Any:
    """Object, named or not: the period stops and bureau HR inquires."""
    sent = ObjectTo(publicity_id, **body, address=request.remote_addr or "")
    return {"objection_id": object_to(edge.actor(), sent, now=edge.now())}


@api.get("/publicity-objections")
@api.output(shapes.PublicityObjectionList)
@api.doc(tags=PUBLICITY)
def list_publicity_objections() -> Any:
    """The objections that came in on the public page, for bureau HR."""
    policy.require(edge.actor(), "publicity_objection.read")
    return {"items": queries.objections(edge.actor(), edge.locale())}


@api.get("/publicity-objections/<public_objection_id>")
@api.output(shapes.ObjectionOut)
@api.doc(tags=PUBLICITY)
def get_publicity_objection(public_objection_id: str) -> Any:
    """What was objected, and by whom."""
    return queries.objection(edge.actor(), public_objection_id, edge.locale())
