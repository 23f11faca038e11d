"""The diagrams of title evaluation as files: the gate, words for everything in both languages, the drawing."""

import json
import tomllib

import pytest
from lxml import etree

from service.deployments import gate
from tests.flows.hiring import county
from tests.flows.hiring.test_diagram import NS, boxes, tag, targets
from workflows.checks import check
from workflows.dialect import parse

FOLDERS = ("title", "title-revocation")
SHARED = {f"shared/{name}": content for name, content in county.folder("shared").items()}
FILES = {name: county.folder(name) for name in FOLDERS}
DIAGRAMS = {
    "title": FILES["title"]["flow.bpmn"],
    "title_publicity": FILES["title"]["publicity.bpmn"],
    "title_revocation": FILES["title-revocation"]["flow.bpmn"],
}
SETTINGS = {name: tomllib.loads(FILES[name]["flow.toml"].decode()) for name in FOLDERS}
OF_FOLDER = {"title": ("title", "title_publicity"), "title-revocation": ("title_revocation",)}
FORMS = {name: content for files in FILES.values() for name, content in files.items() if name.endswith(".form")}


def roots(folder):
    return [etree.fromstring(DIAGRAMS[process]) for process in OF_FOLDER[folder]]


@pytest.mark.parametrize("folder", FOLDERS)
def test_gate_finds_nothing_but_that_a_table_compares_with_a_parameter(folder):
    findings = [(f.rule.id, f.element_id) for f in check({**FILES[folder], **SHARED}, gate.of_house())]
    allowed = [("table.undecided", "title_eligibility")] if folder == "title" else []
    assert findings == allowed


@pytest.mark.parametrize("step", ["verification", "admit"])
def test_no_route_reaches_a_certificate_past_the_schools_verification(step):
    elements = parse({**FILES["title"], **SHARED}, "title").elements
    assert "certify" in targets(elements, "start_application", ())
    assert "certify" not in targets(elements, "start_application", (step,))


@pytest.mark.parametrize("step", ["final_publicity", "confirmation"])
def test_no_result_is_certified_without_publicity_and_confirmation(step):
    elements = parse({**FILES["title"], **SHARED}, "title").elements
    assert "certify" not in targets(elements, "start_application", (step,))


def test_every_step_that_the_applicant_does_not_owe_asks_for_recusal():
    for process in DIAGRAMS:
        files = FILES["title-revocation"] if process == "title_revocation" else FILES["title"]
        for element in parse({**files, **SHARED}, process).elements.values():
            if element.kind == "userTask":
                assert ("recuse" in element.properties) != (element.properties.get("owedBy") == "applicant"), element.id


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_decision_says_what_will_happen_in_both_languages(folder):
    decisions = SETTINGS[folder]["decisions"]
    for task in (task for root in roots(folder) for task in root.iter(tag("bpmn", "userTask"))):
        offered = task.find(".//zeebe:property[@name='decisions']", NS)
        values = offered.get("value").split(",") if offered is not None else ("yes", "no", "abstain")
        words = decisions[task.get("id")]
        assert task.get("id") in SETTINGS[folder]["asks"]
        for value in values:
            assert words["labels"][value].keys() == {"zh", "en"}, (task.get("id"), value)
            assert offered is None or words["consequences"][value].keys() == {"zh", "en"}, (task.get("id"), value)


@pytest.mark.parametrize("process", DIAGRAMS)
def test_every_element_and_flow_is_drawn_and_no_label_lies_over_another(process):
    root = etree.fromstring(DIAGRAMS[process])
    drawn = {shape.get("bpmnElement") for shape in root.iter(tag("di", "BPMNShape"), tag("di", "BPMNEdge"))}
    inside = root.find("bpmn:process", NS)
    expected = {node.get("id") for node in inside if node.get("id") and not node.tag.endswith("laneSet")}
    assert expected | {lane.get("id") for lane in root.iter(tag("bpmn", "lane"))} <= drawn
    found = list(boxes(root))
    for number, (one, left, top, right, bottom) in enumerate(found):
        for other, left2, top2, right2, bottom2 in found[number + 1 :]:
            apart = right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
            assert apart or not (one[1] or other[1]), (one, other)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_field_has_a_chinese_and_an_english_label(name):
    def fields(components):
        for component in components:
            yield component
            yield from fields(component.get("components", ()))

    for field in fields(json.loads(FORMS[name])["components"]):
        assert field["label"].strip()
        assert field["properties"]["label_en"].strip()
        assert all(option["label_en"] for option in field.get("values", ()))
