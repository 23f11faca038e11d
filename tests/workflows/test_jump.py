"""Returns and jumps: only where the diagram can go on soundly, closing what lies after the target."""

import pytest

from tests.workflows import diagrams as d
from workflows.engine import return_targets
from workflows.errors import Conflict


def block() -> bytes:
    """before → fork → (left → left2 | right) → join → after"""
    return d.diagram(
        *(d.user(name) for name in ("before", "left", "left2", "right", "after")), d.gateway("parallel", "fork"),
        d.gateway("parallel", "join"), d.path("start", "before", "fork", "left", "left2", "join", "after", "end"),
        d.path("fork", "right", "join"),
    )  # fmt: skip


def test_a_return_along_a_line_replaces_the_token(drive):
    case = drive(d.line(4)).start().complete("t0").complete("t1").complete("t2")
    old = case.token("t3")
    case.move("t3", "t1")
    assert (case.open, case.step.closed) == (["t1"], (old,))
    assert case.complete("t1").complete("t2").complete("t3").state == "completed"


def test_a_return_from_after_a_block_to_before_it_runs_both_branches_again(drive):
    case = drive(block()).start().complete("before").complete("left").complete("left2").complete("right")
    case.move("after", "before").complete("before")
    assert case.open == ["left", "right"]
    assert case.complete("right").complete("left").complete("left2").open == ["after"]


def test_a_return_into_a_finished_block_is_refused(drive):
    case = drive(block()).start().complete("before").complete("left").complete("left2").complete("right")
    before = case.held.tokens
    with pytest.raises(Conflict, match=r"jump\.inside_block"):
        case.move("after", "left")
    assert case.held.tokens == before


def test_a_return_inside_a_branch_leaves_the_other_branch_alone(drive):
    case = drive(block()).start().complete("before").complete("left")
    right, left2 = case.token("right"), case.token("left2")
    case.move("left2", "left")
    assert case.step.closed == (left2,)
    assert case.open == ["left", "right"]
    assert case.token("right") == right
    assert case.complete("right").complete("left").complete("left2").open == ["after"]


def test_a_return_inside_a_branch_keeps_the_arrival_of_the_other_one(drive):
    case = drive(block()).start().complete("before").complete("left").complete("right")
    case.move("left2", "left")
    assert (case.open, case.waiting) == (["left"], ["join"])
    assert case.complete("left").complete("left2").open == ["after"]


def test_a_return_to_before_the_fork_closes_the_other_branches_and_their_arrivals(drive):
    case = drive(block()).start().complete("before").complete("left").complete("right")
    case.move("left2", "before")
    assert (case.open, case.waiting) == (["before"], [])
    assert case.complete("before").open == ["left", "right"]


def test_a_jump_to_another_branch_or_over_the_join_is_refused(drive):
    case = drive(block()).start().complete("before")
    with pytest.raises(Conflict, match=r"jump\.other_branch"):
        case.move("left", "right")
    with pytest.raises(Conflict, match=r"jump\.inside_block"):
        case.move("left", "after")


def test_a_jump_ahead_in_the_same_branch_is_sound(drive):
    case = drive(block()).start().complete("before").move("left", "left2")
    assert case.open == ["left2", "right"]
    assert case.complete("right").complete("left2").open == ["after"]


def test_a_return_out_of_a_nested_block_keeps_the_outer_branch(drive):
    nested = d.diagram(
        *(d.user(name) for name in ("enter", "one", "two", "other", "after")),
        *(d.gateway("parallel", name) for name in ("fork", "inner", "close", "join")),
        d.path("start", "fork", "enter", "inner", "one", "close", "join", "after", "end"),
        d.path("inner", "two", "close"), d.path("fork", "other", "join"),
    )  # fmt: skip
    case = drive(nested).start().complete("enter").complete("two")
    other = case.token("other")
    case.move("one", "enter")
    assert (case.open, case.waiting) == (["enter", "other"], [])
    assert case.token("other") == other
    case.complete("enter").complete("one").complete("two").complete("other")
    assert case.open == ["after"]


def test_a_return_arms_the_timer_of_its_target_again_and_closes_its_open_side_branch(drive):
    diagram = d.diagram(
        d.user("work"), d.boundary("remind", "work", d.timer("Duration", "P5D"), interrupting=False), d.user("nag"),
        d.end("gone"), d.user("check"), d.path("start", "work", "check", "end"), d.path("remind", "nag", "gone"),
    )  # fmt: skip
    case = drive(diagram).start().fire("remind").complete("work")
    assert (case.open, len(case.timers)) == (["check", "nag"], 0)
    case.move("check", "work")
    assert (case.open, [row.element_id for row in case.timers]) == (["work"], ["remind"])


