"""What a diagram becomes, and how it is refused: element, line, words and a remedy."""

import pytest

from tests.workflows import diagrams as d
from workflows.dialect import parse
from workflows.errors import Fault, Invalid


def faults(diagram: bytes) -> list[Fault]:
    with pytest.raises(Invalid) as refused:
        parse({"main.bpmn": diagram}, "main")
    assert refused.value.code == "diagram.invalid"
    return list(refused.value.faults)


def refused(*inside: str, around: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    found = faults(d.diagram(*inside, around=around))
    for fault in found:
        assert fault.message
        assert fault.params["message_en"]
        assert fault.params["remedy"]
        assert fault.params["remedy_en"]
        assert fault.params["line"] > 0
        assert fault.params["file"] == "main.bpmn"
    return [(fault.path, fault.code) for fault in found]


STRAIGHT = d.path("start", "x", "end")
SUPPORTED = d.path("start", "end")


@pytest.mark.parametrize("kind", ["complexGateway", "adHocSubProcess", "transaction", "somethingElse"])
def test_a_node_that_would_run_wrongly_is_refused(kind):
    assert ("x", "diagram.unsupported") in refused(d.node(kind, "x"), STRAIGHT)


def test_an_event_sub_process_is_refused():
    assert refused(d.node("subProcess", "x", d.start("s"), triggeredByEvent="true"), SUPPORTED) == [
        ("x", "diagram.unsupported")
    ]


@pytest.mark.parametrize("kind", ["signal", "link", "conditional", "compensate", "cancel", "escalation", "error"])
def test_catch_events_of_other_kinds_are_refused(kind):
    assert refused(d.catch("x", d.tag(f"bpmn:{kind}EventDefinition")), STRAIGHT) == [("x", "diagram.unsupported")]


def test_several_definitions_on_one_event_are_refused():
    both = d.timer("Duration", "P1D") + d.on("message", "m")
    assert refused(d.catch("x", both), STRAIGHT, around=(d.message("m"),)) == [("x", "diagram.unsupported")]


@pytest.mark.parametrize("name", ["executionListeners", "taskListeners"])
def test_listeners_are_refused_because_nobody_would_run_them(name):
    assert refused(d.user("x", d.zeebe(name)), STRAIGHT) == [("x", "diagram.unsupported")]


def test_a_standard_loop_is_refused():
    loop = d.tag("bpmn:standardLoopCharacteristics", loopMaximum="3")
    assert refused(d.user("x", inside=loop), STRAIGHT) == [("x", "diagram.unsupported")]


@pytest.mark.parametrize("name", ["Start", "End", "Root", "x [child]", "main.EndJoin"])
def test_ids_that_the_engine_uses_itself_are_refused(name):
    assert refused(d.user(name), d.path("start", name, "end")) == [(name, "diagram.reserved_id")]


def test_an_id_may_occur_once_only_also_across_sub_processes():
    inside = d.sub("sub", d.start("s"), d.user("x"), d.end("e"), d.path("s", "x", "e"))
    assert refused(d.user("x"), inside, d.path("start", "x", "sub", "end"))[0] == ("x", "diagram.duplicate_id")


def test_every_scope_has_exactly_one_plain_start_event():
    assert refused(d.start("second"), SUPPORTED, d.path("second", "end")) == [("main", "diagram.start_event")]
    assert refused(d.sub("x", d.end("e")), STRAIGHT) == [("x", "diagram.start_event")]
    timed = d.node("startEvent", "timed", d.timer("Cycle", "R/2027-03-01/P1Y"))
    assert refused(d.sub("x", timed, d.end("e"), d.path("timed", "e")), STRAIGHT) == [("timed", "diagram.unsupported")]


def test_flows_must_lead_somewhere_in_their_own_scope():
    inside = d.sub("sub", d.start("s"), d.end("e"), d.path("s", "e"))
    assert ("s_end", "diagram.dangling_flow") in refused(inside, d.path("start", "sub", "end"), d.flow("s", "end"))
    assert ("start_gone", "diagram.dangling_flow") in refused(SUPPORTED, d.flow("start", "gone"))


@pytest.mark.parametrize(
    ("parts", "finding"),
    [
        ((d.user("x"), d.user("y"), STRAIGHT, d.path("x", "y")), ("x", "diagram.implicit_split")),
        ((d.user("x"), d.path("start", "x"), d.flow("x", "end", "=a")), ("x_end", "diagram.conditional_flow")),
        ((d.gateway("exclusive", "x"), d.user("y"), STRAIGHT, d.path("x", "y")), ("x", "diagram.no_condition")),
        ((d.gateway("exclusive", "x", "x_end"), d.user("y"), STRAIGHT, d.flow("x", "y", "a > 1")),
         ("x_y", "diagram.literal_condition")),
        ((d.gateway("exclusive", "x", "x_end"), d.user("y"), STRAIGHT, d.flow("x", "y", "=a >")),
         ("x_y", "diagram.expression")),
        ((d.gateway("eventBased", "x"), d.user("y"), d.path("start", "x", "y", "end")), ("x", "diagram.event_gateway")),
        ((d.user("x"), d.boundary("b", "nobody", d.timer("Duration", "P1D")), STRAIGHT), ("b", "diagram.attached")),
        ((d.user("x"), d.boundary("b", "x", d.timer("Duration", "P1D")), STRAIGHT, d.path("x", "b")),
         ("b", "diagram.incoming")),
        ((d.user("x"), STRAIGHT, d.path("end", "x")), ("end", "diagram.outgoing")),
        ((d.gateway("parallel", "f"), d.gateway("parallel", "x"), d.path("start", "f"), d.flow("f", "x", None, "f1"),
          d.flow("f", "x", None, "f2"), d.path("x", "end")), ("x", "diagram.double_flow")),
        ((d.node("serviceTask", "x"), STRAIGHT), ("x", "diagram.missing")),
        ((d.service("x", "=name"), STRAIGHT), ("x", "diagram.dynamic")),
        ((d.node("businessRuleTask", "x"), STRAIGHT), ("x", "diagram.missing")),
        ((d.rule("x", "=table", "r"), STRAIGHT), ("x", "diagram.dynamic")),
        ((d.rule("x", "table", ""), STRAIGHT), ("x", "diagram.variable_name")),
        ((d.script("x", "=1 +", "r"), STRAIGHT), ("x", "diagram.expression")),
        ((d.call("x", "=name"), STRAIGHT), ("x", "diagram.dynamic")),
        ((d.call("x", "nobody"), STRAIGHT), ("x", "diagram.called")),
        ((d.call("x", "main"), STRAIGHT), ("x", "diagram.recursive_call")),
        ((d.user("x", inside=d.tag("bpmn:multiInstanceLoopCharacteristics")), STRAIGHT), ("x", "diagram.missing")),
        ((d.catch("x", d.timer("Duration", "soon")), STRAIGHT), ("x", "diagram.timer")),
        ((d.catch("x", d.timer("Cycle", "R/PT0S")), STRAIGHT), ("x", "diagram.timer")),
        ((d.catch("x", d.timer("Duration", "R3/P1D")), STRAIGHT), ("x", "diagram.timer")),
        ((d.catch("x", d.timer("Cycle", "P1D")), STRAIGHT), ("x", "diagram.timer")),
        ((d.catch("x", d.on("message")), STRAIGHT), ("x", "diagram.missing")),
        ((d.user("x", d.zeebe("assignmentDefinition", assignee="=a b c")), STRAIGHT), ("x", "diagram.expression")),
        ((d.user("x", d.zeebe("priorityDefinition", priority="high")), STRAIGHT), ("x", "diagram.priority")),
        ((d.user("x", d.mapping({"a..b": "=1"})), STRAIGHT), ("x", "diagram.variable_name")),
        ((d.end("x", outcome="great"), d.path("start", "x")), ("x", "diagram.outcome")),
    ],
)  # fmt: skip
def test_what_cannot_be_executed_is_refused_at_its_element(parts, finding):
    assert finding in refused(*parts)


def test_all_faults_come_at_once_shape_and_texts():
    found = refused(d.node("complexGateway", "x"), d.script("y", "=1 +", "r"), d.path("start", "x", "y", "end"))
    assert set(found) == {("x", "diagram.unsupported"), ("y", "diagram.expression")}


def test_an_absent_or_not_executable_process_is_refused():
    assert [fault.code for fault in faults(d.document())] == ["diagram.no_process"]
    off = d.line(1).replace(b'isExecutable="true"', b'isExecutable="false"')
    assert [fault.code for fault in faults(off)] == ["diagram.no_process"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "xml.doctype"),
        (b"<bpmn:definitions", "xml.malformed"),
        (b"<x>" + b" " * 10_000_000 + b"</x>", "xml.too_large"),
    ],
)
def test_files_that_must_not_be_read_are_refused(content, code):
    with pytest.raises(Invalid) as refusal:
        parse({"main.bpmn": content}, "main")
    assert refusal.value.code == code


