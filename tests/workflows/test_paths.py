"""Which way a case goes: sequence, gateways, loops, sub processes, ends."""

import pytest

from tests.workflows import diagrams as d
from workflows.case import Case
from workflows.errors import Conflict
from workflows.failures import EngineFault


def test_a_line_of_tasks_opens_one_after_the_other_and_completes(drive):
    case = drive(d.line(3)).start()
    assert [task.element_id for task in case.step.opened] == ["t0"]
    first = case.token("t0")
    case.complete("t0")
    assert case.step.closed == (first,)
    assert [task.element_id for task in case.step.opened] == ["t1"]
    case.complete("t1").complete("t2")
    assert (case.step.outcome, case.state, case.current) == ("completed", "completed", ())
    assert case.held.ended_at == case.around.now


def test_passed_lists_elements_and_flows_in_the_order_taken(drive):
    diagram = d.diagram(
        d.user("first"), d.gateway("exclusive", "which", default="no"), d.user("second"),
        d.path("start", "first", "which"), d.flow("which", "second", "=go", "yes"), d.flow("which", "end", None, "no"),
        d.path("second", "end"),
    )  # fmt: skip
    case = drive(diagram).start()
    assert case.step.passed == ("start", "start_first")
    case.complete("first", go=True)
    assert case.step.passed == ("first", "first_which", "which", "yes")
    assert case.open == ["second"]


@pytest.mark.parametrize(("value", "way"), [(5, "big"), (2, "middle"), (1, "small"), (None, "small"), ("x", "small")])
def test_an_exclusive_gateway_takes_the_first_true_condition_in_file_order_else_the_default(drive, value, way):
    diagram = d.diagram(
        d.gateway("exclusive", "which", default="otherwise"), *(d.user(name) for name in ("big", "middle", "small")),
        d.path("start", "which"), d.flow("which", "big", "=n > 3"), d.flow("which", "middle", "=n > 1"),
        d.flow("which", "small", None, "otherwise"), *(d.path(name, "end") for name in ("big", "middle", "small")),
    )  # fmt: skip
    assert drive(diagram).start(n=value).open == [way]


def test_a_gateway_without_a_way_out_faults_with_its_element(drive):
    diagram = d.diagram(
        d.user("first"), d.gateway("exclusive", "which"), d.path("start", "first", "which"),
        d.flow("which", "end", "=n = 1", "one"), d.user("other"), d.flow("which", "other", "=n = 2", "two"),
        d.path("other", "end"),
    )  # fmt: skip
    case = drive(diagram).start()
    with pytest.raises(EngineFault) as fault:
        case.complete("first", n=3)
    assert (fault.value.code, fault.value.element_id) == ("gateway.no_flow", "which")


def parallel(*, between: str = "") -> bytes:
    return d.diagram(
        d.gateway("parallel", "fork"), d.user("left"), d.user("right"), d.gateway("parallel", "join"), d.user("after"),
        d.path("start", "fork", "left", "join", "after", "end"), d.path("fork", "right", "join"), between,
    )  # fmt: skip


@pytest.mark.parametrize("order", [("left", "right"), ("right", "left")])
def test_a_parallel_join_waits_for_every_branch(drive, order):
    case = drive(parallel()).start()
    assert case.open == ["left", "right"]
    case.complete(order[0])
    assert (case.open, case.waiting) == ([order[1]], ["join"])
    case.complete(order[1])
    assert (case.open, case.waiting) == (["after"], [])


def looped_parallel() -> bytes:
    return d.diagram(
        d.gateway("exclusive", "again"), d.gateway("parallel", "fork"), d.user("left"), d.user("right"),
        d.gateway("parallel", "join"), d.gateway("exclusive", "which", default="done"),
        d.path("start", "again", "fork", "left", "join", "which"), d.path("fork", "right", "join"),
        d.flow("which", "again", "=more"), d.flow("which", "end", None, "done"),
    )  # fmt: skip


def test_a_join_in_a_loop_waits_for_both_branches_again_when_they_finish_in_another_order(drive):
    case = drive(looped_parallel()).start(more=True)
    for first, second in (("left", "right"), ("right", "left"), ("right", "left"), ("left", "right")):
        case.complete(first)
        assert case.open == [second]
        case.complete(second)
        assert case.open == ["left", "right"]
    case.complete("left").complete("right", more=False)
    assert case.state == "completed"


