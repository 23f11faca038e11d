"""What check() finds in a table: overlaps, gaps, rows that never answer, wrong types; and what it must not blame."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.decisions import Decision, check
from workflows.errors import Invalid

Decide = Callable[..., Decision]
NUMBER = [("n", "number")]
OUT = [("o", "")]


def _codes(decision: Decision) -> list[tuple[int, str]]:
    return [(finding.row, finding.code) for finding in check(decision)]


@pytest.mark.parametrize(
    ("cells", "policy", "expected"),
    [
        (["< 5", ">= 5"], "UNIQUE", []),
        (["<= 5", ">= 5"], "UNIQUE", [(2, "table.overlap")]),
        (["< 5", "> 5"], "UNIQUE", [(0, "table.gap")]),
        (["[1..3]", "(3..5]", "not([1..5])"], "UNIQUE", []),
        (["< 5", "-"], "FIRST", []),
        (["-", "< 5"], "FIRST", [(2, "table.unreachable")]),
        (["< 5", ">= 5", "7"], "FIRST", [(3, "table.unreachable")]),
        (["? > 5 and ? < 3", "-"], "FIRST", [(1, "table.never")]),
        (["< limit", ">= limit"], "UNIQUE", []),
        (["< limit", "< 5", ">= 5"], "FIRST", []),
        (["5", "-"], "RULE ORDER", []),
    ],
)
def test_rows_over_numbers(decide: Decide, cells: list[str], policy: str, expected: list[tuple[int, str]]) -> None:
    rows = [([cell], [str(index)]) for index, cell in enumerate(cells)]
    assert _codes(decide(NUMBER, OUT, rows, policy)) == expected


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("boolean", ["true", "false"], []),
        ("boolean", ["true"], [(0, "table.gap")]),
        ("string", ['"a"', 'not("a")'], []),
        ("string", ['"a", "b"', '"b", "c"', 'not("a", "b", "c")'], [(2, "table.overlap")]),
        ("date", ['< date("2026-01-01")', '>= date("2026-01-01")'], []),
        ("date", ['<= date("2026-01-01")', '>= date("2026-01-03")'], [(0, "table.gap")]),
        ("yearMonthDuration", ['< duration("P1Y")', '>= duration("P1Y")'], []),
    ],
)
def test_rows_over_other_kinds(decide: Decide, kind: str, cells: list[str], expected: list[tuple[int, str]]) -> None:
    rows = [([cell], [str(index)]) for index, cell in enumerate(cells)]
    assert _codes(decide([("x", kind)], OUT, rows)) == expected


def test_a_gap_shows_an_input_that_no_row_answers(decide: Decide) -> None:
    rows = [(["true", "< 5"], ["1"]), (["false", "-"], ["2"])]
    decision = decide([("授权", "boolean"), ("人数", "number")], OUT, rows)
    (finding,) = check(decision)
    assert finding.message == "没有一行命中，例如 授权 = true, 人数 = 5"
    assert finding.text("en").startswith("no row matches, such as")
    assert decision.evaluate({"授权": True, "人数": 5}).rules == ()


def test_a_row_for_null_is_reached_where_the_others_ask_for_values(decide: Decide) -> None:
    rows = [(["> limit"], ["1"]), (["null"], ["2"]), (["-"], ["3"])]
    assert _codes(decide(NUMBER, OUT, rows, "FIRST")) == []
    rows = [(["not(null)"], ["1"]), (["-"], ["2"]), (["null"], ["3"])]
    assert _codes(decide(NUMBER, OUT, rows, "FIRST")) == [(3, "table.unreachable")]


def test_an_overlap_names_both_rows_in_both_languages(decide: Decide) -> None:
    (finding,) = check(decide(NUMBER, OUT, [(["<= 5"], ["1"]), ([">= 5"], ["2"])]))
    assert finding.text("zh") == "第 2 行与第 1 行同时命中，例如 n = 5"
    assert finding.text("en") == "row 2 and row 1 both match, such as n = 5"


def test_values_of_the_wrong_type_are_found_with_their_row(decide: Decide) -> None:
    values = '<outputValues><text>"yes", "no"</text></outputValues>'
    rows = [(['"five"', "-"], ['"yes"', "1"]), (["< 5", "-"], ['"maybe"', '"one"']), ([">= 5", "-"], ['"no"', "n + 1"])]
    decision = decide([("n", "number"), ("m", "")], [("a", "string"), ("b", "number")], rows, "FIRST", extra=[values])
    assert _codes(decision) == [
        (1, "table.input_type"),
        (1, "table.never"),
        (2, "table.output_type"),
        (2, "table.output_value"),
    ]


def test_a_default_output_leaves_no_gap(decide: Decide) -> None:
    default = "<defaultOutputEntry><text>0</text></defaultOutputEntry>"
    assert _codes(decide(NUMBER, OUT, [(["5"], ["1"])], extra=[default])) == []


def test_a_large_table_is_checked_in_time(decide: Decide) -> None:
    rows = [([f"[{i * 10}..{i * 10 + 9}]" for _ in range(4)], [str(i)]) for i in range(40)]
    found = _codes(decide([(f"c{i}", "number") for i in range(4)], OUT, rows))
    assert not [code for _, code in found if code == "table.overlap"]


CELLS = st.sampled_from(["-", "< 2", ">= 2", "[1..3]", "(1..4)", "3", "1, 4", "not(2)", "not([1..2])", "> 4"])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_findings_agree_with_what_evaluation_does(decide: Decide, data: list[tuple[str, str]]) -> None:
    rows = [(list(cells), [str(index)]) for index, cells in enumerate(data)]
    decision = decide([("x", "number"), ("y", "number")], OUT, rows)
    codes = {finding.code for finding in check(decision)}
    grid = [value / 2 for value in range(0, 11)]
    answers = [_answer(decision, x, y) for x in grid for y in grid]
    assert ("overlap" in answers) == ("table.overlap" in codes)
    assert ("gap" in answers) == ("table.gap" in codes)


def _answer(decision: Decision, x: Any, y: Any) -> str:
    try:
        return "gap" if decision.evaluate({"x": x, "y": y}).value is None else "row"
    except Invalid:
        return "overlap"