def test_the_line_of_a_fault_is_the_line_of_its_element():
    diagram = d.diagram(d.user("a"), d.node("serviceTask", "b"), d.path("start", "a", "b", "end"))
    (fault,) = faults(diagram)
    assert b'id="b"' in diagram.splitlines()[fault.params["line"] - 1]


def test_elements_keep_everything_an_author_wrote():
    diagram = d.document(d.process(
        d.extra(d.properties(title='="招聘 " + school', caseNumber="ZP-{year}-{seq:4}")), d.start(),
        d.node("userTask", "t", d.extra(d.zeebe("formDefinition", formId="f1"), d.properties(signing="all")),
               name="审核"),
        d.node("exclusiveGateway", "g", d.extra(d.properties(note="why")), default="yes"),
        d.end(), d.end("no", outcome="rejected"), d.path("start", "t", "g"), d.flow("g", "no", "=a"),
        d.node("sequenceFlow", "yes", d.extra(d.properties(label="同意")), sourceRef="g", targetRef="end"),
    ))  # fmt: skip
    spec = parse({"main.bpmn": diagram}, "main")
    assert spec.process.properties == {"title": '="招聘 " + school', "caseNumber": "ZP-{year}-{seq:4}"}
    task, gateway, flow = (spec.elements[name] for name in ("t", "g", "yes"))
    assert (task.kind, task.name, task.form_id, task.properties, task.scope) == (
        "userTask", "审核", "f1", {"signing": "all"}, "main"
    )  # fmt: skip
    assert (gateway.properties, gateway.incoming, gateway.outgoing, gateway.default) == (
        {"note": "why"}, ("t_g",), ("g_no", "yes"), "yes"
    )  # fmt: skip
    assert (flow.kind, flow.source, flow.target, flow.properties) == ("sequenceFlow", "g", "end", {"label": "同意"})
    assert spec.elements["g_no"].condition == "=a"
    assert spec.elements["no"].properties["outcome"] == "rejected"
    assert spec.element("nobody") is None


