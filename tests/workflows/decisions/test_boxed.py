"""Boxed filter, iterators, functions and the types of boxes; parts that are missing are named."""

from collections.abc import Callable
from typing import Any

import pytest

from workflows.decisions import Decision, parse_decisions
from workflows.errors import Invalid
from workflows.feel import FeelBudgetError, Scope

from .conftest import definitions

Parse = Callable[[str], dict[str, Decision]]


def _literal(text: str, attributes: str = "") -> str:
    return f"<literalExpression{attributes}><text>{text}</text></literalExpression>"


def _decision(content: str, variable: str = "") -> str:
    return f'<decision id="d" name="d">{variable}{content}</decision>'


def _each(kind: str, domain: str, body: str, part: str = "satisfies") -> str:
    return f'<{kind} iteratorVariable="x y"><in>{_literal(domain)}</in><{part}>{_literal(body)}</{part}></{kind}>'


@pytest.mark.parametrize(
    ("box", "value"),
    [
        (f"<filter><in>{_literal('[1, 2, 3, 4]')}</in><match>{_literal('item > 2')}</match></filter>", [3, 4]),
        (f"<filter><in>{_literal('people')}</in><match>{_literal('age &gt; limit')}</match></filter>",
         [{"name": "乙", "age": 50}]),
        (f"<filter><in>{_literal('[5, 6, 7]')}</in><match>{_literal('-1')}</match></filter>", 7),
        (f"<filter><in>{_literal('null')}</in><match>{_literal('true')}</match></filter>", None),
        (_each("for", "[1, 2, 3]", "x y * limit", "return"), [40, 80, 120]),
        (_each("for", "[1..3]", "x y + count(partial)", "return"), [1, 3, 5]),
        (_each("for", "null", "1", "return"), None),
        (_each("some", "[1, 2]", "x y = 2"), True),
        (_each("some", "[1, null]", "x y = &quot;a&quot;"), None),
        (_each("every", "[1, 2]", "x y &lt; 3"), True),
        (_each("every", "[1, 2]", "x y &lt; 2"), False),
        (_each("every", "[]", "false"), True),
    ],
)  # fmt: skip
def test_boxes_that_go_through_a_list(parse: Parse, box: str, value: Any) -> None:
    people = [{"name": "甲", "age": 30}, {"name": "乙", "age": 50}]
    assert parse(_decision(box))["d"].evaluate({"people": people, "limit": 40}).value == value


def test_a_conditional_without_else_part_is_refused_with_its_part(parse: Parse) -> None:
    with pytest.raises(Invalid) as caught:
        parse(_decision(f"<conditional><if>{_literal('true')}</if><then>{_literal('1')}</then></conditional>"))
    (fault,) = caught.value.faults
    assert (fault.code, fault.params["part"]) == ("decision.part", "else")
    assert "else" in fault.message and "else" in fault.params["message_en"]


def test_an_endless_boxed_loop_ends_with_its_budget(parse: Parse) -> None:
    box = _each("for", "[1..100000000]", "x y", "return")
    with pytest.raises(FeelBudgetError):
        parse(_decision(box))["d"].evaluate({}, Scope(steps=10_000))


def test_a_function_in_a_context_may_call_itself_and_sees_what_lies_around_it(parse: Parse) -> None:
    factorial = (
        '<contextEntry><variable name="f"/><functionDefinition><formalParameter name="n" typeRef="number"/>'
        f"{_literal('if n &lt; 2 then base else n * f(n - 1)')}</functionDefinition></contextEntry>"
    )
    box = f"<context>{factorial}<contextEntry>{_literal('f(5)')}</contextEntry></context>"
    assert parse(_decision(box))["d"].evaluate({"base": 1}).value == 120


def test_a_boxed_invocation_may_call_a_built_in_function(parse: Parse) -> None:
    box = (
        f'<invocation>{_literal("substring")}<binding><parameter name="string"/>{_literal("&quot;lectern&quot;")}'
        f'</binding><binding><parameter name="start position"/>{_literal("4")}</binding></invocation>'
    )
    assert parse(_decision(box))["d"].evaluate({}).value == "tern"


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_a_function_in_another_language_is_refused_in_words(parse: Parse, kind: str) -> None:
    function = f'<functionDefinition kind="{kind}"><context/></functionDefinition>'
    with pytest.raises(Invalid) as caught:
        parse(_decision(function))
    (fault,) = caught.value.faults
    assert fault.code == "decision.function_kind"
    assert kind in fault.message
    assert "FEEL" in fault.params["remedy_en"]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (_literal("&quot;x&quot;", ' typeRef="number"'), None),
        (_literal("[7]", ' typeRef="number"'), 7),
        (f'<list typeRef="number">{_literal("7")}</list>', 7),
        (f'<context typeRef="string"><contextEntry>{_literal("1")}</contextEntry></context>', None),
        (f'<relation><column name="k" typeRef="number"/><row>{_literal("&quot;x&quot;")}</row></relation>',
         [{"k": None}]),
    ],
)  # fmt: skip
def test_a_box_holds_its_value_to_its_type(parse: Parse, content: str, value: Any) -> None:
    scope = Scope()
    assert parse(_decision(content))["d"].evaluate({}, scope).value == value
    assert bool(scope.warnings) == (value in (None, [{"k": None}]))


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_edition_of_the_standard_is_read(namespace: str) -> None:
    variable = '<variable name="d" typeRef="number"/>'
    xml = definitions(_decision(_literal("[1]"), variable))
    xml = xml.replace(b"https://www.omg.org/spec/DMN/20191111/MODEL/", namespace.encode())
    assert parse_decisions(xml)["d"].evaluate({}).value == 1


