"""What HR does to a running case by hand, after a look at what it would change."""

from typing import Any

from service.instances import commands_operating, queries_operating
from service.instances.commands_operating import ChangeVariable, MoveBack
from service.web import edge, operatingview
from service.web.api import api
from service.web.api.schemas import instances
from service.web.api.schemas import operating as shapes
from service.web.api.shaping import instance_of

CASES = ["Process instances"]


@api.get("/process-instances/<instance_id>/operations")
@api.output(shapes.OperableOut)
@api.doc(tags=CASES)
def list_operations(instance_id: str) -> Any:
    """Where a case may be moved back to and what that closes (`moves`), where not and why (`stays`); which variables
    may be put right (HR)."""
    found = queries_operating.operable(edge.actor(), instance_id)
    moves, stays = [], []
    for way in found.moves:
        where = {"element_id": way.source, "target_id": way.target}
        if way.refused is None:
            moves.append({**where, "closes": list(way.closes)})
        else:
            why = operatingview.refusal_words(found.definition, way.refused)
            stays.append({**where, "code": way.refused.code, "message": why})
    shown = {"moves": moves, "stays": stays, "variables": found.variables}
    return {"version": found.version, "state": found.state, **shown}


@api.post("/process-instances/<instance_id>/move-back")
@api.input(shapes.MoveBackIn, arg_name="body")
@api.output(instances.InstanceOut)
@api.doc(tags=CASES)
def move_case_back(instance_id: str, body: dict[str, Any]) -> Any:
    """Put a case back to an earlier step, with a reason (HR); 409 says why it stays and what to do."""
    seen = edge.version_seen(body)
    sent = MoveBack(instance_id, body["element_id"], body["target_id"], body["reason"] or "", seen)
    edge.repeatable(
        body, 200, lambda: commands_operating.move_back(edge.actor(), sent, now=edge.now()), lambda _i: None
    )
    return instance_of(edge.actor(), instance_id)


@api.post("/process-instances/<instance_id>/change-variable")
@api.input(shapes.ChangeVariableIn, arg_name="body")
@api.output(instances.InstanceOut)
@api.doc(tags=CASES)
def change_case_variable(instance_id: str, body: dict[str, Any]) -> Any:
    """Put a variable right, with a reason (HR); decisions, whose case it is and sealed data stay (409)."""
    seen = edge.version_seen(body)
    sent = ChangeVariable(instance_id, body["name"], body["value"], body["reason"] or "", seen)
    command = commands_operating.change_variable
    edge.repeatable(body, 200, lambda: command(edge.actor(), sent, now=edge.now()), lambda _i: None)
    return instance_of(edge.actor(), instance_id)
