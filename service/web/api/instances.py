"""Process instances: start, lists, one case, its events, variables, diagram, timers, and what HR does with it."""

from typing import Any

from service.access.actor import Actor
from service.errors import Fault, Invalid
from service.instances import commands, commands_moves, commands_timers, queries
from service.instances.commands import CaseCommand, StartInstance
from service.instances.commands_moves import MoveTimer
from service.instances.queries_preview import preview
from service.web import edge
from service.web.api import api
from service.web.api.schemas import ahead
from service.web.api.schemas import instances as shapes
from service.web.api.schemas.base import Reasoned, Versioned
from service.web.api.shaping import events_of, instance_item, instance_of
from service.web.casetitles import look_up
from service.web.naming import named
from service.web.outlookview import path_of

CASES = ["Process instances"]


@api.post("/process-instances")
@api.input(shapes.StartIn, arg_name="body")
@api.output(shapes.InstanceOut, status_code=201)
@api.doc(tags=CASES)
def start_instance(body: dict[str, Any]) -> Any:
    """Ask for a case; 409 ledger.full names the account that has too little free."""
    return instance_of(edge.actor(), started(body["definition_key"], body))


def started(flow: str, body: dict[str, Any]) -> str:
    """The id of the case that a body asks for, begun once however often it is sent."""
    key = body.get("business_key")
    sent = StartInstance(flow, organisation_of(edge.actor(), body), body["variables"], key)
    return edge.repeatable(
        body,
        201,
        lambda: commands.start_instance(edge.actor(), sent, now=edge.now()).instance_id,
        lambda ids: str(ids["instance_id"]),
    )


def organisation_of(actor: Actor, body: dict[str, Any]) -> str:
    """The organisation named, else the caller's own; Invalid("organisation.missing") when neither is known."""
    found = body["organisation_id"] or actor.organisation_id
    if found is None:
        raise Invalid("organisation.missing", faults=(Fault("organisation_id", "organisation.missing"),))
    return str(found)


@api.get("/process-instances")
@api.input(shapes.InstanceQuery, location="query", arg_name="query")
@api.output(shapes.InstancePage)
@api.doc(tags=CASES)
def list_instances(query: dict[str, Any]) -> Any:
    """Cases that I may see, the newest first."""
    wanted = queries.CaseQuery(flow=query.pop("definition_key"), **query)
    found = queries.page(edge.actor(), wanted)
    look_up(found.items)
    return {"items": [instance_item(row) for row in found.items], "next": found.next}


@api.get("/process-instances/<instance_id>")
@api.output(shapes.InstanceOut)
@api.doc(tags=CASES)
def get_instance(instance_id: str) -> Any:
    """One case and where it stands."""
    return instance_of(edge.actor(), instance_id)


@api.get("/process-instances/<instance_id>/events")
@api.input(shapes.EventQuery, location="query", arg_name="query")
@api.output(shapes.EventPage)
@api.doc(tags=CASES)
def list_events(instance_id: str, query: dict[str, Any]) -> Any:
    """The timeline of a case, oldest first."""
    after = number_in(query["cursor"]) if query["cursor"] else query["after"]
    found = queries.events(edge.actor(), instance_id, after, query["limit"])
    following = str(found[-1].seq) if len(found) == query["limit"] else None
    return {"items": events_of(found), "next": following}


def number_in(cursor: str) -> int:
    """The number of the last event of the page before; Invalid("cursor.unreadable")."""
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > edge.DIGITS:
        raise Invalid("cursor.unreadable", cursor=cursor[:80])
    return int(cursor)


@api.get("/process-instances/<instance_id>/variables")
@api.output(shapes.VariablesOut)
@api.doc(tags=CASES)
def get_variables(instance_id: str) -> Any:
    """The variables of a case and their history."""
    actor = edge.actor()
    return {"variables": queries.variables(actor, instance_id), "changes": queries.changes(actor, instance_id)}


@api.get("/process-instances/<instance_id>/diagram")
@api.output(shapes.DiagramOut)
@api.doc(tags=CASES)
def get_diagram(instance_id: str) -> Any:
    """The diagram of a case with the path taken and the current elements."""
    actor = edge.actor()
    row = queries.case(actor, instance_id)
    return {
        "xml": queries.definition_of(row).xml.decode("utf-8"),
        "passed": queries.passed(queries.story(actor, instance_id)),
        "current": [place.element_id for place in queries.current(actor, instance_id)],
    }


