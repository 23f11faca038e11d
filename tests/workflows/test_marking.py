"""The saved form: a marking, small, complete, and the inverse of building."""

import orjson
import pytest

from tests.workflows import diagrams as d
from workflows.case import Case
from workflows.dialect import parse
from workflows.environment import Sealed
from workflows.errors import Invalid
from workflows.tokens.marking import build, dump, marking


def everything() -> bytes:
    """A case at rest with every kind of thing that a marking holds."""
    inner = d.process(d.start("s2"), d.user("deep"), d.end("e2"), d.path("s2", "deep", "e2"), id_="called")
    sub = d.sub("sub", d.start("s1"), d.user("inner"), d.end("e1"), d.path("s1", "inner", "e1"))
    branches = {
        "wait": d.catch("wait", d.timer("Duration", "P5D")),
        "events": d.gateway("eventBased", "events") + d.catch("c1", d.timer("Duration", "P1D"))
        + d.catch("c2", d.on("message", "m")) + d.gateway("exclusive", "merge") + d.path("events", "c1", "merge")
        + d.path("events", "c2", "merge"),
        "guarded": d.user("guarded") + d.boundary("late", "guarded", d.timer("Duration", "P5D")) + d.end("gone")
        + d.path("late", "gone"),
        "sub": sub,
        "call": d.call("call", "called"),
        "each": d.user("each", inside=d.each("=[1, 2]", into="out", of="=verdict")),
        "turn": d.user("turn", inside=d.each("=[1, 2, 3]", sequential=True)),
        "quick": d.user("quick"),
    }  # fmt: skip
    joins = "".join(d.path("fork", name, "join") for name in branches if name != "events")
    parts = (d.gateway("parallel", "fork"), *branches.values(), d.gateway("parallel", "join"), joins,
             d.path("fork", "events"), d.path("merge", "join", "end"),
             d.path("start", "fork"))  # fmt: skip
    return d.document(d.message("m"), inner, d.process(d.start(), *parts, d.end()))


def test_a_marking_says_where_every_token_stands_and_what_it_remembers(drive):
    case = drive(everything()).start(key="k")
    case.complete("quick").complete("each", 0, verdict="yes").complete("turn").complete("deep", x=1)
    tokens = {token["element"]: token for token in orjson.loads(case.held.tokens)["tokens"]}
    assert tokens.keys() == {"join", "wait", "events", "guarded", "sub", "each", "turn"}
    assert tokens["join"]["arrivals"] == {"quick_join": 1, "call_join": 1}
    assert [event["element"] for event in tokens["guarded"]["events"]] == ["late"]
    assert [token["element"] for token in tokens["sub"]["tokens"]] == ["inner"]
    each, turn = tokens["each"], tokens["turn"]
    assert (each["size"], each["done"], each["results"]) == (2, 1, ["yes", None])
    assert [(found["index"], found["variables"]) for found in each["instances"]] == [(1, {"item": 2, "loopCounter": 2})]
    assert (turn["done"], turn["rest"], turn["instances"][0]["index"]) == (1, [3], 1)


def test_a_called_process_keeps_its_variables_and_what_it_wrote_in_the_marking(drive):
    inner = d.process(d.start("s"), d.user("a"), d.user("b"), d.end("e"), d.path("s", "a", "b", "e"), id_="inside")
    outer = d.process(d.start(), d.call("call", "inside"), d.end(), d.path("start", "call", "end"))
    case = drive(d.document(inner, outer)).start(n=1).complete("a", m=2)
    (call,) = orjson.loads(case.held.tokens)["tokens"]
    assert (call["variables"], call["written"]) == ({"n": 1, "m": 2}, ["m"])
    assert case.complete("b").variables == {"n": 1, "m": 2}


def test_one_token_takes_about_a_hundred_bytes_whatever_went_before(drive):
    case = drive(d.line(30)).start()
    sizes = []
    for number in range(29):
        sizes.append(len(case.held.tokens))
        case.complete(f"t{number}")
    assert max(sizes) <= 100


def test_three_hundred_rounds_of_a_loop_leave_no_trace_in_the_saved_form(drive):
    diagram = d.diagram(
        d.gateway("exclusive", "again"), d.user("work"), d.gateway("exclusive", "which", default="out"),
        d.path("start", "again", "work", "which"), d.flow("which", "again", "=more"),
        d.flow("which", "end", None, "out"),
    )  # fmt: skip
    case = drive(diagram).start(more=True)
    first = len(case.held.tokens)
    for _ in range(300):
        case.complete("work")
    assert len(case.held.tokens) == first
    assert case.complete("work", more=False).state == "completed"


def test_the_outcome_reached_so_far_is_saved(drive):
    diagram = d.diagram(
        d.gateway("parallel", "fork"), d.user("a"), d.user("b"), d.end("no", outcome="rejected"),
        d.path("start", "fork", "a", "no"), d.path("fork", "b", "end"),
    )  # fmt: skip
    assert orjson.loads(drive(diagram).start().complete("a").held.tokens)["outcome"] == "rejected"


def fresh() -> Case:
    return Case(parse({"m.bpmn": d.line(3)}, "main").main, Sealed(), {})


def test_an_edited_marking_builds_a_case_that_goes_on_from_there(drive, session):
    from sqlalchemy import update

    from workflows.models import ProcessInstance

    case = drive(d.line(3)).start()
    edited = build(fresh(), {"tokens": [{"element": "t2", "id": "a-token"}]})
    session.execute(update(ProcessInstance).values(tokens=dump(edited)))
    assert case.open == ["t2"]
    assert case.complete("t2").state == "completed"


@pytest.mark.parametrize(("element", "code"), [("gone", "marking.element"), ("Start", "marking.element"),
                                               ("end", "marking.restless")])  # fmt: skip
def test_a_marking_that_does_not_fit_the_diagram_is_refused(element, code):
    with pytest.raises(Invalid) as refused:
        build(fresh(), {"tokens": [{"element": element, "id": "x"}]})
    assert refused.value.code == code


def test_two_markings_of_the_same_case_are_equal_and_so_are_their_bytes():
    wanted = {"tokens": [{"element": "t1", "id": "x"}], "outcome": "rejected"}
    built = build(fresh(), wanted)
    assert marking(built) == wanted
    assert dump(build(fresh(), marking(built))) == dump(built)