def test_a_join_keeps_a_second_arrival_of_the_same_branch_for_the_next_round(drive):
    # a branch that can overtake: `left` may be done twice while `right` is done once
    diagram = d.diagram(
        d.gateway("parallel", "fork"), d.user("left"), d.user("right"), d.gateway("parallel", "split"),
        d.gateway("exclusive", "merge"), d.user("extra"), d.gateway("parallel", "join"), d.user("after"),
        d.path("start", "fork", "split", "left", "merge", "join", "after", "end"), d.path("split", "extra", "merge"),
        d.path("fork", "right", "join"),
    )  # fmt: skip
    case = drive(diagram).start()
    case.complete("left").complete("extra")
    assert case.open == ["right"]
    case.complete("right")
    assert case.open == ["after"]
    assert case.waiting == ["join"]  # the surplus arrival is not lost


def inclusive() -> bytes:
    ways = ("one", "two", "three")
    return d.diagram(
        d.gateway("inclusive", "split", default="none"), d.gateway("inclusive", "join"),
        *(d.user(way) for way in ways), d.user("plain"), d.user("after"), d.path("start", "split"),
        *(d.flow("split", way, f"={way}") for way in ways), d.flow("split", "plain", None, "none"),
        *(d.path(way, "join") for way in (*ways, "plain")), d.path("join", "after", "end"),
    )  # fmt: skip


@pytest.mark.parametrize("chosen", [("one",), ("one", "three"), ("one", "two", "three")])
def test_an_inclusive_join_waits_for_exactly_the_branches_that_were_taken(drive, chosen):
    case = drive(inclusive()).start(**dict.fromkeys(chosen, True))
    assert case.open == sorted(chosen)
    for way in chosen[:-1]:
        case.complete(way)
        assert "after" not in case.open
    assert case.complete(chosen[-1]).open == ["after"]


def test_an_inclusive_gateway_takes_its_default_when_nothing_holds(drive):
    case = drive(inclusive()).start()
    assert case.open == ["plain"]
    assert case.complete("plain").open == ["after"]


def test_an_inclusive_join_waits_for_a_branch_that_is_inside_a_sub_process(drive):
    diagram = d.diagram(
        d.gateway("inclusive", "split"), d.gateway("inclusive", "join"), d.user("left"), d.user("after"),
        d.sub("sub", d.start("s"), d.user("inner"), d.end("e"), d.path("s", "inner", "e")),
        d.path("start", "split"), d.flow("split", "left", "=true"), d.flow("split", "sub", "=true"),
        d.path("left", "join"), d.path("sub", "join"), d.path("join", "after", "end"),
    )  # fmt: skip
    case = drive(diagram).start()
    assert case.complete("left").open == ["inner"]
    assert case.complete("inner").open == ["after"]


def test_nested_sub_processes_end_from_the_inside_out(drive):
    inner = d.sub("inner", d.start("s2"), d.user("deep"), d.end("e2"), d.path("s2", "deep", "e2"))
    outer = d.sub("outer", d.start("s1"), inner, d.user("shallow"), d.end("e1"), d.path("s1", "inner", "shallow", "e1"))
    case = drive(d.diagram(outer, d.user("after"), d.path("start", "outer", "after", "end"))).start()
    assert case.open == ["deep"]
    assert case.complete("deep").open == ["shallow"]
    assert case.complete("shallow").open == ["after"]


def test_an_end_event_says_how_the_case_ended(drive):
    diagram = d.diagram(
        d.user("decide"), d.gateway("exclusive", "which", default="yes"), d.end("refused", outcome="rejected"),
        d.path("start", "decide", "which"), d.flow("which", "refused", '=verdict = "no"'),
        d.flow("which", "end", None, "yes"),
    )  # fmt: skip
    assert drive(diagram).start().complete("decide", verdict="no").state == "rejected"
    assert drive(diagram).start().complete("decide", verdict="yes").state == "completed"


def test_a_later_plain_end_does_not_undo_the_outcome_of_an_earlier_one(drive):
    diagram = d.diagram(
        d.gateway("parallel", "fork"), d.user("left"), d.user("right"), d.end("refused", outcome="rejected"),
        d.path("start", "fork", "left", "refused"), d.path("fork", "right", "end"),
    )  # fmt: skip
    case = drive(diagram).start().complete("left")
    assert (case.step.outcome, case.state) == (None, "running")
    assert case.complete("right").state == "rejected"


