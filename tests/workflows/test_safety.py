"""No text of a diagram is ever executed, and no restored case has SpiffWorkflow's own script engine."""

import pytest
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from tests.workflows import diagrams as d
from workflows.case import Case
from workflows.dialect import parse
from workflows.environment import Environment, Sealed
from workflows.errors import Invalid
from workflows.failures import EngineFault
from workflows.tokens.marking import load

HARM = "__import__('os').system('touch /tmp/lectern-was-here')"


def test_a_case_cannot_be_made_without_its_environment_and_never_has_the_stock_engine(drive):
    case = drive(d.diagram(d.sub("sub", d.start("s"), d.user("t"), d.end("e"), d.path("s", "t", "e")),
                           d.path("start", "sub", "end"))).start()  # fmt: skip
    restored = load(Case(case.flow.spec.main, Sealed(), {}), case.held.tokens)
    engines = [scope.script_engine for scope in restored.every()]
    assert len(engines) == 2
    assert all(isinstance(engine, Sealed) and not isinstance(engine, PythonScriptEngine) for engine in engines)
    with pytest.raises(TypeError):
        Case(case.flow.spec.main)  # type: ignore[call-arg]


def test_the_doors_that_spiffworkflow_would_use_are_shut(drive):
    case = drive(d.line(1))
    environment = Environment(case.flow, case.around, "case")
    live = Case(case.flow.spec.main, environment, {})
    live.begin()
    (token,) = live.top()
    for knock in (
        lambda: environment.execute(token, HARM),
        lambda: environment.call_service(token, operation_name="x"),
        lambda: environment.evaluate(token, HARM),
        lambda: environment.environment.execute(HARM, {}),
        lambda: Sealed().evaluate(HARM, {}),
    ):
        with pytest.raises(EngineFault):
            knock()


def test_a_python_script_is_refused_with_a_remedy():
    script = d.node("scriptTask", "s", d.tag("bpmn:script", HARM), scriptFormat="python")
    with pytest.raises(Invalid) as refused:
        parse({"m.bpmn": d.diagram(script, d.path("start", "s", "end"))}, "main")
    (fault,) = refused.value.faults
    assert (fault.path, fault.code) == ("s", "diagram.missing")
    assert "FEEL" in fault.params["remedy"]
    assert fault.params["line"] > 1


def test_python_in_an_expression_is_a_syntax_error_at_deployment():
    with pytest.raises(Invalid) as refused:
        parse({"m.bpmn": d.diagram(d.script("s", f"={HARM}", "x"), d.path("start", "s", "end"))}, "main")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("s", "diagram.expression")]


def test_python_as_a_value_stays_a_text(drive):
    case = drive(d.diagram(d.script("s", "=given", "x"), d.path("start", "s", "end"))).start(given=HARM)
    assert case.variables["x"] == HARM
