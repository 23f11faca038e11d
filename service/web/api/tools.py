"""Decision definitions, and tools: what a decision or an expression answers without a case."""

from dataclasses import asdict
from typing import Any

from service.deployments import queries_tools as tools
from service.deployments.queries_tools import Which
from service.web import edge
from service.web.api import api
from service.web.api.schemas import decisions as shapes
from service.web.api.shaping import paged
from workflows.decision_versions import DecisionVersion
from workflows.decisions import Decision

TOOLS, DECISIONS = ["Tools"], ["Decisions"]


@api.get("/decision-definitions")
@api.input(shapes.DecisionQuery, location="query", arg_name="query")
@api.output(shapes.DecisionPage)
@api.doc(tags=DECISIONS)
def list_decisions(query: dict[str, Any]) -> Any:
    """Decisions of all published versions by key, those of flows before libraries, the newest version first."""
    found = tools.decisions(edge.actor(), query["key"], query["flow"])
    return paged([item_of(version) for version in found], query)


def item_of(version: DecisionVersion) -> dict[str, Any]:
    """A version as lists show it; its id names flow, version and decision."""
    return {"id": f"{version.definition_id}:{version.key}", **asdict(version)}


@api.get("/decision-definitions/<key>")
@api.input(shapes.WhichDecision, location="query", arg_name="query")
@api.output(shapes.DecisionDefinitionOut)
@api.doc(tags=DECISIONS)
def get_decision(key: str, query: dict[str, Any]) -> Any:
    """One decision: the newest version, or the one asked for, with its columns when it is a table."""
    version, decision = tools.decision(edge.actor(), Which(key, query["flow"], query["version"]))
    return item_of(version) | _columns(decision)


def _columns(decision: Decision) -> dict[str, Any]:
    table = decision.table
    return {
        "hit_policy": table.policy if table else None,
        "inputs": [{"label": c.label, "expression": c.text, "type": c.kind.name or None} for c in table.inputs]
        if table
        else [],
        "outputs": [{"name": c.name, "label": c.label, "type": c.kind.name or None} for c in table.outputs]
        if table
        else [],
    }


@api.get("/decision-definitions/<key>/xml")
@api.input(shapes.WhichDecision, location="query", arg_name="query")
@api.output(shapes.DecisionXmlOut)
@api.doc(tags=DECISIONS)
def get_decision_xml(key: str, query: dict[str, Any]) -> Any:
    """The DMN file of one decision."""
    version, xml = tools.decision_xml(edge.actor(), Which(key, query["flow"], query["version"]))
    return item_of(version) | {"xml": xml.decode("utf-8")}


@api.post("/decision-definitions/<key>/evaluate")
@api.input(shapes.EvaluateIn, arg_name="body")
@api.output(shapes.EvaluatedOut)
@api.doc(tags=DECISIONS)
def evaluate_decision(key: str, body: dict[str, Any]) -> Any:
    """What a decision answers to these values, and which rows matched; nothing is stored."""
    which = Which(key, body["flow"], body["version"])
    found = tools.evaluate_decision(edge.actor(), which, body["variables"], edge.now())
    outcome = found.outcome
    return {
        "value": outcome.value,
        "outputs": outcome.value if isinstance(outcome.value, dict) else {found.decision.name: outcome.value},
        "rules": [asdict(rule) for rule in outcome.reasons()],
        "inputs": outcome.inputs,
        "warnings": warnings_of(found.warnings),
        "parameters": dict(found.parameters),
        "decision": item_of(found.decision),
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
    warnings = warnings_of(found.warnings)
    return {"value": found.value, "warnings": warnings, "parameters": dict(found.parameters)}


def warnings_of(warnings: Any) -> list[dict[str, str]]:
    """Warnings in the caller's language."""
    return [{"code": one.code, "message": one.text(edge.locale())} for one in warnings]
