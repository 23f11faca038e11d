"""Diagrams of Camunda 7 and Flowable in our dialect: what becomes what, what is told, what stays for a person."""

import orjson
import pytest
from lxml import etree

from service.web.words import texts
from workflows.checks import GateContext, check
from workflows.dialect import parse
from workflows.foreign import Translated, translate
from workflows.xml import zeebe

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:c="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:f="http://flowable.org/bpmn" id="d" targetNamespace="t">'
)


def diagram(inside: str, start: str = "") -> bytes:
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate((("start", "a"), ("a", "end")))
    )
    process = (
        f'<bpmn:process id="leave" isExecutable="true"><bpmn:startEvent id="start" {start}/>{inside}'
        f'<bpmn:endEvent id="end"/>{flows}</bpmn:process>'
    )
    return f"{HEAD}{process}</bpmn:definitions>".encode()


def told(done: Translated) -> set[tuple[str, str, str]]:
    return {(note.state, note.code, note.element_id) for note in done.notes}


def extension(done: Translated, element: str, name: str) -> dict[str, str]:
    root = etree.fromstring(done.files["x.bpmn"])
    found = root.find(f".//*[@id='{element}']//{zeebe(name)}")
    assert found is not None, done.files["x.bpmn"].decode()
    return {str(key): str(value) for key, value in found.attrib.items()}


def done(inside: str, start: str = "") -> Translated:
    return translate({"x.bpmn": diagram(inside, start)})


def test_who_does_a_task_until_when_and_how_is_kept() -> None:
    made = done(
        '<bpmn:userTask id="a" c:candidateGroups="bureau_hr_officer" c:assignee="${starter}" c:dueDate="P5D" '
        'c:formKey="camunda-forms:deployment:leave.form" c:asyncBefore="true"/>',
        'c:initiator="starter"',
    )
    assignment = extension(made, "a", "assignmentDefinition")
    assert assignment == {"assignee": "=initiator", "candidateGroups": "bureau_hr_officer"}
    assert extension(made, "a", "property") == {"name": "dueIn", "value": "P5D"}
    assert extension(made, "a", "formDefinition") == {"formId": "leave"}
    states = {state for state, _, _ in told(made)}
    assert states == {"changed", "dropped"}
    left = {one.rule.id for one in check(dict(made.files), GateContext(trial=False)) if one.severity == "error"}
    assert "dialect.foreign" not in left
    assert parse(made.files, "leave").elements["a"].form_id == "leave"


