"""Operations and interests declared by the flows."""

import re
from pathlib import Path

import pytest
from lxml import etree

from service.flows import registry
from service.flows.declaring import operation
from service.parameters.registry import PARAMETERS

HOUSE = Path(__file__).resolve().parents[3]
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"


OFFERED = {"case.notify"}
"""Operations of the ready steps that any flow may use, and none of the house needs."""


def test_every_operation_that_a_diagram_calls_is_declared_and_every_declared_one_is_called():
    called = {
        definition.get("type")
        for path in (HOUSE / "bpmn").rglob("*.bpmn")
        for definition in etree.parse(path).iter(f"{ZEEBE}taskDefinition")
    }
    assert called == set(registry.OPERATIONS) - OFFERED


def test_the_gate_is_told_inputs_and_headers_as_parameters():
    allowed = registry.allowed()
    assert allowed["hiring.count_applicants"].parameters == {"ratio": "number"}
    assert allowed["hiring.count_applicants"].required == {"ratio"}
    assert allowed["hiring.reserve"].parameters == {"when_full": "string"}


def test_every_operation_has_words_in_both_languages():
    for found in registry.declared().values():
        assert found.zh.strip()
        assert found.en.strip()


BY_COMMANDS = frozenset(
    ["exchange_wishes", "objection_named_only", "pool_floor_percent", "title_expert_years", "title_filing_years",
     "ethics_suspension_workdays", "title_excused_percent", "exchange_panel_members", "reserved_term_years",
     "reserved_publicity_workdays"]
)  # fmt: skip
"""Parameters that persons' commands, corrections and pages read, and no operation of a diagram."""


def test_every_parameter_that_operations_read_is_declared_with_one():
    told = {key for found in registry.declared().values() for key in found.parameters}
    assert told <= set(PARAMETERS)
    texts = {path.name: path.read_text() for path in (HOUSE / "service" / "flows").rglob("*.py")}
    read = {key for text in texts.values() for key in re.findall(r'\["([a-z_]+)"\]', text) if key in PARAMETERS}
    assert read - BY_COMMANDS <= told


def test_a_name_is_declared_once():
    with pytest.raises(ValueError, match=r"hiring\.reserve"):
        operation("hiring.reserve", "另一个", "another")(lambda call: None)


def test_a_flow_without_a_question_of_interest_knows_none(app):
    from service.db import db

    assert registry.interest_of(db.session(), "another_flow", "case", "person") is None
