"""Decisions that require others, functions, boxed expressions and types."""

from collections.abc import Callable

import pytest

from workflows.decisions import Decision
from workflows.feel import FeelBudgetError, Scope

Parse = Callable[[str], dict[str, Decision]]


def _literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def _needs(*ids: str, kind: str = "requiredDecision") -> str:
    return "".join(f'<informationRequirement><{kind} href="#{key}"/></informationRequirement>' for key in ids)


def _knows(key: str) -> str:
    return f'<knowledgeRequirement><requiredKnowledge href="#{key}"/></knowledgeRequirement>'


def test_required_decisions_come_first_and_only_once(parse: Parse) -> None:
    body = (
        f'<decision id="base" name="Base Rate">{_literal("count(for i in 1..4000 return i) + x")}</decision>'
        f'<decision id="left" name="Left">{_needs("base")}{_literal("Base Rate + 1")}</decision>'
        f'<decision id="right" name="Right">{_needs("base")}{_literal("Base Rate + 2")}</decision>'
        f'<decision id="top" name="Top">{_needs("left", "right")}{_literal("Left + Right")}</decision>'
    )
    outcome = parse(body)["top"].evaluate({"x": 1}, Scope(steps=40_000))
    assert outcome.value == 8005
    assert outcome.required["left"].required["base"].value == 4001
    with pytest.raises(FeelBudgetError):
        parse(body)["top"].evaluate({"x": 1}, Scope(steps=15_000))


def test_a_chain_that_doubles_at_every_step_is_evaluated_once_per_decision(parse: Parse) -> None:
    body = f'<decision id="d0" name="d0">{_literal("1")}</decision>' + "".join(
        f'<decision id="d{n}" name="d{n}">{_needs(f"d{n - 1}")}{_literal(f"d{n - 1} + d{n - 1}")}</decision>'
        for n in range(1, 31)
    )
    assert parse(body)["d30"].evaluate({}).value == 2**30


def test_a_business_knowledge_model_is_a_function_of_its_parameters_alone(parse: Parse) -> None:
    body = (
        '<businessKnowledgeModel id="f" name="Pay Rate"><encapsulatedLogic>'
        '<formalParameter name="base pay" typeRef="number"/><formalParameter name="years"/>'
        f"{_literal('base pay + years * 10 + (if outside = null then 0 else 1000)')}"
        "</encapsulatedLogic></businessKnowledgeModel>"
        f'<decision id="d" name="d">{_knows("f")}{_literal("Pay Rate(100, 3) + Pay Rate(years: 1, base pay: 200)")}'
        "</decision>"
    )
    assert parse(body)["d"].evaluate({"outside": 1}).value == 340


def test_boxed_context_sees_earlier_entries_and_answers_with_its_last(parse: Parse) -> None:
    body = (
        '<decision id="d" name="d"><context>'
        f'<contextEntry><variable name="yearly pay"/>{_literal("pay * 12")}</contextEntry>'
        f"<contextEntry>{_literal('yearly pay + 1')}</contextEntry></context></decision>"
    )
    assert parse(body)["d"].evaluate({"pay": 10}).value == 121


def test_boxed_invocation_relation_list_and_conditional(parse: Parse) -> None:
    body = (
        '<businessKnowledgeModel id="f" name="add"><encapsulatedLogic><formalParameter name="a"/>'
        f'<formalParameter name="b"/>{_literal("a + b")}</encapsulatedLogic></businessKnowledgeModel>'
        f'<decision id="i" name="i">{_knows("f")}<invocation>{_literal("add")}'
        f'<binding><parameter name="b"/>{_literal("2")}</binding>'
        f'<binding><parameter name="a"/>{_literal("1")}</binding></invocation></decision>'
        '<decision id="r" name="r"><relation><column name="k"/><column name="v"/>'
        f"<row>{_literal('1')}{_literal('x')}</row></relation></decision>"
        f'<decision id="l" name="l"><list>{_literal("1")}{_literal("x")}</list></decision>'
        f'<decision id="c" name="c"><conditional><if>{_literal("x = 5")}</if><then>{_literal("1")}</then>'
        f"<else>{_literal('2')}</else></conditional></decision>"
    )
    found = {key: decision.evaluate({"x": 5}).value for key, decision in parse(body).items()}
    assert found == {"i": 3, "r": [{"k": 1, "v": 5}], "l": [1, 5], "c": 1}


def test_inputs_are_held_to_their_type_and_allowed_values(parse: Parse) -> None:
    body = (
        '<itemDefinition name="tStage"><typeRef>string</typeRef>'
        '<allowedValues><text>"小学", "初中"</text></allowedValues></itemDefinition>'
        '<inputData id="s" name="Stage"><variable name="Stage" typeRef="tStage"/></inputData>'
        f'<decision id="d" name="d">{_needs("s", kind="requiredInput")}'
        f"{_literal('if Stage = null then &quot;?&quot; else Stage')}</decision>"
    )
    decision = parse(body)["d"]
    assert decision.evaluate({"Stage": "小学"}).value == "小学"
    scope = Scope()
    assert decision.evaluate({"Stage": "大学"}, scope).value == "?"
    assert scope.warnings
    assert decision.evaluate({"Stage": 5}).value == "?"


def test_structures_are_checked_member_by_member(parse: Parse) -> None:
    body = (
        '<itemDefinition name="tLoan"><itemComponent name="amount"><typeRef>number</typeRef></itemComponent>'
        '<itemComponent name="parts" isCollection="true"><typeRef>number</typeRef></itemComponent></itemDefinition>'
        '<inputData id="l" name="loan"><variable name="loan" typeRef="tLoan"/></inputData>'
        f'<decision id="d" name="d">{_needs("l", kind="requiredInput")}{_literal("loan.amount + sum(loan.parts)")}'
        "</decision>"
    )
    decision = parse(body)["d"]
    assert decision.evaluate({"loan": {"amount": 1, "parts": [2, 3]}}).value == 6
    assert decision.evaluate({"loan": {"amount": "1", "parts": [2]}}).value is None
    assert decision.evaluate({"loan": {"parts": [2]}}).value is None


def test_a_type_that_refers_to_itself_can_be_read(parse: Parse) -> None:
    body = (
        '<itemDefinition name="tTree"><itemComponent name="child"><typeRef>tTree</typeRef></itemComponent>'
        "</itemDefinition>"
        '<itemDefinition name="tLoop"><typeRef>tLoop</typeRef></itemDefinition>'
        '<inputData id="a" name="a"><variable name="a" typeRef="tTree"/></inputData>'
        '<inputData id="b" name="b"><variable name="b" typeRef="tLoop"/></inputData>'
        f'<decision id="d" name="d">{_needs("a", "b", kind="requiredInput")}{_literal("b")}</decision>'
    )
    assert parse(body)["d"].evaluate({"a": {"child": {"child": None}}, "b": 1}).value == 1
