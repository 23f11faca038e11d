"""Tools of admins: evaluate a decision or an expression without a case."""

from dataclasses import asdict
from typing import Any

from service.deployments import queries_tools as tools
from service.web import edge
from service.web.api import api
from service.web.api.schemas import operation as shapes

TOOLS = ["Tools"]


@api.post("/decision-definitions/<key>/evaluate")
@api.input(shapes.EvaluateIn, arg_name="body")
@api.output(shapes.EvaluatedOut)
@api.doc(tags=TOOLS)
def evaluate_decision(key: str, body: dict[str, Any]) -> Any:
    """What a decision answers to these values, and which rows matched; nothing is stored."""
    found = tools.evaluate_decision(edge.actor(), key, body["context"], edge.now())
    outcome = found.outcome
    return {
        "value": outcome.value,
        "rules": [asdict(rule) for rule in outcome.rules],
        "inputs": outcome.inputs,
        "definition_id": found.definition_id,
    }


@api.post("/expressions/evaluate")
@api.input(shapes.ExpressionIn, arg_name="body")
@api.output(shapes.ExpressionOut)
@api.doc(tags=TOOLS)
def evaluate_expression(body: dict[str, Any]) -> Any:
    """What a FEEL expression answers; unary tests are asked of the context's `?`. Nothing is stored."""
    found = tools.evaluate_expression(
        edge.actor(), body["expression"], body["context"], edge.now(), unary=body["unary"], locale=edge.locale()
    )
    return {
        "value": found.value,
        "warnings": [{"code": one.code, "message": one.text(edge.locale())} for one in found.warnings],
    }
