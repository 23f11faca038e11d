"""The diagrams as files: the gate finds nothing, everything has words in both languages, everything is drawn."""

import json
import tomllib

import pytest
from lxml import etree

from service.deployments import gate
from tests.flows.hiring.county import folder
from tests.flows.hiring.test_diagram import NS, tag
from workflows.checks import check
from workflows.dialect import parse

FOLDERS = {"exchange": folder("exchange"), "exchange_placement": folder("exchange-placement")}


LATER = "table.undecided"
"""Cells that compare with a dated parameter can only be told when a case is decided: a remark, not a fault."""


def root_of(process):
    return etree.fromstring(FOLDERS[process]["flow.bpmn"])


def settings_of(process):
    return tomllib.loads(FOLDERS[process]["flow.toml"].decode())


@pytest.mark.parametrize("process", FOLDERS)
def test_gate_finds_nothing_at_all(process):
    findings = [(f.rule.id, f.file, f.element_id, f.message("en")) for f in check(FOLDERS[process], gate.of_house())]
    assert [found for found in findings if found[0] != LATER] == []


@pytest.mark.parametrize("process", FOLDERS)
def test_every_decision_has_labels_and_says_what_will_happen_in_both_languages(process):
    settings = settings_of(process)
    for task in root_of(process).iter(tag("bpmn", "userTask")):
        offered = task.find(".//zeebe:property[@name='decisions']", NS).get("value").split(",")
        words = settings["decisions"][task.get("id")]
        assert settings["asks"][task.get("id")].keys() == {"zh", "en"}
        for value in offered:
            assert words["labels"][value].keys() == words["consequences"][value].keys() == {"zh", "en"}


@pytest.mark.parametrize("process", FOLDERS)
def test_every_element_and_flow_is_drawn(process):
    root = root_of(process)
    drawn = {shape.get("bpmnElement") for shape in root.iter(tag("di", "BPMNShape"), tag("di", "BPMNEdge"))}
    expected = {node.get("id") for node in root.find("bpmn:process", NS) if not node.tag.endswith("laneSet")}
    assert expected - {None} <= drawn


@pytest.mark.parametrize("process", FOLDERS)
def test_every_fork_says_what_is_the_case_on_each_way(process):
    """A branch that a decision names says it itself; every other one has its words."""
    settings, spec = settings_of(process), parse(FOLDERS[process], process)
    for element in spec.elements.values():
        decided = element.kind == "exclusiveGateway" and "decision" in json.dumps(
            [spec.elements[flow].condition for flow in element.outgoing], default=str
        )
        if element.kind == "exclusiveGateway" and len(element.outgoing) > 1 and not decided:
            assert set(element.outgoing) <= set(settings["conditions"]), element.id
