"""DMN files that are refused: each fault has element, line, words in both languages and a remedy."""

from collections.abc import Callable

import pytest

from workflows.decisions import Decision, parse_decisions
from workflows.errors import Fault, Invalid

Parse = Callable[[str], dict[str, Decision]]
Write = Callable[..., bytes]


def _literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def _faults(run: Callable[[], object]) -> list[Fault]:
    with pytest.raises(Invalid) as caught:
        run()
    assert caught.value.code == "decision.file"
    return list(caught.value.faults)


def test_a_cell_that_is_no_feel_is_named_with_its_place(write: Write) -> None:
    xml = write([("n", "")], [("o", "")], [(["1 +"], ["2"])])
    (fault,) = _faults(lambda: parse_decisions(xml, "t.dmn"))
    assert (fault.path, fault.code) == ("row_1", "decision.feel")
    assert (fault.params["line"], fault.params["file"], fault.params["text"]) == (3, "t.dmn", "1 +")
    assert "表达式不完整" in fault.message
    assert "ends too early" in fault.params["message_en"]
    assert fault.params["remedy"] and fault.params["remedy_en"]


def test_all_faults_of_a_file_are_told_at_once(write: Write) -> None:
    xml = write([("n +", "")], [("o", "")], [(["<"], ["("]), (["1"], [])])
    codes = [fault.code for fault in _faults(lambda: parse_decisions(xml))]
    assert sorted(codes) == ["decision.cells", "decision.feel", "decision.feel", "decision.feel"]


@pytest.mark.parametrize(
    ("policy", "aggregation", "outputs", "code"),
    [
        ("NEAREST", "", [("o", "")], "decision.policy"),
        ("COLLECT", "MEDIAN", [("o", "")], "decision.aggregation"),
        ("COLLECT", "SUM", [("a", ""), ("b", "")], "decision.aggregation"),
        ("UNIQUE", "", [("a", ""), ("a", "")], "decision.outputs"),
        ("UNIQUE", "", [], "decision.outputs"),
    ],
)
def test_a_table_that_cannot_be_evaluated_is_refused(
    write: Write, policy: str, aggregation: str, outputs: list[tuple[str, str]], code: str
) -> None:
    xml = write([("n", "")], outputs, [(["1"], ["1"] * len(outputs))], policy, aggregation)
    (fault,) = _faults(lambda: parse_decisions(xml))
    assert fault.code == code
    assert "表" in fault.message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<decision id="d" name="d"/>', "decision.empty"),
        (f'<decision name="d">{_literal("1")}</decision>', "decision.id"),
        (f'<decision id="d" name="a">{_literal("1")}</decision><decision id="d" name="b">{_literal("1")}</decision>',
         "decision.id"),
        ('<decision id="d" name="d"><literalExpression expressionLanguage="javascript"><text>1</text>'
         "</literalExpression></decision>", "decision.language"),
        ('<decision id="d" name="d"><informationRequirement><requiredDecision href="#x"/></informationRequirement>'
         f"{_literal('1')}</decision>", "decision.reference"),
        ('<decision id="d" name="d">' + "<list>" * 40 + _literal("1") + "</list>" * 40 + "</decision>",
         "decision.deep"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_evaluated_is_refused(parse: Parse, body: str, code: str) -> None:
    assert code in [fault.code for fault in _faults(lambda: parse(body))]


def test_decisions_in_a_circle_are_refused(parse: Parse) -> None:
    body = "".join(
        f'<decision id="{a}" name="{a}"><informationRequirement><requiredDecision href="#{b}"/>'
        f"</informationRequirement>{_literal(b)}</decision>"
        for a, b in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    assert [fault.code for fault in _faults(lambda: parse(body))] == ["decision.circle"]


def test_another_xml_is_refused() -> None:
    assert (
        _faults(lambda: parse_decisions(b"<definitions xmlns='http://example.org'/>"))[0].code == "decision.namespace"
    )


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', "xml.doctype"),
        (b"<definitions", "xml.malformed"),
        (b"<a>" + b" " * 5_000_001 + b"</a>", "xml.too_large"),
    ],
)
def test_xml_that_is_not_safe_is_never_read(xml: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_decisions(xml, "t.dmn")
    assert caught.value.code == code