def test_a_terminate_end_closes_everything_in_its_scope_only(drive):
    inside = d.sub(
        "sub", d.start("s"), d.gateway("parallel", "fork"), d.user("left"), d.user("right"),
        d.end("stop", d.on("terminate")), d.end("e"), d.path("s", "fork", "left", "stop"), d.path("fork", "right", "e"),
    )  # fmt: skip
    case = drive(d.diagram(inside, d.user("after"), d.path("start", "sub", "after", "end"))).start()
    right = case.token("right")
    case.complete("left")
    assert right in case.step.closed
    assert case.open == ["after"]


def test_a_path_that_leads_nowhere_just_ends(drive):
    case = drive(d.document(d.process(d.start(), d.user("only"), d.path("start", "only")))).start()
    assert case.complete("only").state == "completed"


def test_tasks_without_a_kind_and_manual_tasks_are_passed_through(drive):
    diagram = d.diagram(d.node("task", "a"), d.node("manualTask", "b"), d.path("start", "a", "b", "end"))
    case = drive(diagram).start()
    assert case.state == "completed"
    assert case.step.passed == ("start", "start_a", "a", "a_b", "b", "b_end", "end")


def test_a_loop_of_automatic_elements_is_stopped(drive, monkeypatch):
    monkeypatch.setattr(Case, "MAX_STEPS", 200)
    diagram = d.diagram(
        d.gateway("exclusive", "again"), d.script("count", "=1", "n"), d.gateway("exclusive", "which", default="out"),
        d.path("start", "again", "count", "which"), d.flow("which", "again", "=true"),
        d.flow("which", "end", None, "out"),
    )  # fmt: skip
    with pytest.raises(EngineFault) as fault:
        drive(diagram).start()
    assert fault.value.code == "engine.endless"


def test_a_token_that_is_gone_cannot_be_completed_again(drive):
    case = drive(d.line(2)).start()
    token = case.token("t0")
    case.complete("t0")
    with pytest.raises(Conflict, match=r"token\.gone"):
        from workflows import engine

        engine.complete(case.held, token, {}, case.around)


@pytest.mark.parametrize("state", ["running", "suspended", "failed"])
def test_cancel_closes_tasks_timers_and_subscriptions(drive, state):
    from workflows import store

    diagram = d.diagram(
        d.user("work"), d.boundary("late", "work", d.timer("Duration", "P5D")), d.end("gone"),
        d.boundary("news", "work", d.on("message", "news")), d.path("start", "work", "end"),
        d.path("late", "gone"), d.path("news", "gone"), around=[d.message("news")],
    )  # fmt: skip
    case = drive(diagram).start(key="k")
    token = case.token("work")
    assert len(case.timers) == len(case.subscriptions) == 1
    if state != "running":
        store.set_state(case.session, case.held, state, case.around.now)
        with pytest.raises(Conflict, match=r"instance\.not_running"):
            case.complete("work")
    case.cancel("withdrawn")
    assert (case.state, case.step.closed, case.step.outcome) == ("withdrawn", (token,), "withdrawn")
    with pytest.raises(Conflict, match=r"instance\.ended"):
        case.cancel("cancelled")


def test_an_inclusive_join_in_a_loop_waits_in_every_round_for_what_was_sent_in_that_round(drive):
    a, b, c = (d.user(name) for name in "abc")
    diagram = d.diagram(
        a, b, c, d.gateway("exclusive", "enter"), d.gateway("inclusive", "split", default="split_b"),
        d.gateway("inclusive", "join"), d.gateway("exclusive", "again", default="again_end"),
        d.path("start", "enter", "split"), d.flow("split", "a", "=both"), d.flow("split", "b"),
        d.flow("split", "c", "=both"), d.path("a", "join", "again"), d.path("b", "join"), d.path("c", "join"),
        d.flow("again", "enter", "=rounds > 0"), d.flow("again", "end"),
    )  # fmt: skip
    case = drive(diagram).start(both=True, rounds=3)
    assert case.open == ["a", "c"]
    case.complete("c")
    assert case.open == ["a"], "the first round waits"
    case.complete("a", both=False, rounds=2)
    assert case.open == ["b"]
    case.complete("b", both=True, rounds=1)
    assert case.open == ["a", "c"]
    case.complete("a")
    assert case.open == ["c"], "and so does a later one"
    assert case.complete("c", rounds=0).state == "completed"
