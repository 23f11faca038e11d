"""Decision tables: which rows answer, with which reason, under every hit policy."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from workflows.decisions import Decision
from workflows.errors import Invalid
from workflows.feel import FeelBudgetError, Scope

Decide = Callable[..., Decision]
INPUTS = [("学历", "string"), ("年限", "number")]
ROWS = [
    (['"博士"', ">= 2"], ['"高级"']),
    (['"硕士", "本科"', ">= 5"], ['"高级"']),
    (["-", "< 2"], ['"一级"']),
]
PRIORITIES = '<outputValues><text>"high", "middle", "low"</text></outputValues>'
OVERLAPPING = [([">= 1"], ['"low"']), ([">= 2"], ['"high"']), ([">= 3"], ['"middle"'])]
AMOUNTS = [([">= 1"], ["10"]), ([">= 2"], ["20"]), ([">= 3"], ["5"])]


def test_the_matching_row_answers_with_its_reason(decide: Decide) -> None:
    outcome = decide(INPUTS, [("title", "string")], ROWS).evaluate({"学历": "本科", "年限": 7, "x": object()})
    assert outcome.value == "高级"
    rule = outcome.rules[0]
    assert (rule.id, rule.index, rule.annotation) == ("row_2", 2, "note 2")
    assert rule.inputs == {"学历": "本科", "年限": 7}
    assert rule.outputs == {"title": "高级"}


def test_no_row_gives_null_and_says_what_was_looked_at(decide: Decide) -> None:
    outcome = decide(INPUTS, [("title", "string")], ROWS).evaluate({"学历": "中专", "年限": 7})
    assert (outcome.value, outcome.rules) == (None, ())
    assert outcome.inputs == {"学历": "中专", "年限": 7}


def test_a_missing_variable_matches_only_rows_that_do_not_ask_for_it(decide: Decide) -> None:
    rows = [(["< 5"], ['"small"']), (["null"], ['"unknown"'])]
    assert decide([("n", "number")], [("o", "")], rows).evaluate({}).value == "unknown"


def test_default_outputs_stand_in_when_no_row_matches(decide: Decide) -> None:
    default = '<defaultOutputEntry><text>"none"</text></defaultOutputEntry>'
    outcome = decide([("n", "")], [("a", ""), ("b", "")], [(["1"], ["1", "2"])], extra=[default]).evaluate({"n": 5})
    assert outcome.value == {"a": "none", "b": None}
    assert outcome.rules == ()


def test_several_outputs_make_a_context_and_may_be_computed(decide: Decide) -> None:
    rows = [(["> 0"], ['"ok"', "n * 2 + parameters.bonus"])]
    decision = decide([("n", "number")], [("state", ""), ("total", "")], rows)
    assert decision.evaluate({"n": 4}, Scope(parameters={"bonus": 1})).value == {"state": "ok", "total": 9}


def test_unique_names_the_rows_that_match_together(decide: Decide) -> None:
    with pytest.raises(Invalid) as caught:
        decide([("n", "")], [("o", "")], OVERLAPPING).evaluate({"n": 2})
    assert caught.value.code == "decision.several"
    assert caught.value.params == {"table": "表", "rows": [1, 2]}


def test_any_refuses_rows_that_differ_and_takes_rows_that_agree(decide: Decide) -> None:
    decision = decide([("n", "")], [("o", "")], [([">= 1"], ["1"]), ([">= 2"], ["1.0"]), ([">= 3"], ["2"])], "ANY")
    outcome = decision.evaluate({"n": 2})
    assert outcome.value == 1
    assert [rule.index for rule in outcome.rules] == [1, 2]
    with pytest.raises(Invalid) as caught:
        decision.evaluate({"n": 3})
    assert (caught.value.code, caught.value.params["rows"]) == ("decision.differ", [1, 2, 3])


@pytest.mark.parametrize(
    ("policy", "value", "rows"),
    [
        ("FIRST", "low", [1]),
        ("PRIORITY", "high", [2]),
        ("RULE ORDER", ["low", "high", "middle"], [1, 2, 3]),
        ("OUTPUT ORDER", ["high", "middle", "low"], [2, 3, 1]),
        ("COLLECT", ["low", "high", "middle"], [1, 2, 3]),
    ],
)
def test_policy_chooses_among_matching_rows(decide: Decide, policy: str, value: Any, rows: list[int]) -> None:
    outcome = decide([("n", "")], [("o", "string")], OVERLAPPING, policy, extra=[PRIORITIES]).evaluate({"n": 9})
    assert outcome.value == value
    assert [rule.index for rule in outcome.rules] == rows


@pytest.mark.parametrize(("aggregation", "value"), [("SUM", 35), ("MIN", 5), ("MAX", 20), ("COUNT", 3)])
def test_collect_aggregates(decide: Decide, aggregation: str, value: int) -> None:
    assert decide([("n", "")], [("o", "")], AMOUNTS, "COLLECT", aggregation).evaluate({"n": 9}).value == value


def test_first_stops_at_the_first_row(decide: Decide) -> None:
    endless = "count(for i in 1..100000000 return i) = n"
    rows = [(["1"], ["1"]), ([endless], ["2"])]
    assert decide([("n", "")], [("o", "")], rows, "FIRST").evaluate({"n": 1}).value == 1
    with pytest.raises(FeelBudgetError):
        decide([("n", "")], [("o", "")], rows, "FIRST").evaluate({"n": 2})


def test_iso_text_counts_as_a_date_where_the_column_says_date(decide: Decide) -> None:
    rows = [(['>= date("2026-01-01")'], ['"new"']), (['< date("2026-01-01")'], ['"old"'])]
    assert decide([("d", "date")], [("o", "")], rows).evaluate({"d": "2026-09-01"}).value == "new"
    assert decide([("d", "date")], [("o", "")], rows).evaluate({"d": date(2025, 1, 1)}).value == "old"


def test_an_output_of_the_wrong_type_is_null_with_a_warning(decide: Decide) -> None:
    scope = Scope()
    outcome = decide([("n", "")], [("o", "number")], [(["-"], ['"x"'])]).evaluate({"n": 1}, scope)
    assert outcome.value is None
    assert [rule.index for rule in outcome.rules] == [1]
    assert scope.warnings[0].code == "feel.warning.type"


def test_the_question_mark_and_other_variables_may_stand_in_a_cell(decide: Decide) -> None:
    rows = [(["? > limit and ? < limit * 2"], ["true"]), (["<= limit"], ["false"])]
    decision = decide([("n", "number")], [("o", "boolean")], rows)
    assert decision.evaluate({"n": 15, "limit": 10}).value is True
    assert decision.evaluate({"n": 10, "limit": 10}).value is False


@pytest.mark.parametrize(
    ("policy", "aggregation", "value"),
    [("UNIQUE", "", None), ("RULE ORDER", "", []), ("OUTPUT ORDER", "", []), ("COLLECT", "", []),
     ("COLLECT", "SUM", None), ("COLLECT", "COUNT", 0)],
)  # fmt: skip
def test_no_row_under_each_policy(decide: Decide, policy: str, aggregation: str, value: Any) -> None:
    assert decide([("n", "")], [("o", "")], [(["1"], ["1"])], policy, aggregation).evaluate({"n": 5}).value == value


def test_a_default_is_the_answer_as_it_stands_and_of_the_type_of_its_column(decide: Decide) -> None:
    default = "<defaultOutputEntry><text>[7]</text></defaultOutputEntry>"
    outcome = decide([("n", "")], [("o", "number")], [(["1"], ["1"])], "COLLECT", extra=[default]).evaluate({"n": 5})
    assert outcome.value == 7


def test_a_value_that_a_column_does_not_allow_is_no_answer(decide: Decide) -> None:
    values = '<outputValues><text>"yes", "no"</text></outputValues>'
    scope = Scope()
    outcome = decide([("n", "")], [("o", "")], [(["-"], ["n"])], extra=[values]).evaluate({"n": "maybe"}, scope)
    assert outcome.value is None
    assert [warning.code for warning in scope.warnings] == ["feel.warning.value"]


def test_an_input_outside_its_allowed_values_gives_null_with_a_warning(parse: Callable[..., Any]) -> None:
    body = (
        '<decision id="d" name="d"><decisionTable><input label="n"><inputExpression><text>n</text></inputExpression>'
        "<inputValues><text>1, 2</text></inputValues></input><output/><rule><inputEntry><text>-</text></inputEntry>"
        "<outputEntry><text>5</text></outputEntry></rule></decisionTable></decision>"
    )
    scope = Scope()
    assert parse(body)["d"].evaluate({"n": 2}).value == 5
    assert parse(body)["d"].evaluate({"n": [1, 2]}).value == 5
    assert parse(body)["d"].evaluate({"n": 3}, scope).value is None
    assert scope.warnings[0].text("en") == 'n: "3" is not valid'


def test_priority_follows_the_allowed_values_of_the_type_when_the_column_lists_none(parse: Callable[..., Any]) -> None:
    rows = "".join(
        f"<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>{value}</text></outputEntry></rule>"
        for value in ('"low"', '"high"')
    )
    body = (
        '<itemDefinition name="tRisk"><typeRef>string</typeRef><allowedValues><text>"high", "low"</text>'
        '</allowedValues></itemDefinition><decision id="d" name="d"><decisionTable hitPolicy="PRIORITY"><input>'
        f'<inputExpression><text>1</text></inputExpression></input><output typeRef="tRisk"/>{rows}'
        "</decisionTable></decision>"
    )
    assert parse(body)["d"].evaluate({}).value == "high"
