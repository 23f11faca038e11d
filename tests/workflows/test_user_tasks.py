"""What the task layer is told about a user task that opened."""

import pytest

from tests.workflows import diagrams as d
from workflows.dialect import parse
from workflows.failures import EngineFault


def opened(drive, *extensions: str, **variables):
    return (
        drive(d.diagram(d.user("task", *extensions), d.path("start", "task", "end"))).start(**variables).step.opened[0]
    )


def test_assignment_form_and_schedule_are_evaluated_where_the_task_stands(drive):
    task = opened(
        drive,
        d.zeebe("assignmentDefinition", assignee="=owner", candidateGroups='="principal@" + school',
                candidateUsers='=["u1", "u2", "u1"]'),
        d.zeebe("formDefinition", formId="demand"),
        d.zeebe("taskSchedule", dueDate='=date and time("2026-10-10T08:00:00+08:00")'),
        d.zeebe("priorityDefinition", priority="=40 + extra"),
        owner="p7", school="s01", extra=30,
    )  # fmt: skip
    assert (task.assignee, task.candidate_users, task.candidate_groups) == ("p7", ("u1", "u2"), ("principal@s01",))
    assert (task.form_id, task.due_date, task.priority) == ("demand", "2026-10-10T08:00:00+08:00", 70)
    assert (task.element_id, task.name, task.item) == ("task", "task", None)


def test_plain_texts_mean_themselves_and_lists_are_separated_by_commas(drive):
    task = opened(drive, d.zeebe("assignmentDefinition", assignee="p7", candidateGroups="hr, principal@s01 ,"),
                  d.zeebe("priorityDefinition", priority="80"))  # fmt: skip
    assert (task.assignee, task.candidate_groups, task.priority) == ("p7", ("hr", "principal@s01"), 80)


def test_nothing_said_means_nothing_and_priority_fifty(drive):
    task = opened(drive, d.zeebe("assignmentDefinition", assignee="=missing", candidateGroups="=missing"))
    assert (task.assignee, task.candidate_groups, task.due_date, task.priority) == (None, (), None, 50)


def test_properties_are_texts_with_feel_evaluated(drive):
    task = opened(
        drive, d.properties(signing="all", quorum="=ceiling(n / 2)", dueIn='=string(n) + " workdays"', note="a = b",
                            none="=missing", list="=[1, n]"), n=5,
    )  # fmt: skip
    assert dict(task.properties) == {
        "signing": "all", "quorum": "3", "dueIn": "5 workdays", "note": "a = b", "none": "", "list": "[1,5]",
    }  # fmt: skip


@pytest.mark.parametrize(
    "extension",
    [
        d.zeebe("assignmentDefinition", assignee="=5"),
        d.zeebe("assignmentDefinition", candidateGroups="=[1]"),
        d.zeebe("assignmentDefinition", candidateUsers="=true"),
        d.zeebe("priorityDefinition", priority='="high"'),
    ],
)
def test_an_assignment_of_the_wrong_kind_faults_with_its_element(drive, extension):
    with pytest.raises(EngineFault) as fault:
        opened(drive, extension)
    assert (fault.value.code, fault.value.element_id) == ("task.assignment", "task")


def test_the_values_of_the_step_itself_are_seen_by_the_next_assignment(drive):
    diagram = d.diagram(
        d.user("first"), d.user("second", d.zeebe("assignmentDefinition", assignee="=chosen")),
        d.path("start", "first", "second", "end"),
    )  # fmt: skip
    assert drive(diagram).start().complete("first", chosen="p9").step.opened[0].assignee == "p9"


def test_a_task_that_names_nobody_lies_with_the_role_of_its_lane_also_inside_a_sub_process_there():
    lanes = d.tag(
        "bpmn:laneSet",
        d.tag(
            "bpmn:lane",
            d.tag("bpmn:flowNodeRef", "task"),
            d.tag("bpmn:childLaneSet", d.tag("bpmn:lane", d.tag("bpmn:flowNodeRef", "task"), id="inner")),
            id="l1",
            name="学校",
        ),
        d.tag(
            "bpmn:lane", d.tag("bpmn:flowNodeRef", "sub"), d.tag("bpmn:flowNodeRef", "own"), id="l2", name="局人事科"
        ),
        id="lanes",
    )
    own = d.user("own", d.zeebe("assignmentDefinition", candidateGroups="auditor"))
    inside = d.sub("sub", d.start("s"), d.user("in"), d.end("e"), d.path("s", "in", "e"))
    drawn = d.diagram(lanes, d.user("task"), inside, own, d.path("start", "task", "sub", "own", "end"))
    roles = '[lanes]\nl1 = "school_hr"\n"局人事科" = "bureau_hr_officer"\n'.encode()
    elements = parse({"main.bpmn": drawn, "flow.toml": roles}, "main").elements
    groups = {name: elements[name].zeebe["assignmentDefinition"]["candidateGroups"] for name in ("task", "in", "own")}
    assert groups == {"task": "school_hr", "in": "bureau_hr_officer", "own": "auditor"}
    assert elements["task"].lanes == ("inner", "l1", "学校")


def test_the_item_of_the_innermost_iteration_comes_with_the_task(drive):
    inside = d.sub(
        "sub", d.start("s"), d.user("inner", inside=d.each("=[1, 2]", "n")), d.user("plain"), d.end("e"),
        d.path("s", "inner", "plain", "e"), d.each('=["a"]', "letter"),
    )  # fmt: skip
    case = drive(d.diagram(inside, d.path("start", "sub", "end"))).start()
    assert [task.item for task in case.step.opened] == [1, 2]
    assert case.complete("inner").complete("inner").step.opened[0].item == "a"