@api.get("/process-instances/<instance_id>/preview")
@api.output(ahead.PreviewOut(many=True))
@api.doc(tags=CASES)
def preview_instance(instance_id: str) -> Any:
    """What may come next, for each open step or waiting event; nothing is run. Empty when the case does not run."""
    definition = queries.definition_of(queries.case(edge.actor(), instance_id))
    return [
        {
            "element_id": place.element_id,
            "name": named(definition, place.element_id, place.name),
            "path": path_of(definition, path),
        }
        for place, path in preview(edge.actor(), instance_id, now=edge.now())
    ]


@api.get("/process-instances/<instance_id>/timers")
@api.output(shapes.TimerOut(many=True))
@api.doc(tags=CASES)
def list_timers(instance_id: str) -> Any:
    """The deadlines of a case."""
    return queries.timers(edge.actor(), instance_id)


def _changed(command: Any, instance_id: str, body: dict[str, Any]) -> Any:
    sent = CaseCommand(instance_id, edge.version_seen(body), body.get("reason"))
    edge.repeatable(body, 200, lambda: command(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return instance_of(edge.actor(), instance_id)


@api.post("/process-instances/<instance_id>/withdraw")
@api.input(Reasoned, arg_name="body")
@api.output(shapes.InstanceOut)
@api.doc(tags=CASES)
def withdraw_instance(instance_id: str, body: dict[str, Any]) -> Any:
    """Take my case back before the final decision; everything reserved is released."""
    return _changed(commands.withdraw_instance, instance_id, body)


@api.post("/process-instances/<instance_id>/cancel")
@api.input(Reasoned, arg_name="body")
@api.output(shapes.InstanceOut)
@api.doc(tags=CASES)
def cancel_instance(instance_id: str, body: dict[str, Any]) -> Any:
    """End a case with a reason (HR)."""
    return _changed(commands.cancel_instance, instance_id, body)


@api.post("/process-instances/<instance_id>/suspend")
@api.input(Reasoned, arg_name="body")
@api.output(shapes.InstanceOut)
@api.doc(tags=CASES)
def suspend_instance(instance_id: str, body: dict[str, Any]) -> Any:
    """Stop a case where it stands, with a reason (HR); its deadlines stand still."""
    return _changed(commands.suspend_instance, instance_id, body)


@api.post("/process-instances/<instance_id>/resume")
@api.input(Reasoned, arg_name="body")
@api.output(shapes.InstanceOut)
@api.doc(tags=CASES)
def resume_instance(instance_id: str, body: dict[str, Any]) -> Any:
    """Go on with a suspended case; the reason, where one is given, stays in the record."""
    return _changed(commands.resume_instance, instance_id, body)


@api.post("/process-instances/<instance_id>/retry")
@api.input(Reasoned, arg_name="body")
@api.output(shapes.RetriedOut)
@api.doc(tags=CASES)
def retry_instance(instance_id: str, body: dict[str, Any]) -> Any:
    """Repeat exactly what failed in a failed case; an admin may, without seeing the case."""
    seen = CaseCommand(instance_id, edge.version_seen(body), body["reason"])
    resolved = edge.repeatable(
        body,
        200,
        lambda: commands.retry_instance(edge.actor(), seen, now=edge.now()),
        lambda ids: int(ids["resolved"]),
    )
    return {"resolved": resolved}


@api.post("/timers/<timer_id>/move")
@api.input(shapes.MoveTimerIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=CASES)
def move_timer(timer_id: str, body: dict[str, Any]) -> Any:
    """Let a timer of the diagram fall due at another moment (admin); recorded, and the initiator is told."""
    sent = MoveTimer(timer_id, body["due_at"], body["reason"] or "", body["seen"])
    edge.repeatable(body, 204, lambda: commands_moves.move_timer(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return ""


@api.post("/timers/<timer_id>/fire")
@api.input(Versioned, arg_name="body")
@api.output(shapes.FiredOut)
@api.doc(tags=CASES)
def fire_timer(timer_id: str, body: dict[str, Any]) -> Any:
    """Fire a deadline now (admin)."""
    fired = edge.repeatable(
        body,
        200,
        lambda: commands_timers.fire_timer(edge.actor(), timer_id, now=edge.now()),
        lambda ids: bool(ids.get("fired")),
    )
    return {"fired": fired}
