"""Blocks of the editor: each is a template that bpmn-js takes, and what it begins with passes the gate."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from service.access.roles import ROLES
from service.flows import registry
from service.web import blocks
from tests.service.web import look
from tests.workflows import diagrams as d
from workflows import checks

WORLD = checks.GateContext(operations=registry.allowed(), roles=frozenset(ROLES), trial=False)
ROLE = d.zeebe("assignmentDefinition", candidateGroups="bureau_hr_officer")
WANTED = {
    "approval",
    "countersign",
    "vote",
    "collective",
    "paper",
    "publicity",
    "reserve",
    "release",
    "occupy",
    "filing",
    "notice",
    "information",
}


@pytest.fixture
def templates(app: Flask) -> Iterator[dict[str, Any]]:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield {block["id"].removeprefix("lectern."): block for block in blocks.templates("hiring")}


def drawn(block: dict[str, Any]) -> str:
    """The element as bpmn-js makes it of a template."""
    settings = {
        p["binding"]["name"]: p["value"] for p in block["properties"] if p["binding"]["type"] == "zeebe:property"
    }
    others = {p["binding"]["type"]: p["value"] for p in block["properties"]}
    if block["elementType"]["value"] == "bpmn:UserTask":
        return d.user("step", ROLE, d.properties(**settings))
    if "zeebe:taskDefinition" in others:
        inputs = {
            p["binding"]["name"]: p["value"] for p in block["properties"] if p["binding"]["type"] == "zeebe:input"
        }
        return d.service("step", others["zeebe:taskDefinition"], *([d.mapping(inputs)] if inputs else []))
    return d.catch("step", d.timer("Duration", others["bpmn:TimerEventDefinition#property"]))


def test_every_kind_of_step_of_the_house_is_there(templates: dict[str, Any]) -> None:
    assert set(templates) >= WANTED


def test_a_block_passes_the_gate_as_it_is_added(templates: dict[str, Any]) -> None:
    for key, block in templates.items():
        diagram = d.diagram(drawn(block), d.path("start", "step", "end"))
        found = checks.check({"flow.bpmn": diagram}, WORLD)
        wrong = [one.rule.id for one in found if one.severity == "error" and not one.rule.id.startswith("ledger.")]
        assert wrong == [], key


def test_operations_of_the_flow_itself_come_first(templates: dict[str, Any]) -> None:
    chosen = {key: drawn(block) for key, block in templates.items() if key in ("reserve", "release", "occupy")}
    assert all('type="hiring.' in drawn for drawn in chosen.values())


def test_every_icon_of_a_block_is_in_the_sprite(templates: dict[str, Any]) -> None:
    page = (look.WEB / "templates" / "editor" / "edit.html").read_text(encoding="utf-8")
    assert all(json.dumps(block["metadata"]["icon"]) in page for block in templates.values())
