"""The two decision tables, row by row."""

from datetime import UTC, datetime

import pytest

from tests.flows.hiring import county
from workflows.decisions import parse_decisions
from workflows.feel import Scope

FILES = county.folder("hiring")


def ask(file, decision, **variables):
    table = parse_decisions(FILES[file])[decision]
    outcome = table.evaluate(variables, Scope(datetime(2026, 9, 10, tzinfo=UTC), None, {}, []))
    return outcome.value, [rule.index for rule in outcome.rules]


@pytest.mark.parametrize(
    ("authorised", "value", "row"),
    [
        (True, {"way": "filing", "organiser": "school"}, 1),
        (False, {"way": "approval", "organiser": "bureau"}, 2),
    ],
)
def test_authorisation_decides_between_filing_and_approval(authorised, value, row):
    assert ask("hiring-route.dmn", "hiring_route", school_facts={"authorised": authorised}) == (value, [row])


@pytest.mark.parametrize(
    ("below", "openable", "value", "row"),
    [(0, 0, "open", 1), (3, 1, "cut", 2), (3, 0, "cancel", 3)],
)
def test_opening_ratio_proposes_to_open_cut_or_cancel(below, openable, value, row):
    applicants = {"posts_below": below, "posts_openable": openable}
    assert ask("opening-ratio.dmn", "opening_ratio", applicants=applicants) == (value, [row])


@pytest.mark.parametrize(
    ("file", "decision"), [("hiring-route.dmn", "hiring_route"), ("opening-ratio.dmn", "opening_ratio")]
)
def test_every_row_says_why_in_chinese(file, decision):
    table = parse_decisions(FILES[file])[decision].table
    for rule in table.rules:
        assert rule.annotation.endswith("。")
