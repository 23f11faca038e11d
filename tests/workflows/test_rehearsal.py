"""A case that is only tried: the moves are played from the start each time, and operations are answered."""

from datetime import timedelta
from typing import Any

from tests.workflows import diagrams as d
from tests.workflows.driver import CALENDAR, NOW, Flow
from workflows.dialect import parse
from workflows.rehearsal import Answer, Budget, Move, Rehearsal, rehearse
from workflows.rehearsal.moves import COMPLETE, FIRE, START
from workflows.surroundings import Surroundings

WRITES = {"case.reserve": ("held",), "case.tell": ()}


def rehearsed(diagram: bytes, *moves: Move, budget: Budget | None = None) -> Rehearsal:
    """Where the case stands; nothing to write to is at hand, so that a write would fail."""
    flow: Any = Flow(parse({"main.bpmn": diagram}, "main"))
    nowhere: Any = None
    return rehearse(flow, moves, Surroundings(nowhere, NOW, lambda _id: flow, CALENDAR.due), WRITES, budget)


def started(*answers: Answer, **values: Any) -> Move:
    return Move(START, values=values, answers=answers)


RESERVING = d.diagram(
    d.service("reserve", "case.reserve"), d.user("check"), d.service("tell", "case.tell"),
    d.boundary("full", "reserve", d.on("error", "full")), d.user("wait_for_room"),
    d.path("start", "reserve", "check", "tell", "end"), d.path("full", "wait_for_room", "end"),
    around=(d.error("full"),),
)  # fmt: skip


def test_an_operation_that_sets_something_asks_what_it_shall_have_answered() -> None:
    asked = rehearsed(RESERVING, started(school="s01"))
    assert asked.asking is not None
    assert (asked.asking.element_id, asked.asking.operation) == ("reserve", "case.reserve")
    assert asked.asking.variables["school"] == "s01"
    assert (asked.open, asked.outcome) == ((), None)


def test_an_answer_stands_where_the_operation_would_have_written() -> None:
    found = rehearsed(RESERVING, started(Answer("reserve", {"held": 2})))
    assert [step.element_id for step in found.open] == ["check"]
    assert found.variables == {"held": 2}
    assert found.turns[0].changed == {"held": (None, 2)}
    done = rehearsed(RESERVING, started(Answer("reserve", {"held": 2})), Move(COMPLETE, "check"))
    assert done.outcome == "completed"
    assert [one.operation for one in done.turns[1].performed] == ["case.tell"]


def test_an_error_may_be_the_answer() -> None:
    found = rehearsed(RESERVING, started(Answer("reserve", error="full")))
    assert [step.element_id for step in found.open] == ["wait_for_room"]


def test_the_clock_of_a_trial_moves_to_the_timer_that_is_let_pass() -> None:
    diagram = d.diagram(
        d.catch("publicity", d.timer("Duration", "5 workdays")), d.user("after"),
        d.path("start", "publicity", "after", "end"),
    )  # fmt: skip
    waiting = rehearsed(diagram, started())
    (wait,) = waiting.waits
    assert (wait.kind, wait.element_id) == ("timer", "publicity")
    assert wait.due_at is not None and wait.due_at > NOW + timedelta(days=5)
    passed = rehearsed(diagram, started(), Move(FIRE, "publicity"))
    assert passed.now == wait.due_at
    assert passed.open[0].since == wait.due_at


def test_tokens_on_one_element_are_told_apart_in_the_same_order_each_time() -> None:
    many = d.node("userTask", "one", d.extra(d.mapping()), d.each("=items", of="=item", into="done"))
    diagram = d.diagram(many, d.path("start", "one", "end"))
    start = started(items=["a", "b", "c"])
    for _ in range(5):
        found = rehearsed(diagram, start, Move(COMPLETE, "one", 1))
        assert [step.opened.item for step in found.open] == ["a", "c"]


def test_a_move_that_is_not_possible_is_told_and_those_after_it_are_not_made() -> None:
    found = rehearsed(RESERVING, started(Answer("reserve", {})), Move(COMPLETE, "gone"), Move(COMPLETE, "check"))
    assert found.fault is not None and found.fault.code == "trial.gone"
    assert len(found.turns) == 2


def test_an_expression_that_fails_is_told_with_its_element() -> None:
    diagram = d.diagram(
        d.script("sum", "=missing.inner.more", "total"), d.user("t"), d.path("start", "sum", "t", "end")
    )
    assert [step.element_id for step in rehearsed(diagram, started()).open] == ["t"]
    endless = d.diagram(d.gateway("exclusive", "again"), d.path("start", "again", "spin", "again"),
                        d.script("spin", "=1", "one"))  # fmt: skip
    found = rehearsed(endless, started())
    assert found.fault is not None and found.fault.code == "engine.endless"


SPINNING = d.diagram(
    d.script("count", "=if n = null then 1 else n + 1", "n"), d.gateway("exclusive", "again", default="out"),
    d.gateway("exclusive", "enter"), d.path("start", "enter", "count", "again"), d.flow("again", "enter", "=n > 0"),
    d.flow("again", "end", None, "out"),
)  # fmt: skip


def test_a_trial_that_does_not_come_to_rest_stops_within_its_budget() -> None:
    for budget in (Budget(steps=300), Budget(seconds=0.02)):
        found = rehearsed(SPINNING, started(), budget=budget)
        assert found.fault is not None and found.fault.code == "trial.too_long"
    assert rehearsed(RESERVING, started(Answer("reserve", {"held": 2})), budget=Budget(steps=20)).fault is None


def test_the_moves_of_a_trial_have_one_budget_together() -> None:
    going_round = d.diagram(
        d.user("check"), d.gateway("exclusive", "again", default="back"), d.path("start", "check", "again"),
        d.flow("again", "check", None, "back"), d.flow("again", "end", "=done"),
    )  # fmt: skip
    moves = [started(), *[Move(COMPLETE, "check")] * 40]
    found = rehearsed(going_round, *moves, budget=Budget(steps=60))
    assert found.fault is not None and found.fault.code == "trial.too_long"
    assert 10 < len(found.turns) < 41