def test_fields_in_the_diagram_become_a_form() -> None:
    made = done(
        '<bpmn:userTask id="a" f:candidateGroups="clerk"><bpmn:extensionElements>'
        '<f:formProperty id="days" name="天数" type="long" required="true"/>'
        '<f:formProperty id="kind" type="enum"><f:value id="s" name="病假"/></f:formProperty>'
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    form = orjson.loads(made.files["forms/a.form"])
    days, kind = form["components"]
    assert (days["type"], days["label"], days["validate"]) == ("number", "天数", {"required": True})
    assert kind["values"] == [{"value": "s", "label": "病假"}]
    assert extension(made, "a", "formDefinition") == {"formId": form["id"]}


def test_conditions_loops_decisions_and_calls_are_translated() -> None:
    condition = (
        '<bpmn:exclusiveGateway id="a"/><bpmn:sequenceFlow id="f3" sourceRef="a" targetRef="end">'
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${days &gt; 3 and ok}</bpmn:conditionExpression>'
        '</bpmn:sequenceFlow><bpmn:userTask id="l"><bpmn:multiInstanceLoopCharacteristics c:collection="people" '
        'c:elementVariable="one"/></bpmn:userTask><bpmn:businessRuleTask id="r" c:decisionRef="level" '
        'c:resultVariable="grade" c:mapDecisionResult="singleEntry"/><bpmn:callActivity id="k" calledElement="sub">'
        '<bpmn:extensionElements><c:in source="days" target="n"/><c:out variables="all"/></bpmn:extensionElements>'
        "</bpmn:callActivity>"
    )
    made = done(condition)
    assert b">=days &gt; 3 and ok<" in made.files["x.bpmn"]
    assert extension(made, "l", "loopCharacteristics") == {"inputCollection": "=people", "inputElement": "one"}
    assert extension(made, "r", "calledDecision") == {"decisionId": "level", "resultVariable": "grade"}
    assert extension(made, "k", "calledElement") == {"processId": "sub", "propagateAllChildVariables": "true"}
    assert extension(made, "k", "input") == {"source": "=days", "target": "n"}
    assert not [note for note in made.notes if note.state == "open"]


def test_what_a_loop_counts_has_its_name_here_and_counts_from_one() -> None:
    made = done(
        '<bpmn:userTask id="a" c:candidateGroups="g" c:priority="80"><bpmn:multiInstanceLoopCharacteristics>'
        '<bpmn:loopDataInputRef>people</bpmn:loopDataInputRef><bpmn:inputDataItem name="one"/>'
        "<bpmn:completionCondition>${nrOfCompletedInstances / nrOfInstances &gt;= 0.5 or loopCounter == 3}"
        "</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )
    assert extension(made, "a", "loopCharacteristics") == {"inputCollection": "=people", "inputElement": "one"}
    assert extension(made, "a", "priorityDefinition") == {"priority": "80"}
    loop = parse(made.files, "leave").elements["a"].loop
    wanted = "=numberOfCompletedInstances / numberOfInstances >= 0.5 or (loopCounter - 1) = 3"
    assert loop is not None and loop["completionCondition"] == wanted
    assert not [note for note in made.notes if note.state == "open"]


def test_where_nothing_is_done_several_times_a_counter_s_name_is_a_variable_like_any_other() -> None:
    made = done('<bpmn:userTask id="a" c:candidateGroups="g" c:dueDate="${loopCounter.day}"/>')
    assert extension(made, "a", "taskSchedule") == {"dueDate": "=loopCounter.day"}


OPEN = {
    "code in Java": ('<bpmn:serviceTask id="a" c:class="org.acme.Mailer"/>', "foreign.operation"),
    "a bean": ('<bpmn:serviceTask id="a" f:delegateExpression="${mailer}"/>', "foreign.operation"),
    "a script in Groovy": (
        '<bpmn:scriptTask id="a" scriptFormat="groovy"><bpmn:script>x</bpmn:script></bpmn:scriptTask>',
        "foreign.script_language",
    ),
    "a page elsewhere": ('<bpmn:userTask id="a" c:formKey="embedded:app:x/y"/>', "foreign.form_key"),
    "a named person": ('<bpmn:userTask id="a" c:assignee="kermit"/>', "foreign.person"),
    "a method call": ('<bpmn:userTask id="a" c:assignee="${ldap.boss(initiator)}"/>', "foreign.expression"),
    "a value that a field begins with": (
        '<bpmn:userTask id="a"><bpmn:extensionElements><c:formData><c:formField id="x" type="string" defaultValue="7"/>'
        "</c:formData></bpmn:extensionElements></bpmn:userTask>",
        "foreign.field_left",
    ),
    "a field that nobody may write": (
        '<bpmn:userTask id="a"><bpmn:extensionElements><f:formProperty id="x" type="string" writable="false"/>'
        "</bpmn:extensionElements></bpmn:userTask>",
        "foreign.field_left",
    ),
    "a priority of another kind": ('<bpmn:userTask id="a" c:priority="high"/>', "foreign.priority_left"),
    "a listener": ('<bpmn:userTask id="a"><bpmn:extensionElements><c:taskListener event="create" class="X"/>'
                   "</bpmn:extensionElements></bpmn:userTask>", "foreign.open"),
}  # fmt: skip


@pytest.mark.parametrize("what", OPEN)
def test_what_has_no_equal_is_left_open_at_its_element(what: str) -> None:
    inside, code = OPEN[what]
    made = done(f'{inside}<bpmn:userTask id="z" c:priority="5"/>')
    assert ("open", code, "a") in told(made)


def test_files_of_our_own_dialect_stay_byte_by_byte_and_twice_is_once() -> None:
    ours = diagram('<bpmn:userTask id="a"/>').replace(b' xmlns:c="http://camunda.org/schema/1.0/bpmn"', b"")
    ours = ours.replace(b' xmlns:f="http://flowable.org/bpmn"', b"")
    assert translate({"x.bpmn": ours}).files == {"x.bpmn": ours}
    once = done('<bpmn:userTask id="a" c:candidateGroups="clerk" c:dueDate="${day}"/>')
    again = translate(dict(once.files))
    assert again.files == once.files and not again.notes


def test_every_note_has_words_that_its_parameters_fill() -> None:
    known = {code for code in texts() if code.startswith("foreign.")}
    for inside, _ in OPEN.values():
        for note in done(inside).notes:
            assert note.code in known
            assert texts()[note.code]["zh"].format_map({**note.params})
