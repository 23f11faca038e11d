"""What holds for every decision table in bpmn/: reasons in Chinese, known parameters, nothing that the check finds."""

import re
import tomllib

import pytest

from service.parameters.registry import PARAMETERS
from tests.flows.asking import BPMN, decisions
from workflows.decisions import check

FILES = sorted(str(path.relative_to(BPMN)) for path in BPMN.rglob("*.dmn"))


def test_the_tables_of_the_handbook_are_all_there():
    found = {decision for file in FILES for decision in decisions(file)}
    assert found >= {
        "hiring_route", "opening_ratio", "sanction_effect", "title_eligibility", "title_years", "title_route",
        "exchange_eligibility", "reserved_eligibility", "reserved_ranking",
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_every_row_says_why_in_chinese(file):
    tables = [decision.table for decision in decisions(file).values() if decision.table is not None]
    for rule in (rule for table in tables for rule in table.rules):
        assert re.search(r"[一-鿿].*。$", rule.annotation), rule.id


@pytest.mark.parametrize("file", FILES)
def test_only_declared_parameters_are_read(file):
    assert set(re.findall(r"parameters\.(\w+)", (BPMN / file).read_text())) <= set(PARAMETERS)


@pytest.mark.parametrize("file", FILES)
def test_the_check_finds_nothing(file):
    """That a cell compares with a parameter, and is known only when asked, is no fault of a table."""
    found = [finding for decision in decisions(file).values() for finding in check(decision)]
    assert [finding for finding in found if finding.code != "table.undecided"] == []


FLOWS = sorted(path.parent.name for path in BPMN.rglob("flow.bpmn"))


@pytest.mark.parametrize("flow", FLOWS)
def test_a_table_that_a_diagram_asks_and_each_of_its_rows_has_words_in_both_languages(flow):
    """Those are what pages tell of "why is this with me" and "what comes next"."""
    diagram = (BPMN / flow / "flow.bpmn").read_text()
    steps = re.findall(r"<bpmn:businessRuleTask.*?</bpmn:businessRuleTask>", diagram, re.S)
    asked = {name for step in steps for name in re.findall(r'calledDecision decisionId="(\w+)"', step)}
    settings = tomllib.loads((BPMN / flow / "flow.toml").read_text())
    for file in (BPMN / flow).glob("*.dmn"):
        text = file.read_text()
        if not asked & set(re.findall(r'<decision id="(\w+)"', text)):
            continue
        for row in re.findall(r'<rule id="(\w+)"', text):
            assert set(settings["conditions"][row]) == {"zh", "en"}, row
        tables = re.findall(r'<businessKnowledgeModel id="\w+" name="([^"]+)"', text)
        assert {*asked, *tables} <= set(settings["names"]["en"])
