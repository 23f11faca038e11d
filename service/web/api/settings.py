"""Policy parameters."""

from typing import Any

from service.access.days import day_of
from service.parameters import commands, queries
from service.parameters.commands import SetParameter
from service.parameters.queries import InForce
from service.web import edge
from service.web.api import api
from service.web.api.schemas import settings as shapes

POLICY = ["Policy"]


@api.get("/parameters")
@api.input(shapes.DayQuery, location="query", arg_name="query")
@api.output(shapes.ParameterList)
@api.doc(tags=POLICY)
def list_parameters(query: dict[str, Any]) -> Any:
    """Every policy parameter as it stands on a day."""
    found = queries.standing(query["on"] or day_of(edge.now()))
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
    """What stands today and what was entered, the newest day first."""
    actor = edge.actor()
    history = queries.history(actor, key)
    [today] = [one for one in queries.standing(day_of(edge.now())) if one.key == key]
    return parameter_of(today) | {"history": history}


@api.post("/parameters/<key>")
@api.input(shapes.ParameterIn, arg_name="body")
@api.output(shapes.ParameterHistory, status_code=201)
@api.doc(tags=POLICY)
def set_parameter(key: str, body: dict[str, Any]) -> Any:
    """Enter a value from a day on; decisions already made keep the value that they recorded."""
    sent = SetParameter(key, **body)
    edge.repeatable(body, 201, lambda: commands.set_parameter(edge.actor(), sent, now=edge.now()), lambda _ids: "")
    return parameter_with_history(key)
