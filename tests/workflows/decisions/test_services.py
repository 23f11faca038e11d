"""Business knowledge models that call each other, decision services, and models that import others."""

import pytest

from workflows.decisions import Decision, Knowledge, ServiceModel, parse_decisions, read_models
from workflows.errors import Invalid
from workflows.feel import FeelBudgetError, Scope

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def _literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def _file(namespace: str, body: str) -> bytes:
    return f'<definitions xmlns="{DMN}" name="{namespace}" namespace="urn:{namespace}">{body}</definitions>'.encode()


def _function(key: str, parameters: str, text: str, *known: str) -> str:
    needs = "".join(f'<knowledgeRequirement><requiredKnowledge href="#{one}"/></knowledgeRequirement>' for one in known)
    formal = "".join(f'<formalParameter name="{name}" typeRef="number"/>' for name in parameters.split(","))
    return (
        f'<businessKnowledgeModel id="{key.replace(" ", "_")}" name="{key}"><encapsulatedLogic>{formal}{_literal(text)}'
        f"</encapsulatedLogic>{needs}</businessKnowledgeModel>"
    )


def _decision(key: str, text: str, *, needs: str = "", inputs: str = "", knows: str = "", type_ref: str = "Any") -> str:
    required = "".join(
        f'<informationRequirement><required{kind} href="{href}"/></informationRequirement>'
        for kind, hrefs in (("Decision", needs), ("Input", inputs))
        for href in hrefs.split()
    )
    known = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{h}"/></knowledgeRequirement>' for h in knows.split()
    )
    return (
        f'<decision id="{key}" name="{key}"><variable name="{key}" typeRef="{type_ref}"/>{required}{known}'
        f"{_literal(text)}</decision>"
    )


INPUTS = (
    '<inputData id="age" name="age"><variable name="age" typeRef="number"/></inputData>'
    '<inputData id="years" name="years"><variable name="years" typeRef="number"/></inputData>'
)
SERVICE = (
    INPUTS
    + _decision("level", "if age &gt; 50 then 2 else 1", inputs="#age")
    + _decision("bonus", "level * 10 + years", needs="#level", inputs="#years")
    + _decision("note", 'string(bonus) + "!"', needs="#bonus")
    + '<decisionService id="one" name="one"><outputDecision href="#bonus"/><encapsulatedDecision href="#level"/>'
    '<inputData href="#age"/><inputData href="#years"/></decisionService>'
    '<decisionService id="two" name="two"><outputDecision href="#bonus"/><outputDecision href="#note"/>'
    '<inputDecision href="#level"/><inputData href="#years"/></decisionService>'
)


def _model(body: str) -> dict[str, Decision]:
    return parse_decisions(_file("m", body), "m.dmn")


def test_functions_call_those_that_they_require() -> None:
    body = (
        _function("twice", "x", "x * 2")
        + _function("more", "x", "twice(x) + 1", "twice")
        + _decision("d", "more(4)", knows="#more")
        + _decision("e", "twice(4)", knows="#more")
    )
    found = _model(body)
    assert found["d"].evaluate({}).value == 9
    assert found["e"].evaluate({}).value is None, "a decision sees only the functions that it requires"


def test_functions_may_call_each_other_in_turn() -> None:
    body = (
        _function("even", "n", "if n = 0 then true else odd(n - 1)", "odd")
        + _function("odd", "n", "if n = 0 then false else even(n - 1)", "even")
        + _decision("d", "even(n)", knows="#even")
    )
    assert _model(body)["d"].evaluate({"n": 7}).value is False
    with pytest.raises(FeelBudgetError):
        _model(body)["d"].evaluate({"n": 1000})


def test_the_table_of_a_function_gives_its_rows_as_reason() -> None:
    table = (
        '<decisionTable><input label="x"><inputExpression><text>x</text></inputExpression></input><output name="o"/>'
        '<rule id="r1"><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>"low"</text></outputEntry>'
        "</rule>"
        '<rule id="r2"><inputEntry><text>&gt;= 5</text></inputEntry><outputEntry><text>"high"</text></outputEntry>'
        "</rule></decisionTable>"
    )
    function = (
        '<businessKnowledgeModel id="f" name="档次"><encapsulatedLogic><formalParameter name="x"/>'
        f"{table}</encapsulatedLogic></businessKnowledgeModel>"
    )
    outcome = _model(function + _decision("d", "[档次(1), 档次(7)]", knows="#f"))["d"].evaluate({})
    assert outcome.value == ["low", "high"]
    assert [(rule.table, rule.id, rule.inputs) for rule in outcome.rules] == [
        ("档次", "r1", {"x": 1}),
        ("档次", "r2", {"x": 7}),
    ]


