"""Where variables live, who sees them, what is written down about them."""

import pytest
from sqlalchemy import select

from tests.workflows import diagrams as d
from workflows.decisions import parse_decisions
from workflows.errors import Invalid
from workflows.failures import EngineFault
from workflows.models import VariableChange


def branches() -> bytes:
    return d.diagram(
        d.gateway("parallel", "fork"), d.user("left"), d.user("right"), d.gateway("parallel", "join"), d.user("after"),
        d.path("start", "fork", "left", "join", "after", "end"), d.path("fork", "right", "join"),
    )  # fmt: skip


def test_parallel_branches_that_write_different_variables_keep_both(drive):
    case = drive(branches()).start(base=1)
    case.complete("left", a={"by": "left"}).complete("right", b={"by": "right"})
    assert case.variables == {"base": 1, "a": {"by": "left"}, "b": {"by": "right"}}


def test_parallel_branches_that_write_the_same_name_keep_the_later_value(drive):
    case = drive(branches()).start(name=["old"])
    case.complete("right", name=["right"]).complete("left", name=["left"])
    assert case.variables == {"name": ["left"]}
    assert case.open == ["after"]


def test_a_stale_value_of_another_branch_never_overwrites_a_fresh_one(drive):
    case = drive(branches()).start(count=1)
    case.complete("left", count=2).complete("right", other=True)
    assert case.variables["count"] == 2


@pytest.mark.parametrize(
    "name", ["typename", "len", "__class__", "__builtins__", "data", "编制数", "a b", "$ref", "id"]
)
def test_hostile_names_are_only_names(drive, name):
    case = drive(branches()).start(**{name: {"typename": "x", "__class__": "y"}})
    case.complete("left", **{name: "new"}).complete("right").complete("after")
    assert case.variables == {name: "new"}


def test_two_megabytes_in_a_variable_hurt_nothing(drive):
    big = "县" * 2_000_000
    case = drive(branches()).start()
    case.complete("left", essay=big)
    assert len(case.held.tokens) < 400
    assert case.complete("right").complete("after").variables["essay"] == big


def test_a_name_that_is_too_long_is_refused(drive):
    case = drive(branches()).start()
    with pytest.raises(Invalid, match=r"variable\.name"):
        case.complete("left", **{"n" * 201: 1})


def test_an_input_mapping_is_local_and_an_output_mapping_picks_what_leaves(drive):
    mapping = d.mapping({"local": "=outer + 1", "second": "=local + 1"}, {"result": "=answer * second", "kept": "yes"})
    case = drive(d.diagram(d.user("task", mapping), d.user("after"), d.path("start", "task", "after", "end")))
    case.start(outer=1).complete("task", answer=10, noise="x")
    assert case.variables == {"outer": 1, "result": 30, "kept": "yes"}


def test_without_output_mapping_a_value_goes_where_its_name_exists(drive):
    inside = d.sub(
        "sub",
        d.start("s"),
        d.user("inner"),
        d.end("e"),
        d.path("s", "inner", "e"),
        extensions=d.mapping({"mine": "=1"}),
    )
    case = drive(d.diagram(inside, d.user("after"), d.path("start", "sub", "after", "end"))).start(outer=0)
    case.complete("inner", mine=2, outer=3, fresh=4)
    assert case.variables == {"outer": 3, "fresh": 4}


def test_dotted_targets_build_contexts_and_keep_what_is_there(drive):
    mapping = d.mapping(None, {"school.head.name": "=name", "school.size": "=5"})
    case = drive(d.diagram(d.user("task", mapping), d.user("after"), d.path("start", "task", "after", "end")))
    case.start(school={"id": "s01", "head": {"id": 7}}).complete("task", name="王芳")
    assert case.variables == {"school": {"id": "s01", "head": {"id": 7, "name": "王芳"}, "size": 5}}


def called(**attributes: str) -> bytes:
    inner = d.process(
        d.start("start"), d.user("inner"), d.end("end"), d.path("start", "inner", "end"), id_="inside"
    )  # the same ids as in the caller, as modelling tools make them
    outer = d.process(
        d.start("start"), d.gateway("parallel", "fork"), d.call("call", "inside", **attributes), d.user("beside"),
        d.user("after"), d.gateway("parallel", "join"), d.end("end"),
        d.path("start", "fork", "call", "join", "after", "end"), d.path("fork", "beside", "join"),
    )  # fmt: skip
    return d.document(inner, outer)


