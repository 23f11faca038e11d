"""The runner of compatibility cases, on a suite of our own: what passes, what fails, and what it cannot ask."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import tck

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
CASES = "http://www.omg.org/spec/DMN/20160719/testcase"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
SHARED = f"""<definitions xmlns="{DMN}" name="shared" namespace="urn:shared">
<decision id="base" name="base"><literalExpression><text>40</text></literalExpression></decision></definitions>"""
MODEL = f"""<definitions xmlns="{DMN}" name="own" namespace="urn:own"><import name="s" namespace="urn:shared"/>
<inputData id="i" name="when"><variable name="when"/></inputData>
<decision id="sum" name="sum"><informationRequirement><requiredDecision href="urn:shared#base"/>
</informationRequirement><literalExpression><text>s.base + 2</text></literalExpression></decision>
<decision id="third" name="third"><literalExpression><text>1 / 3</text></literalExpression></decision>
<decision id="parts" name="parts"><literalExpression>
<text>{{a: [when, when + duration("PT1H")], b: null, c: {{d: "x"}}}}</text></literalExpression></decision>
<decision id="bad" name="bad"><literalExpression><text>1 + "x"</text></literalExpression></decision>
<businessKnowledgeModel id="f" name="add"><encapsulatedLogic><formalParameter name="a"/><formalParameter name="b"/>
<literalExpression><text>a + b</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decisionService id="v" name="both"><outputDecision href="#third"/><outputDecision href="#bad"/></decisionService>
</definitions>"""
WHEN = '<value xsi:type="xsd:time">08:00:00+08:00</value>'


def _case(inside: str, attributes: str = "") -> str:
    return f'<testCase id="c" {attributes}>{inside}</testCase>'


def _result(name: str, expected: str, attributes: str = "") -> str:
    return f'<resultNode name="{name}" {attributes}>{expected}</resultNode>'


def _number(value: str) -> str:
    return f'<expected><value xsi:type="xsd:decimal">{value}</value></expected>'


PARTS = f"""<expected><component name="a"><list><item>{WHEN}</item>
<item><value xsi:type="xsd:time">09:00:00+08:00</value></item></list></component><component name="b">
<value xsi:nil="true"/></component><component name="c"><component name="d"><value xsi:type="xsd:string">x</value>
</component></component></expected>"""
ADD = f"""<inputNode name="b"><value xsi:type="xsd:double">2</value></inputNode>
<inputNode name="a"><value xsi:type="xsd:decimal">1</value></inputNode>{_result("add", _number("3"))}"""
GOOD = [
    _case(_result("sum", _number("42"))),
    _case(_result("third", _number("0.333333333"))),
    _case(f'<inputNode name="when">{WHEN}</inputNode>' + _result("parts", PARTS)),
    _case(_result("bad", "", 'errorResult="true"')),
    _case(_result("bad", '<expected><value xsi:nil="true"/></expected>')),
    _case(ADD, 'type="bkm" invocableName="add"'),
    _case(_result("third", _number("0.333333333")), 'type="decisionService" invocableName="both"'),
]
FAILED = [_case(_result("third", _number("0.3333"))), _case(_result("parts", PARTS))]
UNSUPPORTED = [_case(_result("nothing", _number("1"))), _case(_result("x", ""), 'type="bkm" invocableName="gone"')]


def _suite(folder: Path, cases: list[str]) -> None:
    own, shared = folder / "TestCases/level/own", folder / "TestCases/level/shared"
    for place in (own, shared):
        place.mkdir(parents=True)
    (shared / "shared.dmn").write_text(SHARED)
    (own / "own.dmn").write_text(MODEL)
    xml = f'<testCases xmlns="{CASES}" {XSI}><modelName>own.dmn</modelName>{"".join(cases)}</testCases>'
    (own / "own-test-01.xml").write_text(xml)


@pytest.mark.parametrize(("cases", "state"), [(GOOD, "passed"), (FAILED, "failed"), (UNSUPPORTED, "unsupported")])
def test_each_case_is_told_as_what_it_is(tmp_path: Path, cases: list[str], state: str) -> None:
    _suite(tmp_path, cases)
    results = list(tck.run(tmp_path))
    assert Counter(result.state for result in results) == {state: len(cases)}, results


@pytest.mark.parametrize(("cases", "code"), [(GOOD, 0), (GOOD + FAILED, 1), ([], 1)])
def test_the_exit_code_says_whether_all_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cases: list[str], code: int
) -> None:
    _suite(tmp_path, cases)
    monkeypatch.setattr(sys, "argv", ["tck", str(tmp_path / "TestCases/level"), "-v"])
    assert tck.main() == code
    told = capsys.readouterr().out.splitlines()
    failed = len(cases) - len(GOOD) if cases else 0
    assert told[-1] == f"passed {min(len(cases), len(GOOD))}, failed {failed}, unsupported 0"
    assert any(line.startswith("own: failed 2") for line in told) == (failed == 2)
