"""No error without a ground: the engine refuses the example, a test shows what goes wrong, or a sentence forbids it."""

import importlib

import pytest

from tests.workflows import diagrams as d
from tests.workflows.checks.grounds import BPMN, ENGINE, HOUSE
from tests.workflows.checks.test_examples import ELSEWHERE, EXAMPLES
from tests.workflows.driver import Driver
from workflows import dialect
from workflows.checks import REGISTRY
from workflows.errors import LecternError
from workflows.failures import EngineFault
from workflows.references import main_process

ERRORS = {rule.id for rule in REGISTRY.values() if rule.severity == "error"} - ELSEWHERE


def refused_by_the_engine(example):
    files = example.folder(example.bad)
    try:
        dialect.parse(files, main_process(files))
    except LecternError:
        return True
    return False


def test_every_error_has_a_ground():
    refused = {example.rule for example in EXAMPLES if example.rule in ERRORS and refused_by_the_engine(example)}
    assert ERRORS - refused - BPMN.keys() - ENGINE.keys() - HOUSE.keys() == set()


def test_no_ground_is_left_of_a_rule_that_is_gone():
    assert {*BPMN, *ENGINE, *HOUSE} <= ERRORS


@pytest.mark.parametrize("name", sorted(set(ENGINE.values())))
def test_what_shows_the_engine_at_fault_is_there(name):
    module, _, test = name.partition(".")
    assert callable(getattr(importlib.import_module(f"tests.workflows.checks.{module}"), test))


def test_engine_stops_at_an_operation_that_nobody_registered(session):
    xml = d.diagram(d.service("s", "nobody.knows"), d.path("start", "s", "end"))
    with pytest.raises(EngineFault):
        Driver(session, xml).start()


def test_engine_stops_at_a_decision_that_is_not_there(session):
    xml = d.diagram(d.rule("s", "gone", "x"), d.path("start", "s", "end"))
    with pytest.raises(EngineFault):
        Driver(session, xml).start()