def test_a_called_process_works_on_a_copy_and_gives_back_only_what_it_wrote(drive):
    case = drive(called()).start(a=1, b=1)
    case.complete("beside", a=2)
    case.complete("inner", b=3, c=4)
    assert case.open == ["after"]
    assert case.variables == {"a": 2, "b": 3, "c": 4}


def test_a_called_process_may_keep_its_variables_to_itself(drive):
    case = drive(called(propagateAllChildVariables="false")).start(a=1)
    assert case.complete("inner", a=5, c=4).variables == {"a": 1}


def test_a_called_process_may_see_its_input_mapping_only(drive):
    inner = d.process(
        d.start("s"), d.script("see", "=[given, secret]", "seen"), d.end("e"), d.path("s", "see", "e"), id_="inside"
    )
    call = d.call("call", "inside", d.mapping({"given": "=secret + 1"}), propagateAllParentVariables="false")
    case = drive(
        d.document(inner, d.process(d.start(), call, d.user("t"), d.end(), d.path("start", "call", "t", "end")))
    )
    assert case.start(secret=1).variables == {"secret": 1, "seen": [2, None]}


def test_each_change_is_written_down_once_with_old_and_new(drive, session):
    diagram = d.diagram(
        d.user("first"), d.script("double", "=n * 2", "n"), d.user("second"),
        d.path("start", "first", "double", "second", "end"),
    )  # fmt: skip
    case = drive(diagram).start(n=1, same=[1])
    case.complete("first", n=4, same=[1], flag=True)
    assert dict(case.step.changed) == {"n": (1, 8), "flag": (None, True)}
    rows = session.execute(
        select(VariableChange.name, VariableChange.old, VariableChange.new, VariableChange.element_id)
        .where(VariableChange.version == 2)
        .order_by(VariableChange.name)
    ).all()
    assert rows == [("flag", None, True, "first"), ("n", 1, 8, "double")]


def test_one_and_true_are_different_values(drive):
    case = drive(d.line(2)).start(flag=1)
    assert dict(case.complete("t0", flag=True).step.changed) == {"flag": (1, True)}


def test_writing_null_where_nothing_was_is_a_change(drive):
    case = drive(d.line(2)).start()
    assert dict(case.complete("t0", nothing=None).step.changed) == {"nothing": (None, None)}
    assert case.variables == {"nothing": None}


def test_a_budget_overrun_in_an_expression_faults_with_its_element_and_leaves_nothing(drive):
    diagram = d.diagram(
        d.user("first"), d.script("burn", "=for i in 1..100000, j in 1..100000 return i * j", "x"),
        d.path("start", "first", "burn", "end"),
    )  # fmt: skip
    case = drive(diagram).start()
    before = (case.held.version, case.held.tokens)
    with pytest.raises(EngineFault) as fault:
        case.complete("first")
    assert (fault.value.code, fault.value.element_id) == ("engine.expression", "burn")
    assert (case.held.version, case.held.tokens) == before


TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="route" name="route"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie" typeRef="number"><text>n</text></inputExpression></input>
<output id="o" name="route" typeRef="string"/>
<rule id="small"><inputEntry id="a"><text>&lt; 3</text></inputEntry>
<outputEntry id="b"><text>"filing"</text></outputEntry></rule>
<rule id="big"><inputEntry id="c"><text>-</text></inputEntry>
<outputEntry id="e"><text>"approval"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_decision_results_and_the_rules_that_matched_come_with_the_step(drive):
    diagram = d.diagram(d.rule("ask", "route", "answer"), d.user("t"), d.path("start", "ask", "t", "end"))
    case = drive(diagram, decisions=parse_decisions(TABLE)).start(n=3)
    assert case.variables == {"n": 3, "answer": "approval"}
    (made,) = case.step.decisions
    assert (made.element_id, made.decision_id, made.value) == ("ask", "route", "approval")
    assert len(made.rules) == 1
    assert drive(diagram, decisions=parse_decisions(TABLE)).start(n=2).variables["answer"] == "filing"


def test_a_decision_that_was_not_deployed_faults_with_its_element(drive):
    diagram = d.diagram(d.rule("ask", "route", "answer"), d.path("start", "ask", "end"))
    with pytest.raises(EngineFault) as fault:
        drive(diagram).start()
    assert (fault.value.code, fault.value.element_id) == ("engine.decision_unknown", "ask")
