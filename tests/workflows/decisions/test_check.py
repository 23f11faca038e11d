"""What check() finds in a table: overlaps, gaps, rows that never answer, wrong types; and what it must not blame."""

import os
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.decisions import Decision, check

Decide = Callable[..., Decision]
PROVE = os.environ.get("LECTERN_PROVE") == "1"
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
        (["< limit", ">= limit"], "UNIQUE", [(0, "table.undecided")]),
        (["< limit", "< 5", ">= 5"], "FIRST", [(0, "table.undecided")]),
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
    assert _codes(decide(NUMBER, OUT, rows, "FIRST")) == [(0, "table.undecided")]
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


@pytest.mark.parametrize(
    ("kind", "cells", "policy", "expected"),
    [
        ("number", ["< 2", "[2..4)", "4", "<= 4", "> 4"], "FIRST", [(4, "table.unreachable")]),
        ("number", ["not([1..3])", "2", "[1..3]", "1"], "FIRST", [(4, "table.unreachable")]),
        ("number", ["(1..3)", "[3..1)", "-"], "FIRST", [(2, "table.never")]),
        ("number", ["-5", "not(-5)"], "UNIQUE", []),
        ("number", ["null", "not(null)"], "UNIQUE", []),
        ("time", ['< time("09:00:00")', '[time("09:00:00")..time("17:00:00")]'], "UNIQUE", [(0, "table.gap")]),
        ("time", ['< time("09:00:00")', '>= time("09:00:00")'], "UNIQUE", []),
        ("dateTime", ['<= date and time("2026-01-01T00:00:00")', '> date and time("2026-01-01T00:00:00")'], "UNIQUE",
         []),
        ("date", ['<= @"2026-01-01"', '>= @"2026-01-02"'], "UNIQUE", []),
        ("string", ['< "m"', '>= "m"'], "UNIQUE", []),
        ("string", ['< "m"', '> "m"'], "UNIQUE", [(0, "table.gap")]),
        ("dayTimeDuration", ['< duration("P3D")', '> duration("P5D")'], "UNIQUE", [(0, "table.gap")]),
    ],
)  # fmt: skip
def test_rows_that_meet_at_their_ends(
    decide: Decide, kind: str, cells: list[str], policy: str, expected: list[tuple[int, str]]
) -> None:
    rows = [([cell], [str(index)]) for index, cell in enumerate(cells)]
    assert _codes(decide([("x", kind)], OUT, rows, policy)) == expected


@pytest.mark.parametrize(
    "cell",
    ["? * 2 > 10", "string length(string(?)) > 2", "abs(?) > 3", "limit", "? - 5 > 0", "1 - 2", 'date("99999-01-01")'],
)
def test_a_cell_that_computes_is_called_undecided_and_never_blamed(decide: Decide, cell: str) -> None:
    rows = [(["< 3"], ["1"]), ([cell], ["2"]), ([">= 3"], ["3"])]
    (finding,) = check(decide(NUMBER, OUT, rows))
    assert finding.code == "table.undecided"
    assert "第 2 行“n”" in finding.text("zh")
    assert "“n” of row 2" in finding.text("en")


def test_rows_of_an_any_table_conflict_only_where_their_results_differ(decide: Decide) -> None:
    rows = [(["< 5"], ["1"]), (["< 3"], ["1.0"]), (["[2..9]"], ["2"]), (["> 9"], ["n"]), ([">= 5"], ["n + 1"])]
    found = check(decide(NUMBER, OUT, rows, "ANY"))
    assert [(one.row, one.params["other"]) for one in found] == [(3, 1), (3, 2)]
    assert found[0].text("en") == "row 3 and row 1 both match with different results, such as n = 2"


def test_only_values_that_a_column_allows_are_missed(parse: Callable[[str], dict[str, Decision]]) -> None:
    types = (
        '<itemDefinition name="tStage"><typeRef>string</typeRef>'
        '<allowedValues><text>"小学", "初中", "高中"</text></allowedValues></itemDefinition>'
    )
    rows = "".join(
        f"<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        for cell in ('"小学"', '"初中"')
    )
    body = (
        f'{types}<decision id="d" name="d"><decisionTable><input label="学段"><inputExpression typeRef="tStage">'
        f"<text>学段</text></inputExpression></input><output/>{rows}</decisionTable></decision>"
    )
    (finding,) = check(parse(body)["d"])
    assert finding.text("zh") == '没有一行命中，例如 学段 = "高中"'


