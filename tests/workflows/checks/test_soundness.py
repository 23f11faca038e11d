"""The token game: what it says in words, what it does not see, how far it goes."""

import pytest

from tests.workflows.checks import oracle
from tests.workflows.checks.drawing import (
    CONTEXT,
    END,
    START,
    around,
    chain,
    element,
    event,
    extended,
    flow,
    process,
    task,
    user,
)
from tests.workflows.checks.examples_constructs import LATER
from tests.workflows.checks.examples_soundness import EXAMPLES, FORK, JOIN, SPLIT
from workflows.checks import check, soundness
from workflows.checks.diagram import read_diagram
from workflows.xml import parse_xml

BY_RULE = {example.rule: example for example in EXAMPLES}


def found(xml):
    return [f for f in check({"flow.bpmn": xml}, CONTEXT) if f.rule.id.startswith("sound.")]


def sub(name, *inner, start="s2", end="e2"):
    return element("subProcess", name, f'<bpmn:startEvent id="{start}"/>{"".join(inner)}<bpmn:endEvent id="{end}"/>')


@pytest.mark.parametrize("rule", ["sound.deadlock", "sound.left_behind"])
def test_engine_stands_still_where_soundness_says_so(rule):
    example = BY_RULE[rule]
    assert oracle.play(example.bad, 100, "p").stuck == {example.element}
    assert oracle.play(example.good, 100, "p").stuck == set()


def test_engine_never_comes_where_soundness_says_so():
    example = BY_RULE["sound.never_reached"]
    assert example.element not in oracle.play(example.bad, 100, "p").reached


def test_engine_goes_round_for_ever_where_soundness_sees_no_way_out():
    example = BY_RULE["sound.no_way_to_end"]
    assert oracle.play(example.bad, 100, "p").trapped == {"a"}
    assert oracle.play(example.good, 100, "p").trapped == set()


def test_finding_tells_the_shortest_way_and_what_is_missing():
    (finding,) = found(BY_RULE["sound.deadlock"].bad)
    assert finding.params["path"] == "s → a → j"
    assert finding.params["missing"] == ["b"]


def test_long_way_is_told_by_its_beginning_and_its_end():
    names = [f"t{number}" for number in range(40)]
    xml = process(
        START, *map(task, names), SPLIT, task("b"), JOIN, END, chain("s", *names, "x"), flow("x", "j", "=c"),
        chain("x", "b", "j", "e"),
    )  # fmt: skip
    (finding,) = found(xml)
    assert finding.params["path"].startswith("s → t0 → t1 ")
    assert finding.params["path"].endswith("→ t39 → j")
    assert " … " in finding.params["path"]


def test_deadlock_inside_a_sub_process_is_told_once_and_there():
    inner = sub("sub", SPLIT, task("b"), JOIN, chain("s2", "x", "b", "j", "e2"), flow("x", "j", "=c"))
    assert [(f.rule.id, f.element_id) for f in found(around(inner, ids=("sub",)))] == [("sound.deadlock", "j")]


def caught(code):
    """A sub process that may end with the error A, and an event on it that catches `code`."""
    bad = '<bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="A"/></bpmn:endEvent>'
    inner = sub("sub", SPLIT, user("b"), bad, chain("s2", "x", "b", "e2"), flow("x", "bad", "=c"))
    on = f'<bpmn:boundaryEvent id="on" attachedToRef="sub"><bpmn:errorEventDefinition errorRef="{code}"/>'
    errors = element("error", "A", errorCode="A") + element("error", "B", errorCode="B")
    return process(
        START, inner, f"{on}</bpmn:boundaryEvent>", END, chain("s", "sub", "e"), chain("on", "e"), outside=errors
    )


def test_error_event_is_reached_only_by_its_own_code():
    assert found(caught("A")) == []
    assert [(f.rule.id, f.element_id) for f in found(caught("B"))] == [("sound.never_reached", "on")]


def test_what_a_called_process_outside_may_throw_is_not_known():
    call = element("callActivity", "c", extended('<zeebe:calledElement processId="known_process"/>'))
    on = '<bpmn:boundaryEvent id="on" attachedToRef="c"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>'
    assert found(process(START, call, on, END, chain("s", "c", "e"), chain("on", "e"))) == []