def test_a_decision_service_is_a_function_of_its_inputs() -> None:
    model = read_models({"m.dmn": _file("m", SERVICE)})["m.dmn"]
    one, two = model.named("one"), model.named("two")
    assert isinstance(one, ServiceModel) and isinstance(two, ServiceModel)
    assert one.evaluate({"age": 60, "years": 3}).value == 23
    assert two.evaluate({"level": 5, "years": 3, "age": 60}).value == {"bonus": 53, "note": "53!"}
    assert one.evaluate({"years": 3}).value == 13, "what is not given is null"
    scope = Scope()
    assert one.evaluate({"age": "old", "years": 3}, scope).value is None
    assert [warning.text("en") for warning in scope.warnings] == ["expected number, found string"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one(60, 3)", 23),
        ("one(years: 3, age: 60)", 23),
        ("two(3, 5).bonus", 53),
        ("one(60)", None),
        ('one("old", 3)', None),
        ("one(60, 3, 4)", None),
        ("one(age: 60, other: 3)", None),
    ],
)
def test_decisions_call_a_service_in_feel(text: str, value: object) -> None:
    found, scope = _model(SERVICE + _decision("d", text, knows="#one #two"))["d"], Scope()
    assert found.evaluate({"age": 1, "years": 1}, scope).value == value
    assert [bool(warning.text("zh") and warning.text("en")) for warning in scope.warnings] == [True] * (value is None)


def test_a_service_without_output_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        _model('<decisionService id="s" name="空"/>')
    assert [fault.code for fault in caught.value.faults] == ["decision.service"]
    assert "空" in caught.value.faults[0].message


LIBRARY = _file(
    "lib",
    '<itemDefinition name="tYears"><typeRef>number</typeRef><allowedValues><text>[0..50]</text></allowedValues>'
    "</itemDefinition>"
    '<inputData id="age" name="full age"><variable name="full age" typeRef="tYears"/></inputData>'
    + _decision("base", "full age + 1", inputs="#age")
    + _function("twice it", "x", "x * 2"),
)
IMPORT = f'<import name="the lib" namespace="urn:lib" importType="{DMN}"/>'


def test_a_model_uses_decisions_functions_inputs_and_types_of_another() -> None:
    body = (
        IMPORT
        + '<inputData id="i" name="i"><variable name="i" typeRef="the lib.tYears"/></inputData>'
        + _decision("d", "the lib.twice it(the lib.base) + the lib.full age", needs="urn:lib#base",
                    inputs="urn:lib#age", knows="urn:lib#twice_it")
        + _decision("t", "i", inputs="#i")
    )  # fmt: skip
    found = parse_decisions(_file("m", body), "m.dmn", {"lib.dmn": LIBRARY})
    assert found["d"].evaluate({"full age": 10}).value == 32
    assert found["d"].evaluate({"the lib": {"full age": 20}}).value == 62
    assert found["t"].evaluate({"i": 51}).value is None
    assert found["t"].evaluate({"i": 50}).value == 50


def test_imports_without_a_name_are_seen_as_if_they_stood_in_the_file() -> None:
    body = f'<import namespace="urn:lib" importType="{DMN}"/>' + _decision("d", "base * 2", needs="urn:lib#base")
    assert parse_decisions(_file("m", body), "m.dmn", {"lib.dmn": LIBRARY})["d"].evaluate({"full age": 1}).value == 4


def test_models_that_import_each_other_are_read() -> None:
    one = _file("one", '<import name="b" namespace="urn:two"/>' + _decision("d", "b.e + 1", needs="urn:two#e"))
    two = _file("two", '<import name="a" namespace="urn:one"/>' + _decision("e", "1"))
    models = read_models({"1.dmn": one, "2.dmn": two})
    assert [model.faults for model in models.values()] == [(), ()]
    assert models["1.dmn"].decisions["d"].evaluate({}).value == 2


def test_an_import_that_is_not_deployed_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        _model(IMPORT + _decision("d", "1", needs="urn:lib#base"))
    assert [fault.code for fault in caught.value.faults] == ["decision.import", "decision.reference"]
    assert "urn:lib" in caught.value.faults[0].params["message_en"]


def test_what_is_wrong_in_one_decision_does_not_keep_the_others_from_being_read() -> None:
    model = read_models({"m.dmn": _file("m", _decision("bad", "1 +") + _decision("good", "1"))})["m.dmn"]
    assert [fault.code for fault in model.faults] == ["decision.feel"]
    assert model.decisions["bad"].evaluate({}).value is None
    assert model.decisions["good"].evaluate({}).value == 1


def test_a_function_can_be_asked_by_name() -> None:
    found = read_models({"m.dmn": _file("m", _function("twice", "x", "x * 2"))})["m.dmn"].named("twice")
    assert isinstance(found, Knowledge)
    assert found.evaluate({"x": 4}).value == 8
    assert found.evaluate({}).value is None


def test_reasons_go_through_required_decisions_once() -> None:
    table = (
        "<decisionTable><input><inputExpression><text>n</text></inputExpression></input><output/><rule id='r'>"
        "<inputEntry><text>-</text></inputEntry><outputEntry><text>n</text></outputEntry></rule></decisionTable>"
    )
    body = (
        f'<decision id="t" name="t">{table}</decision>'
        + _decision("a", "t", needs="#t")
        + _decision("b", "t", needs="#t")
    )
    outcome = _model(body + _decision("d", "a + b", needs="#a #b"))["d"].evaluate({"n": 2})
    assert outcome.value == 4
    assert [(rule.table, rule.id) for rule in outcome.reasons()] == [("t", "r")]
