"""Looking ahead over a diagram: what is certain, what it depends on, and nothing else touched."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows import diagrams as d
from workflows.feel import Scope
from workflows.feel.partial import judge, paths, read
from workflows.outlook import Guide, Step, outlook_from_start, outlook_of
from workflows.outlook.walk import NODES

SCOPE = Scope(now=datetime(2026, 9, 1, tzinfo=UTC), parameters={"quick": True})
GUIDE = Guide(writes={"x": ("found",)}, agrees=lambda _element, _properties: "approve")


def told(path: tuple[Step, ...]) -> list[Any]:
    """A path as a test writes it: element ids, and for a fork the paths of its branches."""
    shown: list[Any] = []
    for step in path:
        if step.kind == "fork":
            shown.append((step.how, *(told(branch.path) + ["…"] * branch.goes_on for branch in step.branches)))
        elif step.kind in ("back", "join"):
            shown.append((step.kind, *step.among))
        else:
            shown.append(step.element_id or step.kind)
    return shown


@pytest.fixture
def ahead(drive: Callable[..., Any]) -> Callable[..., list[Any]]:
    def look(*parts: str, files: tuple[bytes, ...] = (), **variables: Any) -> list[Any]:
        return told(outlook_from_start(drive(d.diagram(*parts), *files).flow, variables, GUIDE, SCOPE))

    return look


def fork(*extra: str) -> tuple[str, ...]:
    """start → which → (a | b) → end"""
    return (
        d.gateway("exclusive", "which", default="no"), d.user("a"), d.user("b"), d.gateway("exclusive", "merge"),
        d.path("start", "which"), d.flow("which", "a", "=level > 3", "yes"), d.flow("which", "b", None, "no"),
        d.path("a", "merge", "end"), d.path("b", "merge"), *extra,
    )  # fmt: skip


def test_a_known_condition_leaves_one_way_and_an_unknown_one_shows_both_and_what_they_depend_on(ahead, drive):
    assert ahead(*fork(), level=5) == ["a", "end"]
    assert ahead(*fork(), level=1) == ["b", "end"]
    assert ahead(*fork()) == [("either", ["a", "…"], ["b", "…"]), "end"]
    (step, _end) = outlook_from_start(drive(d.diagram(*fork())).flow, {}, GUIDE, SCOPE)
    assert [(read.flow, read.open, read.otherwise) for branch in step.branches for read in branch.reads] == [
        ("yes", ("level",), False),
        ("no", ("level",), True),
    ]


def test_what_an_operation_on_the_way_will_write_is_not_known_whatever_it_is_now(ahead):
    parts = (
        d.service("look", "x"), d.gateway("exclusive", "which", default="no"), d.user("a"), d.user("b"), d.end("out"),
        d.path("start", "look", "which"), d.flow("which", "a", "=found", "yes"), d.flow("which", "b", None, "no"),
        d.path("a", "end"), d.path("b", "out"),
    )  # fmt: skip
    assert ahead(*parts, found=True) == [("either", ["a", "end"], ["b", "out"])]


def test_branches_side_by_side_are_shown_so_and_go_on_once_behind_their_join(ahead):
    parts = (
        d.gateway("parallel", "split"), d.user("a"), d.user("b"), d.gateway("parallel", "join"), d.user("later"),
        d.path("start", "split", "a", "join", "later", "end"), d.path("split", "b", "join"),
    )  # fmt: skip
    assert ahead(*parts) == [("parallel", ["a", "…"], ["b", "…"]), "later", "end"]


def loop() -> tuple[str, ...]:
    """start → merge → a → which → (end | fix → merge)"""
    return (
        d.gateway("exclusive", "merge"), d.user("a"), d.gateway("exclusive", "which", default="on"), d.user("fix"),
        d.path("start", "merge", "a", "which"), d.flow("which", "fix", '=a.decision = "return"', "back"),
        d.flow("which", "end", None, "on"), d.path("fix", "merge"),
    )  # fmt: skip


def test_each_decision_has_a_way_of_its_own_and_a_loop_is_cut_where_it_comes_back(drive):
    case = drive(d.diagram(*loop())).start()
    (now,) = case.current

    def after(decision: str) -> list[Any]:
        return told(outlook_of(case.held, case.flow, now.token, GUIDE, SCOPE, decision=decision))

    assert after("approve") == ["end"]
    assert after("return") == ["fix", ("back", "a")]


def test_from_a_branch_the_others_are_waited_for_and_what_they_decided_already_counts(drive):
    parts = (
        d.gateway("parallel", "split"), d.user("a"), d.user("b"), d.gateway("parallel", "join"),
        d.gateway("exclusive", "which", default="on"), d.user("fix"),
        d.path("start", "split", "a", "join", "which"), d.path("split", "b", "join"),
        d.flow("which", "fix", '=a.decision = "return" or b.decision = "return"', "back"),
        d.flow("which", "end", None, "on"), d.path("fix", "end"),
    )  # fmt: skip
    case = drive(d.diagram(*parts)).start()
    token = next(now.token for now in case.current if now.element_id == "a")

    def after(decision: str) -> list[Any]:
        return told(outlook_of(case.held, case.flow, token, GUIDE, SCOPE, decision=decision))

    assert after("approve") == [("join", "b"), "end"]
    assert after("return") == [("join", "b"), "fix", "end"]
    case.complete("b", b={"decision": "return"})
    assert after("approve") == ["fix", "end"]


def test_a_task_ahead_is_shown_with_what_its_properties_will_say(drive):
    told_of = d.user("a", d.properties(dueIn='=string(parameters.days) + " workdays"', decisions="=later"))
    flow = drive(d.diagram(told_of, d.path("start", "a", "end"))).flow
    (step, _end) = outlook_from_start(flow, {}, GUIDE, Scope(parameters={"days": 5}))
    assert step.opened is not None and step.opened.properties == {"dueIn": "5 workdays"}


def test_hidden_variables_are_not_told_by_the_way_that_is_shown(drive):
    parts = (d.user("first"), *fork()[:4], d.path("start", "first", "which"), *fork()[5:])
    case = drive(d.diagram(*parts)).start(level=5)
    (now,) = case.current

    def seen(hidden: Any) -> list[Any]:
        return told(outlook_of(case.held, case.flow, now.token, GUIDE, SCOPE, hidden=hidden))

    both = [("either", ["a", "…"], ["b", "…"]), "end"]
    assert seen(()) == ["a", "end"]
    assert seen({"level"}) == both
    assert seen(None) == both


def test_looking_ahead_changes_nothing(drive):
    case = drive(d.diagram(*loop())).start(n=[1])
    before = (case.held.tokens, dict(case.held.variables))
    outlook_of(case.held, case.flow, case.current[0].token, GUIDE, SCOPE)
    assert (case.held.tokens, dict(case.held.variables)) == before


def test_a_diagram_of_nothing_but_open_questions_stays_within_its_bounds(drive):
    parts: list[str] = []
    before = "start"
    for n in range(40):
        parts += [d.gateway("exclusive", f"g{n}", default=f"n{n}"), d.user(f"u{n}"), d.user(f"v{n}")]
        parts += [d.gateway("exclusive", f"m{n}"), d.path(before, f"g{n}")]
        parts += [d.flow(f"g{n}", f"u{n}", f"=q{n}", f"y{n}"), d.flow(f"g{n}", f"v{n}", None, f"n{n}")]
        parts += [d.path(f"u{n}", f"m{n}"), d.path(f"v{n}", f"m{n}")]
        before = f"m{n}"
    path = outlook_from_start(drive(d.diagram(*parts, d.path(before, "end"))).flow, {}, GUIDE, SCOPE)

    def count(found: tuple[Step, ...]) -> int:
        return sum(1 + sum(count(branch.path) for branch in step.branches) for step in found)

    assert count(path) <= NODES
    assert "more" in str(told(path))


def test_a_condition_is_judged_by_what_is_known():
    some = {"a": {"decision": "x"}, "c": 4}
    assert judge('=b.decision = "y" or a.decision = "x"', some, SCOPE).holds is True
    assert judge("=(a = 1 or b = 2) and c = 3", some, SCOPE).holds is False
    assert judge("=b and c = 4", some, SCOPE) == judge("=b", some, SCOPE)
    assert judge("=b", some, SCOPE).open == {"b"}
    assert judge("=c = 4", some, SCOPE, unknown=["c"]).holds is None
    assert judge("=parameters.quick", {}, SCOPE).holds is True


def test_what_a_condition_reads_is_told_by_path_and_never_from_inside_a_text():
    assert paths('=a.b = "c.d" and e > 1') == {"a": ("a.b",), "e": ("e",)}
    assert read('=a.b = "x" and list[1] = 1', {"a": {"b": "x"}, "list": [1]}) == {"a.b": "x"}


def test_what_is_attached_to_a_step_is_told_beside_it_with_what_comes_then(drive):
    """Gateways behind an event are passed whatever they ask; a walk goes on along the step itself."""
    parts = (
        d.user("a"), d.user("late"), d.user("other"), d.gateway("exclusive", "which", default="no"),
        d.boundary("over", "a", d.timer("Duration", "P5D")),
        d.boundary("told", "a", d.timer("Duration", "P1D"), interrupting=False),
        d.path("start", "a", "end"), d.path("over", "which"), d.flow("which", "late", "=x", "yes"),
        d.flow("which", "other", None, "no"), d.path("late", "end"), d.path("told", "other", "end"),
    )  # fmt: skip
    path = outlook_from_start(drive(d.diagram(*parts)).flow, {}, GUIDE, SCOPE)
    assert told(path) == ["a", "end"]
    assert [(one.element_id, one.rule, one.among, one.how) for one in path[0].beside] == [
        ("over", "P5D", ("late", "other"), ""), ("told", "P1D", ("other",), "parallel"),
    ]  # fmt: skip
