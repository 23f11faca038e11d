"""Both diagrams as files: the gate, words for everything in both languages, and the drawing."""

import json
import tomllib

import pytest
from lxml import etree

from service.deployments import gate
from tests.flows.hiring import county
from tests.flows.hiring.test_diagram import NS, boxes, tag
from workflows.checks import check

SHARED = {f"shared/{name}": content for name, content in county.folder("shared").items()}
FOLDERS = {name: county.folder(name) for name in ("reserved-round", "reserved-posts")}
FORMS = [(folder, name) for folder, files in FOLDERS.items() for name in files if name.endswith(".form")]


@pytest.mark.parametrize("folder", FOLDERS)
def test_gate_finds_nothing_at_all(folder):
    findings = check({**FOLDERS[folder], **SHARED}, gate.of_house())
    assert [(f.rule.id, f.file, f.element_id, f.message("en")) for f in findings] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_decision_has_its_words_in_both_languages(folder):
    root = etree.fromstring(FOLDERS[folder]["flow.bpmn"])
    settings = tomllib.loads(FOLDERS[folder]["flow.toml"].decode())
    for task in root.iter(tag("bpmn", "userTask")):
        found = task.find(".//zeebe:property[@name='decisions']", NS)
        offered = found.get("value").split(",") if found is not None else ["yes", "no", "abstain"]
        words = settings["decisions"][task.get("id")]
        assert set(offered) <= set(words["labels"]) and set(words["labels"]) == set(words["consequences"])
        assert set(words["needs_reason"]) <= set(offered)
        assert settings["asks"][task.get("id")].keys() == {"zh", "en"}
        expiry = task.find(".//zeebe:property[@name='onExpiry']", NS)
        if expiry is not None and "decide:" in expiry.get("value"):
            assert expiry.get("value").split("decide:")[1] in words["labels"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_task_about_applicants_asks_for_recusal(folder):
    root = etree.fromstring(FOLDERS[folder]["flow.bpmn"])
    tasks = list(root.iter(tag("bpmn", "userTask")))
    without = {task.get("id") for task in tasks if task.find(".//zeebe:property[@name='recuse']", NS) is None}
    assert without == ({"pool_check", "call"} if folder == "reserved-round" else {"correction"})


@pytest.mark.parametrize("folder", FOLDERS)
def test_everything_is_drawn_and_no_label_lies_over_anything(folder):
    root = etree.fromstring(FOLDERS[folder]["flow.bpmn"])
    drawn = {shape.get("bpmnElement") for shape in root.iter(tag("di", "BPMNShape"), tag("di", "BPMNEdge"))}
    process = root.find("bpmn:process", NS)
    assert {node.get("id") for node in process if node.get("id") and not node.tag.endswith("laneSet")} <= drawn
    shapes = list(boxes(root))
    for number, (one, left, top, right, bottom) in enumerate(shapes):
        for other, left2, top2, right2, bottom2 in shapes[number + 1 :]:
            if one[1] or other[1]:
                assert right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top, (one, other)


@pytest.mark.parametrize(("folder", "form"), FORMS)
def test_every_field_has_a_chinese_and_an_english_label(folder, form):
    def fields(components):
        for component in components:
            yield component
            yield from fields(component.get("components", ()))

    for field in fields(json.loads(FOLDERS[folder][form])["components"]):
        assert field["label"].strip() and field["properties"]["label_en"].strip()
        assert all(option["label_en"] for option in field.get("values", ()))
