"""For every completed kind of case there is a correction, or words that name the way that does."""

import tomllib

import pytest

from service.flows import registry
from service.flows.corrections.declaring import CORRECTABLE, WAYS, way_of
from service.web.words import texts
from tests.driver import BPMN

FLOWS = sorted(path.parent.name for path in BPMN.glob("*/flow.bpmn"))
ALONE = {"exchange"}
"""Flows of which nothing but what their cases began is corrected."""


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_has_a_correction_or_says_where_it_is_made(name: str) -> None:
    key = tomllib.loads((BPMN / name / "flow.toml").read_text("utf-8"))["flow"]["key"]
    assert key in WAYS
    assert (key in {found.flow for found in CORRECTABLE.values()}) is (key not in ALONE)
    assert registry.declared(), "the corrections are declared with the flows"


def test_the_words_name_a_way_in_both_languages_also_for_a_flow_that_somebody_else_has_drawn() -> None:
    for flow in (*WAYS, "other"):
        told = texts()[f"elsewhere.{flow}"]
        assert min(len(told["zh"]), len(told["en"])) > 20
    assert way_of("canteen") == "other"
