"""Looking at a case without moving it."""

from tests.workflows import diagrams as d
from workflows.engine import inspect


def test_inspect_shows_open_waiting_and_running_tokens_with_what_is_around_them(drive):
    inside = d.sub(
        "sub", d.start("s"), d.user("inner"), d.end("e"), d.path("s", "inner", "e"), d.each("=items", "slot"),
    )  # fmt: skip
    diagram = d.diagram(
        d.gateway("parallel", "fork"), inside, d.catch("wait", d.timer("Duration", "P5D")),
        d.gateway("parallel", "join"), d.path("start", "fork", "sub", "join", "end"), d.path("fork", "wait", "join"),
    )  # fmt: skip
    case = drive(diagram).start(items=["a", "b"])
    found = {(now.element_id, now.kind, now.state, now.item) for now in case.current}
    assert found == {
        ("sub", "subProcess", "running", None),
        ("sub", "subProcess", "running", "a"),
        ("sub", "subProcess", "running", "b"),
        ("wait", "intermediateCatchEvent", "waiting", None),
        ("inner", "userTask", "open", "a"),
        ("inner", "userTask", "open", "b"),
    }
    by_token = {now.token: now for now in case.current}
    inner = next(now for now in case.current if now.element_id == "inner")
    iteration = by_token[inner.parent]
    assert (iteration.element_id, iteration.item) == ("sub", inner.item)
    assert by_token[iteration.parent].parent is None


def test_an_ended_case_stands_nowhere(drive):
    case = drive(d.line(1)).start().complete("t0")
    assert inspect(case.held, case.flow) == ()


def test_inspect_changes_nothing(drive):
    case = drive(d.line(2)).start(n=1)
    before = case.held
    inspect(before, case.flow)
    assert case.held == before
