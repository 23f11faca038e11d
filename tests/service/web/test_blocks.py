"""Blocks of the editor: each is a template that bpmn-js takes, and what it begins with passes the gate."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.access.roles import ROLES
from service.clock import SetClock
from service.db import db
from service.errors import Conflict
from service.flows import registry
from service.notices.models import OutboxMessage
from service.web import blocks
from tests.driver import BPMN, Case, Driver, folder
from tests.service.people import county as counties
from tests.service.web import look
from tests.service.web.api.house import furnish
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


def test_a_block_of_people_opens_and_what_they_decide_goes_on(
    app: Flask, clock: SetClock, templates: dict[str, Any]
) -> None:
    driver = Driver(counties.build(), clock)
    for key in ("approval", "countersign", "paper", "information", "filing"):
        case = run(driver, drawn(templates[key]))
        task = case.task("step")
        assert task.has_deadline, key
        decision = str(task.properties["decisions"]).split(",")[0]
        while case.open():
            seats = [seat.person_id for seat in case.task("step").seats if seat.state == "open"]
            who = next((name for name, one in driver.county.persons.items() if one in seats), "bureau.hr")
            case.complete("step", who, decision, "同意")
        assert case.state == "completed", key


def test_a_block_of_days_ends_with_them_and_a_notice_is_told_at_once(
    app: Flask, clock: SetClock, templates: dict[str, Any]
) -> None:
    driver = Driver(counties.build(), clock)
    period = run(driver, drawn(templates["publicity"]))
    assert period.fire("step") and period.state == "completed"
    vote = run(driver, drawn(templates["vote"]))
    clock.advance(timedelta(days=30))
    assert vote.fire("step", "due") and vote.variables["step"]["decision"] == "no_quorum"
    told = run(driver, drawn(templates["notice"]))
    assert told.state == "completed"
    bodies = [str(row.body) for row in db.session.scalars(select(OutboxMessage))]
    assert any("There is news of your case." in body for body in bodies)


def test_a_collective_block_is_decided_by_nobody_alone(app: Flask, clock: SetClock, templates: dict[str, Any]) -> None:
    case = run(Driver(counties.build(), clock), drawn(templates["collective"]))
    with pytest.raises(Conflict, match=r"minutes\.needed"):
        case.complete("step", "bureau.hr", "approve")


def test_blocks_of_the_ledger_hold_and_let_go(app: Flask, clock: SetClock, templates: dict[str, Any]) -> None:
    house = furnish(app, clock)
    steps = {key: drawn(templates[key]).replace('"step"', f'"{key}"') for key in ("reserve", "release")}
    waits = drawn(templates["approval"])
    diagram = d.diagram(*steps.values(), waits, d.path("start", "reserve", "step", "release", "end"))
    found = checks.check({"flow.bpmn": diagram}, WORLD)
    assert [one.rule.id for one in found if one.severity == "error"] == []
    case = begin(Driver(house.county, clock), diagram, **house.demand(2))
    assert house.figures() == (96, 2, 2)
    case.complete("step", "bureau.hr", "approve", "同意")
    assert case.state == "completed"
    assert house.figures() == (96, 0, 4)


def run(driver: Driver, step: str) -> Case:
    """A case of a flow that has only this step."""
    return begin(driver, d.diagram(step, d.path("start", "step", "end")))


def begin(driver: Driver, diagram: bytes, **variables: Any) -> Case:
    asked = b'form = "hiring-demand"' if variables else b""
    settings = b'[flow]\nkey = "main"\n[start]\nroles = ["school_hr"]\n' + asked
    forms = {name: content for name, content in folder(BPMN / "hiring").items() if name.endswith(".form")}
    driver.deploy({"flow.bpmn": diagram, "flow.toml": settings, **forms})
    return driver.start("main", "s01.hr", **variables)


def test_operations_of_the_flow_itself_come_first(templates: dict[str, Any]) -> None:
    chosen = {key: drawn(block) for key, block in templates.items() if key in ("reserve", "release", "occupy")}
    assert all('type="hiring.' in drawn for drawn in chosen.values())


def test_every_icon_of_a_block_is_in_the_sprite(templates: dict[str, Any]) -> None:
    page = (look.WEB / "templates" / "editor" / "edit.html").read_text(encoding="utf-8")
    assert all(json.dumps(block["metadata"]["icon"]) in page for block in templates.values())
