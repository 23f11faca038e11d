"""Policy parameters in FEEL: read wherever a diagram holds an expression, and told with the step that read them."""

from dataclasses import replace

import pytest

from tests.workflows import diagrams as d
from workflows.decisions import parse_decisions

PARAMETERS = {"exchange_percent": 8, "grace_days": 3, "lock_years": 5, "clerk": "hr", "unread": 1}
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="base" name="base rate"><literalExpression><text>parameters.exchange_percent / 2</text></literalExpression>
</decision><decision id="route" name="the route"><informationRequirement><requiredDecision href="#base"/>
</informationRequirement><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie" typeRef="number"><text>n</text></inputExpression></input><output id="o"/>
<rule id="r1"><inputEntry id="a"><text>&lt; base rate</text></inputEntry><outputEntry id="b"><text>"few"</text>
</outputEntry></rule><rule id="r2"><inputEntry id="c"><text>-</text></inputEntry><outputEntry id="e">
<text>if parameters.lock_years &gt; 3 then "many" else "some"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


@pytest.fixture
def start(drive):
    def run(diagram, **variables):
        case = drive(diagram, decisions=parse_decisions(TABLE))
        case.around = replace(case.around, parameters=PARAMETERS)
        return case.start(**variables)

    return run


def test_a_condition_reads_parameters_and_the_step_says_which(start):
    diagram = d.diagram(
        d.gateway("exclusive", "g", default="g_b"), d.user("a"), d.user("b"),
        d.path("start", "g"), d.path("g", "b", "end"),
        d.flow("g", "a", "=share < parameters.exchange_percent"), d.path("a", "end"),
    )  # fmt: skip
    low, high = start(diagram, share=7), start(diagram, share=9)
    assert (low.open, high.open) == (["a"], ["b"])
    assert low.step.weighed == high.step.weighed == ("exchange_percent",)


def test_deadlines_and_assignments_read_parameters_and_are_no_reason_for_the_way(start):
    due = d.properties(dueIn='=string(parameters.grace_days) + " workdays"')
    who = d.zeebe("assignmentDefinition", candidateGroups="=parameters.clerk")
    case = start(d.diagram(d.user("t", due, who), d.path("start", "t", "end")))
    (opened,) = case.step.opened
    assert (opened.properties["dueIn"], opened.candidate_groups) == ("3 workdays", ("hr",))
    assert case.step.weighed == ()


def test_a_decision_tells_the_parameters_that_it_and_the_decisions_below_it_read(start):
    diagram = d.diagram(
        d.script("before", "=parameters.grace_days", "days"), d.rule("ask", "route", "answer"), d.user("t"),
        d.path("start", "before", "ask", "t", "end"),
    )  # fmt: skip
    few, many = start(diagram, n=3), start(diagram, n=4)
    assert [made.parameters for made in few.step.decisions] == [("exchange_percent",)]
    (made,) = many.step.decisions
    assert (made.value, made.name, made.parameters) == ("many", "the route", ("exchange_percent", "lock_years"))
    assert [(rule.table, rule.index) for rule in made.rules] == [("the route", 2)]


def test_a_variable_of_that_name_comes_before_the_parameters(start):
    diagram = d.diagram(
        d.script("s", "=parameters.exchange_percent", "found"), d.user("t"), d.path("start", "s", "t", "end")
    )
    case = start(diagram, parameters={"exchange_percent": 1})
    assert case.variables["found"] == 1