def with_sub(*, each: str = "") -> bytes:
    inside = d.sub("sub", d.start("s"), d.user("a"), d.user("b"), d.end("e"), d.path("s", "a", "b", "e"), each)
    return d.diagram(d.user("before"), inside, d.user("after"), d.path("start", "before", "sub", "after", "end"))


def test_a_return_inside_a_sub_process_and_out_of_it(drive):
    case = drive(with_sub()).start().complete("before").complete("a")
    assert case.move("b", "a").open == ["a"]
    case.move("a", "before")
    assert case.open == ["before"]
    assert case.complete("before").complete("a").complete("b").open == ["after"]


def test_a_return_into_a_finished_sub_process_is_refused(drive):
    case = drive(with_sub()).start().complete("before").complete("a").complete("b")
    with pytest.raises(Conflict, match=r"jump\.unknown_element"):
        case.move("after", "a")


def test_a_return_from_an_iteration_takes_all_iterations(drive):
    case = drive(with_sub(each=d.each("=[1, 2, 3]"))).start().complete("before").complete("a", 1)
    case.move("b", "before")
    assert (case.open, len(case.step.closed)) == (["before"], 3)
    assert case.complete("before").open == ["a", "a", "a"]


@pytest.mark.parametrize("target", ["start", "end", "fork", "join", "nobody"])
def test_some_elements_are_no_targets(drive, target):
    case = drive(block()).start()
    with pytest.raises(Conflict, match="jump"):
        case.move("before", target)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("before", None), ("left", "jump.inside_block"), ("left2", "jump.inside_block"), ("right", "jump.inside_block"),
        ("join", "jump.not_a_target"), ("nobody", "jump.unknown_element"),
    ],
)  # fmt: skip
def test_a_lone_token_behind_a_block_comes_to_before_it_and_not_into_it(drive, target, code):
    case = drive(block()).start().complete("before").complete("left").complete("left2").complete("right")
    if code is None:
        case.move("after", target)
        assert case.open == [target]
        return
    with pytest.raises(Conflict) as refused:
        case.move("after", target)
    assert refused.value.code == code


def test_in_a_loop_round_a_block_the_outside_is_sound_and_the_inside_is_not(drive):
    diagram = d.diagram(
        *(d.user(name) for name in ("p", "a", "b", "z")), d.gateway("exclusive", "again"),
        d.gateway("parallel", "fork"), d.gateway("parallel", "join"), d.gateway("exclusive", "which", default="out"),
        d.path("start", "p", "again", "fork", "a", "join", "which"), d.path("fork", "b", "join"),
        d.flow("which", "again", "=more"), d.flow("which", "z", None, "out"), d.path("z", "end"),
    )  # fmt: skip
    case = drive(diagram).start(more=False).complete("p").complete("a").complete("b")
    assert set(return_targets(case.held, case.flow, case.token("z"))) == {"p"}
    for target in ("a", "b"):
        with pytest.raises(Conflict, match=r"jump\.inside_block"):
            case.move("z", target)


def test_return_targets_are_the_user_tasks_before_that_would_be_accepted(drive):
    case = drive(block()).start().complete("before").complete("left")
    assert set(return_targets(case.held, case.flow, case.token("left2"))) == {"before", "left"}
    case.complete("left2").complete("right")
    assert set(return_targets(case.held, case.flow, case.token("after"))) == {"before"}
    inner = drive(with_sub()).start().complete("before").complete("a")
    assert return_targets(inner.held, inner.flow, inner.token("b")) == {"a": True, "before": False}


def test_straight_back_is_possible_where_the_jump_ahead_closes_nothing_else(drive):
    case = drive(block()).start().complete("before").complete("left")
    assert return_targets(case.held, case.flow, case.token("left2")) == {"before": False, "left": True}
    case.complete("left2").complete("right")
    assert return_targets(case.held, case.flow, case.token("after")) == {"before": True}


def test_a_completion_goes_straight_to_the_element_that_it_names(drive):
    case = drive(d.line(4)).start().complete("t0").complete("t1").complete("t2").move("t3", "t0")
    case.complete("t0", onward="t3", note="new")
    assert (case.open, case.step.passed, case.held.variables["note"]) == (["t3"], ("t0",), "new")
    assert case.complete("t3").state == "completed"


def test_a_branch_comes_straight_back_while_the_other_has_arrived(drive):
    case = drive(block()).start().complete("before").complete("left").move("left2", "left").complete("right")
    case.complete("left", onward="left2")
    assert (case.open, case.waiting) == (["left2"], ["join"])
    assert case.complete("left2").open == ["after"]


def test_going_straight_into_a_block_that_was_left_is_refused(drive):
    case = drive(block()).start().complete("before").complete("left").move("left2", "before")
    with pytest.raises(Conflict, match=r"jump\.inside_block"):
        case.complete("before", onward="left2")