def test_types_may_carry_the_prefix_of_feel_or_none(parse: Parse) -> None:
    body = (
        '<itemDefinition name="tPay"><typeRef xmlns:feel="http://www.omg.org/spec/FEEL/20140401">feel:number</typeRef>'
        "</itemDefinition>"
        + _decision(_literal("[5]"), '<variable name="d" typeRef="tPay"/>')
    )  # fmt: skip
    assert parse(body)["d"].evaluate({}).value == 5


def test_a_type_that_does_not_exist_is_named(parse: Parse) -> None:
    with pytest.raises(Invalid) as caught:
        parse(_decision(_literal("1"), '<variable name="d" typeRef="tGone"/>'))
    assert [fault.code for fault in caught.value.faults] == ["decision.type"]
    assert "tGone" in caught.value.faults[0].message


@pytest.mark.parametrize(
    ("definition", "value", "expected"),
    [
        ("<typeRef>number</typeRef>", [1, 2], [1, 2]),
        ("<typeRef>number</typeRef>", 1, [1]),
        ("<typeRef>number</typeRef>", [1, "x"], None),
        ("<typeRef>number</typeRef><allowedValues><text>[1..5]</text></allowedValues>", [1, 9], None),
        ("<typeRef>number</typeRef><allowedValues><text>[1..5]</text></allowedValues>", [1, 5], [1, 5]),
        ("<typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint>", [1, 9], [1, 9]),
        ("<typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint>", [1], None),
    ],
)
def test_lists_are_held_to_what_their_items_and_they_may_be(
    parse: Parse, definition: str, value: Any, expected: Any
) -> None:
    body = (
        f'<itemDefinition name="tList" isCollection="true">{definition}</itemDefinition>'
        '<inputData id="i" name="i"><variable name="i" typeRef="tList"/></inputData>'
        + _decision('<informationRequirement><requiredInput href="#i"/></informationRequirement>' + _literal("i"))
    )
    assert parse(body)["d"].evaluate({"i": value}).value == expected


def test_a_function_type_asks_for_its_number_of_parameters(parse: Parse) -> None:
    function = '<functionItem outputTypeRef="number"><parameters name="a"/></functionItem>'
    kind = f'<itemDefinition name="tF">{function}</itemDefinition>'
    call = "<contextEntry><variable name='f' typeRef='tF'/>{}</contextEntry><contextEntry>{}</contextEntry>"
    good = call.format(_literal("function(a) a + 1"), _literal("f(1)"))
    assert parse(kind + _decision(f"<context>{good}</context>"))["d"].evaluate({}).value == 2


def test_texts_are_dates_only_where_values_come_as_json(parse: Parse) -> None:
    body = '<inputData id="i" name="i"><variable name="i" typeRef="date"/></inputData>' + _decision(
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>' + _literal("i.year")
    )
    decision = parse(body)["d"]
    assert decision.evaluate({"i": "2026-09-01"}).value == 2026
    assert decision.evaluate({"i": "2026-09-01"}, typed=True).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 instance of tStep", True),
        ("9 instance of tStep", False),
        ('"x" instance of tStep', False),
        ("null instance of tStep", False),
        ("[1, 5] instance of list&lt;tStep&gt;", True),
        ("[1, 5] instance of tSteps", True),
        ("[1, 9] instance of tSteps", False),
        ("{step: 1, more: 2} instance of the case", True),
        ("{more: 2} instance of the case", False),
        ("(function(a: tStep) a + 1)(2)", 3),
        ('(function(a: tStep) a)("x")', None),
        ("5 instance of tGone", None),
    ],
)
def test_feel_asks_for_the_types_of_the_model(parse: Parse, text: str, value: Any) -> None:
    types = (
        '<itemDefinition name="tStep"><typeRef>number</typeRef><allowedValues><text>[1..5]</text></allowedValues>'
        '</itemDefinition><itemDefinition name="tSteps" isCollection="true"><typeRef>tStep</typeRef></itemDefinition>'
        '<itemDefinition name="the case"><itemComponent name="step"><typeRef>tStep</typeRef></itemComponent>'
        "</itemDefinition>"
    )
    assert parse(types + _decision(_literal(text)))["d"].evaluate({}).value == value