def test_called_processes_come_from_other_files_with_their_own_messages_and_the_same_ids(drive):
    inner = d.document(
        d.message("two").replace("message_two", "message_one"),
        d.process(
            d.start(), d.catch("wait", d.on("message", "one")), d.end(), d.path("start", "wait", "end"), id_="in"
        ),
    )
    outer = d.document(
        d.message("one"),
        d.process(
            d.start(), d.catch("wait", d.on("message", "one")), d.call("call", "in"), d.end(),
            d.path("start", "wait", "call", "end"),
        ),
    )  # fmt: skip
    case = drive(outer, inner).start(key="k")
    assert [row.name for row in case.subscriptions] == ["one"]
    case.deliver("wait")
    assert [row.name for row in case.subscriptions] == ["two"]
    assert case.deliver("wait").state == "completed"
    assert case.flow.spec.called.keys() == {"in"}


def test_a_thousand_nodes_in_a_row_are_parsed_and_run(drive):
    case = drive(d.line(1000)).start()
    for number in range(3):
        case.complete(f"t{number}")
    assert case.open == ["t3"]


def test_one_parsed_diagram_serves_many_threads(drive):
    from concurrent.futures import ThreadPoolExecutor

    from tests.workflows.blocks import draw
    from tests.workflows.walk import Walk

    spec = parse({"main.bpmn": draw(7)}, "main")

    def whole(_: int) -> int:
        walk, steps = Walk(spec, {"c": 0}), 0
        while not walk.completed and steps < 200:
            walk.complete(0) if walk.ready() else walk.happen(walk.waits()[0])
            steps += 1
        return steps

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(whole, range(40)))) == 1
