"""Multi-instance: over people, sub processes and called processes, side by side or one after the other."""

import pytest

from tests.workflows import diagrams as d
from workflows.failures import EngineFault


def over(inside: str, *extensions: str) -> bytes:
    return d.diagram(
        d.user("each", *extensions, inside=inside), d.user("after"), d.path("start", "each", "after", "end")
    )


def test_parallel_iterations_collect_results_in_the_order_of_the_collection(drive):
    loop = d.each("=people", "person", into="votes", of='=person + ":" + verdict')
    case = drive(over(loop)).start(people=["王", "李", "张"])
    assert [task.item for task in case.step.opened] == ["王", "李", "张"]
    case.complete("each", 2, verdict="no").complete("each", 0, verdict="yes")
    assert "votes" not in case.variables
    case.complete("each", 0, verdict="abstain")
    assert case.variables == {"people": ["王", "李", "张"], "votes": ["王:yes", "李:abstain", "张:no"]}
    assert case.open == ["after"]


def test_sequential_iterations_open_one_after_the_other(drive):
    loop = d.each("=people", "person", sequential=True, into="seen", of="=loopCounter")
    case = drive(over(loop)).start(people=["a", "b", "c"])
    items = [case.step.opened[0].item]
    for _ in range(2):
        assert case.open == ["each"]
        items.append(case.complete("each").step.opened[0].item)
    assert items == ["a", "b", "c"]
    assert case.complete("each").variables["seen"] == [1, 2, 3]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_empty_collection_goes_straight_on(drive, sequential):
    case = drive(over(d.each("=[]", sequential=sequential, into="out", of="=item"))).start()
    assert (case.open, case.variables) == (["after"], {"out": []})


@pytest.mark.parametrize("sequential", [False, True])
def test_a_null_item_is_a_fault_and_not_a_stuck_case(drive, sequential):
    case = drive(
        d.diagram(
            d.user("first"), d.user("each", inside=d.each("=[1, null, 3]", sequential=sequential)),
            d.path("start", "first", "each", "end"),
        )
    ).start()  # fmt: skip
    with pytest.raises(EngineFault) as fault:
        case.complete("first")
    assert (fault.value.code, fault.value.element_id, fault.value.params["index"]) == ("loop.null_item", "each", 1)
    assert case.open == ["first"]


@pytest.mark.parametrize("items", ["=null", "=5", '="abc"', "={a: 1}"])
def test_anything_but_a_list_is_a_fault(drive, items):
    with pytest.raises(EngineFault) as fault:
        drive(over(d.each(items))).start()
    assert fault.value.code == "loop.not_a_list"


def test_a_completion_condition_ends_the_rest_early(drive):
    loop = d.each("=[1, 2, 3]", into="out", of="=x", until="=numberOfCompletedInstances / numberOfInstances >= 0.6")
    case = drive(over(loop)).start()
    left = case.complete("each", 0, x="a").token("each", 1)
    case.complete("each", 0, x="b")
    assert left in case.step.closed
    assert (case.open, case.variables["out"]) == (["after"], ["a", "b", None])


def test_a_completion_condition_sees_what_the_iteration_wrote(drive):
    case = drive(over(d.each("=[1, 2, 3]", until="=ok", sequential=True))).start()
    case.complete("each", ok=False)
    assert case.open == ["each"]
    assert case.complete("each", ok=True).open == ["after"]


def test_iterations_do_not_see_each_others_values(drive):
    case = drive(over(d.each("=[1, 2]", into="out", of="=verdict"))).start()
    case.complete("each", 0, verdict="mine")
    case.complete("each", 0)
    assert case.variables == {"out": ["mine", None]}


def test_mappings_apply_to_each_iteration(drive):
    mapping = d.mapping({"double": "=item * 2"}, {"sum": "=double + extra"})
    case = drive(over(d.each("=[1, 10]", into="out", of="=sum"), mapping)).start()
    case.complete("each", 0, extra=1).complete("each", 0, extra=2)
    assert case.variables["out"] == [3, 22]


@pytest.mark.parametrize("sequential", [False, True])
def test_iterations_of_a_sub_process_are_apart(drive, sequential):
    inside = d.sub(
        "sub", d.start("s"), d.user("a"), d.user("b"), d.end("e"), d.path("s", "a", "b", "e"),
        d.each("=items", "slot", sequential=sequential, into="out", of="=[slot, mark]"),
    )  # fmt: skip
    case = drive(d.diagram(inside, d.user("after"), d.path("start", "sub", "after", "end"))).start(items=[7, 8])
    for mark in ("x", "y"):
        assert case.open.count("a") == (1 if sequential or mark == "y" else 2)
        case.complete("a", mark=mark).complete("b")
    assert case.variables == {"items": [7, 8], "out": [[7, "x"], [8, "y"]]}


def test_one_called_process_for_each_slot_runs_on_its_own(drive):
    hire = d.process(
        d.start("s"), d.user("medical"), d.user("contract"), d.end("e"), d.path("s", "medical", "contract", "e"),
        id_="hire",
    )  # fmt: skip
    call = d.call(
        "hires", "hire", inside=d.each("=slots", "slot", into="hired", of="=slot + 100 * fit"),
        propagateAllParentVariables="false",
    )  # fmt: skip
    case = drive(d.document(hire, d.process(d.start(), call, d.end(), d.path("start", "hires", "end"))))
    case.start(slots=[1, 2, 3], big="x" * 1000)
    assert case.open == ["medical"] * 3
    case.complete("medical", 1, fit=5)
    assert case.open == ["contract", "medical", "medical"]
    assert [task.item for task in case.step.opened] == [2]
    assert b"xxx" not in case.held.tokens
    case.complete("contract").complete("medical", 0, fit=1).complete("medical", 0, fit=2)
    case.complete("contract").complete("contract")
    assert (case.state, case.variables["hired"]) == ("completed", [101, 502, 203])


def test_an_event_on_a_multi_instance_activity_takes_all_iterations(drive):
    diagram = d.diagram(
        d.user("each", inside=d.each("=[1, 2, 3]")), d.boundary("late", "each", d.timer("Duration", "P5D")),
        d.user("chief"), d.path("start", "each", "end"), d.path("late", "chief", "end"),
    )  # fmt: skip
    case = drive(diagram).start().complete("each", 1)
    assert len(case.timers) == 1
    case.fire("late")
    assert (case.open, len(case.step.closed)) == (["chief"], 2)


def test_automatic_tasks_can_be_repeated_too(drive):
    double = d.node(
        "scriptTask", "double", d.extra(d.zeebe("script", expression="=item * 2", resultVariable="r")),
        d.each("=[1, 2, 3]", into="out", of="=r"),
    )  # fmt: skip
    assert drive(d.diagram(double, d.path("start", "double", "end"))).start().variables == {"out": [2, 4, 6]}