def test_a_table_of_500_rows_and_8_inputs_is_checked_in_bounded_time(decide: Decide) -> None:
    columns = [(f"c{index}", "number") for index in range(8)]
    rows = [([f"[{row * 9 % 97}..{row * at % 53 + 60}]" for at in range(8)], ["1"]) for row in range(500)]
    decision = decide(columns, OUT, rows, "FIRST")
    codes = {finding.code for finding in check(decision)}
    assert {"table.gap", "table.unreachable"} <= codes


def test_the_check_says_when_its_budget_ends(decide: Decide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.decisions.cover.MAX_VISITS", 10)
    rows = [([f"[{at}..{at + 3}]", f"[{at}..{at + 2}]"], ["1"]) for at in range(12)]
    found = check(decide([("x", "number"), ("y", "number")], OUT, rows, "FIRST"))
    told = [one for one in found if one.code == "table.large"]
    assert "too large" in told[-1].text("en")
    assert "没有查完" in told[-1].text("zh")


CELLS = {
    "number": ["-", "< 2", ">= 2", "[1..3]", "(1..4)", "3", "1, 4", "not(2)", "not([1..2], 4)", "> 4", "]1..3[", "-1"],
    "date": ["-", *(text.replace("#", "2026-01-") for text in (
        '< date("#02")', '>= @"#02"', '[@"#01"..@"#03"]', '(@"#01"..@"#04")', 'not(date("#02"))', '@"#01", @"#04"'))],
    "string": ["-", '"a"', '"b", "d"', 'not("a")', '< "c"', '>= "c"', '["a".."c"]', 'not("b", "c")'],
    "boolean": ["-", "true", "false", "not(true)"],
}  # fmt: skip
GRID: dict[str, list[Any]] = {
    "number": [value / 2 for value in range(-4, 12)],
    "date": [f"2026-01-{day:02}" for day in range(1, 7)] + ["2025-12-31"],
    "string": ["", "a", "aa", "b", "bb", "c", "cc", "d", "dd", "e"],
    "boolean": [True, False],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[tuple[list[str], list[str]]], str]:
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=3))
    size = draw(st.integers(1, 5))
    rows = [
        ([draw(st.sampled_from(CELLS[kind])) for kind in kinds], [draw(st.sampled_from("12"))]) for _ in range(size)
    ]
    return [(f"x{at}", kind) for at, kind in enumerate(kinds)], rows, draw(st.sampled_from(["UNIQUE", "ANY", "FIRST"]))


@settings(
    deadline=None, max_examples=1500 if PROVE else 80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=tables())
def test_findings_agree_with_brute_force(decide: Decide, made: Any) -> None:
    columns, rows, policy = made
    decision = decide(columns, OUT, rows, policy)
    lists = decide(columns, OUT, rows, "RULE ORDER")
    matched = [
        tuple(rule.index for rule in lists.evaluate(dict(zip([name for name, _ in columns], point, strict=True))).rules)
        for point in product(*(GRID[kind] for _, kind in columns))
    ]
    found = check(decision)
    codes = {finding.code for finding in found}
    answers = [cells for _, (cells,) in rows]
    assert ("table.gap" in codes) == (() in matched)
    pairs = {(b, a) for rules in matched for a in rules for b in rules if a < b}
    wrong = {(b, a) for b, a in pairs if policy == "UNIQUE" or answers[a - 1] != answers[b - 1]}
    told = {(one.row, one.params["other"]) for one in found if one.code in ("table.overlap", "table.conflict")}
    assert told == (set() if policy == "FIRST" else wrong)
    hidden = set(range(1, len(rows) + 1)) - {rules[0] for rules in matched if rules}
    if policy == "FIRST":
        assert {one.row for one in found if one.code in ("table.unreachable", "table.never")} == hidden
