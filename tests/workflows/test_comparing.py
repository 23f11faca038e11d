"""Two versions of a flow compared part by part."""

import orjson
import pytest

from tests.driver import BPMN, folder
from tests.workflows import diagrams as d
from workflows.comparing import Change, compare

A = d.user("a", d.properties(dueIn="5 workdays"), d.zeebe("assignmentDefinition", candidateGroups="clerk"))
FLOW = d.diagram(A, d.path("start", "a", "end"))
SHAPE = (
    '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">'
    '<di:BPMNShape bpmnElement="a"><dc:Bounds x="{x}" y="1" width="9" height="9"/></di:BPMNShape></di:BPMNDiagram>'
)
FORM = {"id": "f", "components": [{"key": "name", "type": "textfield", "label": "姓名"},
                                  {"path": "posts", "type": "dynamiclist", "components": [
                                      {"key": "count", "type": "number", "validate": {"min": 1}}]}]}  # fmt: skip


def told(old: bytes, new: bytes, file: str = "flow.bpmn") -> list[tuple[str, str, str]]:
    return [(one.part, one.type, one.state) for one in compare({file: old}, {file: new})]


def only(changes: list[Change]) -> Change:
    (change,) = changes
    return change


def drawn(x: float) -> bytes:
    return FLOW.replace(b"</bpmn:definitions>", SHAPE.format(x=x).encode() + b"</bpmn:definitions>")


def test_elements_are_added_and_removed_with_the_flows_that_lead_there() -> None:
    longer = d.diagram(A, d.user("b"), d.path("start", "a", "b", "end"))
    assert sorted(told(FLOW, longer)) == [
        ("a_b", "sequenceFlow", "added"), ("a_end", "sequenceFlow", "removed"), ("b", "userTask", "added"),
        ("b_end", "sequenceFlow", "added"),
    ]  # fmt: skip
    assert {state for _, _, state in told(longer, FLOW)} == {"added", "removed"}


def test_flows_are_called_by_their_ends_and_what_they_lead_to_by_its_name() -> None:
    named = FLOW.replace(b'id="a" name="a"', 'id="a" name="审核"'.encode())
    moved = named.replace(b'targetRef="a"', b'targetRef="end"')
    flow = next(one for one in compare({"flow.bpmn": named}, {"flow.bpmn": moved}) if one.type == "sequenceFlow")
    assert flow.name == "start → end"
    assert [(one.what, one.old, one.new) for one in flow.details] == [("@targetRef", "审核 (a)", "end")]


def test_a_changed_setting_is_told_with_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    change = only(compare({"flow.bpmn": FLOW}, {"flow.bpmn": FLOW.replace(b"5 workdays", b"9 workdays")}))
    assert (change.part, change.type, change.state) == ("a", "userTask", "changed")
    (detail,) = change.details
    assert (detail.what, detail.old, detail.new) == ("properties/property[dueIn]/@value", "5 workdays", "9 workdays")


def test_what_is_only_drawn_elsewhere_has_moved_and_a_fraction_of_a_pixel_is_no_move() -> None:
    assert told(drawn(1), drawn(50)) == [("a", "userTask", "moved")]
    assert told(drawn(1), drawn(1.2)) == []


def test_in_which_order_a_lane_names_its_steps_says_nothing_and_a_new_one_is_told() -> None:
    def lane(*names: str) -> dict[str, bytes]:
        steps = "".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in names)
        return {
            "flow.bpmn": d.diagram(
                f'<bpmn:laneSet id="lanes"><bpmn:lane id="bureau">{steps}</bpmn:lane></bpmn:laneSet>'
            )
        }

    assert compare(lane("a", "b"), lane("b", "a")) == []
    (change,) = compare(lane("a", "b"), lane("b", "c", "a"))
    assert [(one.what, one.old, one.new) for one in change.details] == [("flowNodeRef[c]/", "", "c")]


def test_an_element_that_becomes_another_kind_has_changed() -> None:
    change = only(compare({"flow.bpmn": FLOW}, {"flow.bpmn": FLOW.replace(b"userTask", b"manualTask")}))
    assert ("type", "userTask", "manualTask") in [(one.what, one.old, one.new) for one in change.details]


def test_condition_of_a_flow_and_inside_of_a_sub_process_are_parts_of_their_own() -> None:
    def inner(when: str) -> bytes:
        sub = d.sub("sub", d.start("s"), A, d.end("e"), d.path("s", "a"), d.flow("a", "e", when))
        return d.diagram(sub, d.path("start", "sub", "end"))

    assert told(inner("=x > 1"), inner("=x > 2")) == [("a_e", "sequenceFlow", "changed")]


def test_form_fields_and_settings_are_compared_by_key() -> None:
    changed = orjson.loads(orjson.dumps(FORM))
    changed["components"][1]["components"][0]["validate"]["min"] = 2
    change = only(compare({"f.form": orjson.dumps(FORM)}, {"f.form": orjson.dumps(changed)}))
    assert (change.part, change.type, change.details[0].what) == ("posts/count", "number", "validate.min")
    toml = only(compare({"flow.toml": b'[flow]\nname = "a"\n'}, {"flow.toml": b'[flow]\nname = "b"\n'}))
    assert (toml.part, toml.state, toml.details[0].old, toml.details[0].new) == ("flow.name", "changed", "a", "b")


def test_rows_of_a_table_are_compared_by_id() -> None:
    files = folder(BPMN / "hiring")
    table = files["hiring-route.dmn"]
    changed = table.replace(b'<text>"filing"</text>', b'<text>"approval"</text>', 1)
    change = only(compare({"r.dmn": table}, {"r.dmn": changed}))
    assert (change.part, change.type, change.state) == ("hiring_route_row_1", "rule", "changed")
    assert [(one.old, one.new) for one in change.details] == [('"filing"', '"approval"')]


def test_files_that_come_and_go_and_what_cannot_be_read_are_told() -> None:
    assert told(FLOW, FLOW) == []
    both = compare({"flow.bpmn": FLOW}, {"flow.bpmn": FLOW, "x.form": b"{}"})
    assert [(one.part, one.type, one.state) for one in both] == [("x.form", "file", "added")]
    broken = compare({"flow.bpmn": FLOW}, {"flow.bpmn": b"<no"})
    assert ("flow.bpmn", "file", "added") in [(one.part, one.type, one.state) for one in broken]
    assert compare({"a.toml": b"= ?"}, {"a.toml": b"= !"})[0].state == "changed"


@pytest.mark.parametrize("name", ["hiring", "title", "exchange"])
def test_a_shipped_flow_does_not_differ_from_itself(name: str) -> None:
    files = folder(BPMN / name)
    assert compare(files, dict(reversed(files.items()))) == []