def test_step_behind_a_sub_process_that_always_fails_is_never_reached():
    bad = '<bpmn:endEvent id="e2"><bpmn:errorEventDefinition errorRef="A"/></bpmn:endEvent>'
    inner = element("subProcess", "sub", f'<bpmn:startEvent id="s2"/>{bad}{chain("s2", "e2")}')
    on = (
        '<bpmn:boundaryEvent id="on" attachedToRef="sub"><bpmn:errorEventDefinition errorRef="A"/></bpmn:boundaryEvent>'
    )
    xml = process(
        START, inner, on, task("a"), END, chain("s", "sub", "a", "e"), chain("on", "e"),
        outside=element("error", "A", errorCode="A"),
    )  # fmt: skip
    assert [(f.rule.id, f.element_id) for f in found(xml)] == [("sound.never_reached", "a")]


@pytest.mark.parametrize(("step", "reached"), [(task, False), (user, True)])
def test_deadline_of_a_sub_process_is_reached_only_where_something_in_it_waits(step, reached):
    inner = sub("sub", step("b"), chain("s2", "b", "e2"))
    late = event("boundaryEvent", "late", "timer", LATER, attachedToRef="sub")
    xml = process(START, inner, late, END, chain("s", "sub", "e"), chain("late", "e"))
    assert [(f.rule.id, f.element_id) for f in found(xml)] == ([] if reached else [("sound.never_reached", "late")])
    assert ("late" in oracle.play(xml, 100, "p").reached) is reached


def test_loop_around_a_timer_or_a_person_inside_a_sub_process_is_no_endless_loop():
    inner = sub("a", user("u"), chain("s2", "u", "e2"))
    assert found(BY_RULE["sound.loop_without_wait"].bad.replace(b'<bpmn:manualTask id="a"></bpmn:manualTask>',
                                                                 inner.encode())) == []  # fmt: skip
    wait = event("intermediateCatchEvent", "a", "timer", LATER)
    assert found(BY_RULE["sound.loop_without_wait"].bad.replace(b'<bpmn:manualTask id="a"></bpmn:manualTask>',
                                                                 wait.encode())) == []  # fmt: skip


def test_limit_of_the_game_is_said_and_what_was_found_before_it_stays():
    diagram = read_diagram("flow.bpmn", parse_xml(BY_RULE["sound.deadlock"].bad, "flow.bpmn"))
    assert [f.rule.id for f in soundness.check({"flow.bpmn": diagram}, limit=3)] == ["sound.not_explored"]
    rules = {f.rule.id for f in soundness.check({"flow.bpmn": diagram}, limit=6)}
    assert rules >= {"sound.deadlock"}


def test_limit_is_one_for_all_sub_processes_together():
    subs = [sub(f"p{n}", user(f"u{n}"), chain(f"s{n}", f"u{n}", f"e{n}"), start=f"s{n}", end=f"e{n}") for n in range(9)]
    xml = around(*subs, ids=tuple(f"p{n}" for n in range(9)))
    diagram = read_diagram("flow.bpmn", parse_xml(xml, "flow.bpmn"))
    assert list(soundness.check({"flow.bpmn": diagram})) == []
    cut = [f.element_id for f in soundness.check({"flow.bpmn": diagram}, limit=20)]
    assert len(cut) == 5, "four markings in each: twenty do for five of the nine, not for four and what holds them"
    assert "p" in cut


def test_twelve_branches_of_ten_people_need_no_more_markings_than_steps():
    """Without choosing one token at a time these would be 11 to the power of 12."""
    steps = [[f"b{branch}_{step}" for step in range(10)] for branch in range(12)]
    xml = process(
        START, FORK, *(user(name) for branch in steps for name in branch), JOIN, END, chain("s", "f"),
        *(chain("f", *branch, "j") for branch in steps), chain("j", "e"),
    )  # fmt: skip
    assert found(xml) == []


def test_branch_that_ends_all_others_does_not_hide_what_they_may_come_to_first():
    stop = '<bpmn:endEvent id="stop"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    ways = (chain("f", "a", "stop"), chain("f", "b", "e"))
    for first, second in (ways, ways[::-1]):
        assert found(process(START, FORK, user("a"), user("b"), stop, END, chain("s", "f"), first, second)) == []
