"""Each rule of the gate: a folder that it refuses, at the right element and line, and one that passes."""

import re

import pytest

from tests.workflows.checks import (
    examples_constructs,
    examples_domain,
    examples_files,
    examples_flows,
    examples_soundness,
    examples_tasks,
)
from tests.workflows.checks.drawing import CONTEXT, Example
from workflows.checks import REGISTRY, check, tables

EXAMPLES: list[Example] = [
    *examples_constructs.EXAMPLES,
    *examples_flows.EXAMPLES,
    *examples_tasks.EXAMPLES,
    *examples_files.EXAMPLES,
    *examples_soundness.EXAMPLES,
    *examples_domain.EXAMPLES,
]


def name_of(example):
    return f"{example.rule}-{example.element[:20]}"


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_rule_refuses_at_the_element_and_line(example):
    found = [f for f in check(example.folder(example.bad), CONTEXT) if f.rule.id == example.rule]
    places = {(f.file, f.element_id, f.line) for f in found}
    assert (example.file, example.element, example.line) in places
    for locale in ("zh", "en"):
        for text in (text for f in found for text in (f.message(locale), f.remedy(locale))):
            assert text
            assert not re.search(r"\{[a-z_]+\}", text), "a place that no value filled"


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_neighbour_of_the_refused_folder_passes(example):
    found = check(example.folder(example.good), CONTEXT)
    assert [f.text("en") for f in found if f.severity == "error" or f.rule.id == example.rule] == []


ELSEWHERE = {
    "file.too_many", "file.too_large_together", "file.too_many_elements", "xml.too_many_parts",  # test_limits.py
    "file.more_findings", "file.no_diagram",
    "file.unknown",
    "engine.refused", "engine.failed", "engine.slow",  # test_trial.py
    *(tables.RULES.keys() - {"decision.feel", "table.overlap", "table.gap"}),  # tests/workflows/decisions
}  # fmt: skip
"""Rules whose examples are no single file beside a plain one."""


def test_every_rule_has_an_example_that_fails_and_one_that_passes():
    assert REGISTRY.keys() - {example.rule for example in EXAMPLES} == ELSEWHERE
