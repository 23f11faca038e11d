"""The diagrams as files: the gate, the three tasks that no route skips, words for everything, and the drawing."""

import json
import tomllib

import pytest
from lxml import etree

from service.deployments import gate
from tests.flows.hiring import county
from workflows.checks import check
from workflows.dialect import parse

OWN = county.folder("hiring")
SHARED = {f"shared/{name}": content for name, content in county.folder("shared").items()}
FILES = {**OWN, **SHARED}
DIAGRAMS = {"hiring": OWN["flow.bpmn"], "hire_one_candidate": SHARED["shared/hire-one-candidate.bpmn"]}
SETTINGS = {"hiring": OWN["flow.toml"], "hire_one_candidate": SHARED["shared/flow.toml"]}
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL", "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC", "zeebe": "http://camunda.org/schema/zeebe/1.0",
}  # fmt: skip
THREE = ("interview", "inspection", "choice")


@pytest.fixture(scope="module")
def spec():
    return parse(FILES, "hiring")


def tag(prefix, name):
    return f"{{{NS[prefix]}}}{name}"


def targets(elements, start, without):
    """Everything reachable from `start` when the elements `without` are taken out."""
    seen, todo = set(), [start]
    while todo:
        here = todo.pop()
        if here in seen or here in without:
            continue
        seen.add(here)
        todo += [elements[flow].target for flow in elements[here].outgoing]
    return seen


def test_gate_finds_nothing_at_all():
    findings = [(f.rule.id, f.file, f.element_id, f.message("en")) for f in check(FILES, gate.of_house())]
    assert findings == []


@pytest.mark.parametrize("task", THREE)
def test_no_route_reaches_the_hiring_without_the_schools_three_tasks(spec, task):
    assert "hire_candidates" in targets(spec.elements, "start_request", ())
    assert "hire_candidates" not in targets(spec.elements, "start_request", (task,))


@pytest.mark.parametrize("task", THREE)
def test_the_three_tasks_belong_to_the_school_alone(spec, task):
    groups = spec.elements[task].zeebe["assignmentDefinition"]["candidateGroups"]
    assert groups.startswith('="') and groups.endswith('@" + school')
    assert "学校" in spec.elements[task].lanes


def test_every_task_about_candidates_asks_for_recusal():
    parsed = {name: parse(FILES, name) for name in DIAGRAMS}
    tasks = {e.id: e.properties for s in parsed.values() for e in s.elements.values() if e.kind == "userTask"}
    before = {"bureau_review", "staffing_check", "post_check", "correction", "filing", "approval", "plan_approval",
              "announce_school", "announce_bureau", "ratio_decision"}  # fmt: skip
    assert {name for name, properties in tasks.items() if "recuse" not in properties} == before


@pytest.mark.parametrize("process", DIAGRAMS)
def test_every_decision_has_labels_and_says_what_will_happen_in_both_languages(process):
    root = etree.fromstring(DIAGRAMS[process])
    decisions = tomllib.loads(SETTINGS[process].decode())["decisions"]
    for task in root.iter(tag("bpmn", "userTask")):
        offered = task.find(".//zeebe:property[@name='decisions']", NS).get("value").split(",")
        expiry = task.find(".//zeebe:property[@name='onExpiry']", NS)
        words = decisions[task.get("id")]
        for value in offered:
            assert words["labels"][value].keys() == {"zh", "en"}, (task.get("id"), value)
            assert words["consequences"][value].keys() == {"zh", "en"}, (task.get("id"), value)
        assert set(words["needs_reason"]) <= set(offered)
        if expiry is not None and "decide:" in expiry.get("value"):
            assert expiry.get("value").split("decide:")[1].split('"')[0] in words["labels"]


@pytest.mark.parametrize("process", DIAGRAMS)
def test_every_element_and_flow_is_drawn(process):
    root = etree.fromstring(DIAGRAMS[process])
    drawn = {shape.get("bpmnElement") for shape in root.iter(tag("di", "BPMNShape"), tag("di", "BPMNEdge"))}
    process_element = root.find("bpmn:process", NS)
    expected = {node.get("id") for node in process_element if node.get("id") and not node.tag.endswith("laneSet")}
    expected |= {lane.get("id") for lane in root.iter(tag("bpmn", "lane"))}
    assert expected <= drawn


def boxes(root):
    """(what, left, top, right, bottom) of every shape and label, without pool and lanes."""
    for drawing in root.iter(tag("di", "BPMNShape"), tag("di", "BPMNEdge")):
        if drawing.get("isHorizontal"):
            continue
        for bounds in drawing.iter(tag("dc", "Bounds")):
            label = bounds.getparent().tag.endswith("BPMNLabel")
            x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
            yield (drawing.get("bpmnElement"), label), x, y, x + width, y + height


@pytest.mark.parametrize("process", DIAGRAMS)
def test_no_label_lies_over_a_shape_or_another_label(process):
    drawn = list(boxes(etree.fromstring(DIAGRAMS[process])))
    for number, (one, left, top, right, bottom) in enumerate(drawn):
        for other, left2, top2, right2, bottom2 in drawn[number + 1 :]:
            if one[1] or other[1]:
                apart = right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
                assert apart, (one, other)


@pytest.mark.parametrize("form", sorted(name for name in FILES if name.endswith(".form")))
def test_every_field_has_a_chinese_and_an_english_label(form):
    def fields(components):
        for component in components:
            if component["type"] != "text":
                yield component
            yield from fields(component.get("components", ()))

    for field in fields(json.loads(FILES[form])["components"]):
        assert field["label"].strip()
        assert field["properties"]["label_en"].strip()
        assert all(option["label_en"] for option in field.get("values", ()))
