"""Extensions of Camunda 7, Flowable and SpiffWorkflow are named, each with what to write instead."""

import pytest

from tests.workflows.checks.drawing import CONTEXT, around, element, extended
from workflows.checks import check


def told(kind, inside="", **attributes):
    """What is said of one element: the message and the remedy, in English."""
    found = check({"flow.bpmn": around(element(kind, "a", extended(inside), **attributes), ids=("a",))}, CONTEXT)
    return [(f.message("en"), f.remedy("en")) for f in found if f.rule.id.startswith("dialect.")]


@pytest.mark.parametrize(
    ("kind", "inside", "attributes", "vendor", "instead"),
    [
        ("userTask", "", {"camunda:candidateGroups": "hr"}, "Camunda 7", "zeebe:assignmentDefinition"),
        ("userTask", "<camunda:formData/>", {}, "Camunda 7", "zeebe:formDefinition"),
        ("serviceTask", "", {"camunda:delegateExpression": "${x}"}, "Camunda 7", "zeebe:taskDefinition"),
        ("serviceTask", "<flowable:failedJobRetryTimeCycle/>", {}, "Flowable", "incident"),
        ("businessRuleTask", "", {"flowable:decisionTableReferenceKey": "d"}, "Flowable", "zeebe:calledDecision"),
        ("userTask", "", {"flowable:skipExpression": "${x}"}, "Flowable", "exclusive gateway"),
        ("scriptTask", "<spiff:postScript>x = 1</spiff:postScript>", {}, "SpiffWorkflow", "output"),
        ("serviceTask", "<spiff:serviceTaskOperator/>", {}, "SpiffWorkflow", "zeebe:taskDefinition"),
        ("receiveTask", "<spiff:messageVariable>x</spiff:messageVariable>", {}, "SpiffWorkflow", "zeebe:ioMapping"),
    ],
)  # fmt: skip
def test_an_extension_is_named_with_what_to_write_instead(kind, inside, attributes, vendor, instead):
    ((message, remedy),) = told(kind, inside, **attributes)
    assert f"extensions of {vendor}:" in message
    assert instead in remedy


def test_every_name_has_its_remedy_and_none_is_told_twice():
    ((message, remedy),) = told("userTask", **{"camunda:assignee": "x", "camunda:formKey": "f", "camunda:formRef": "g"})
    assert all(name in message for name in ("assignee", "formKey", "formRef"))
    assert remedy.count("zeebe:assignmentDefinition") == 1
    assert remedy.count("zeebe:formDefinition") == 1


def test_what_changes_nothing_is_left_alone():
    assert told("userTask", **{"camunda:asyncBefore": "true", "flowable:sourceDockerX": "5"}) == []
