"""Names: Chinese, several words, dunder names, built-ins hidden by variables, and which names an expression reads."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from workflows.feel import Scope, compile_expression, compile_unary


def test_chinese_names_need_no_declaration() -> None:
    text = '学段 in ("小学", "初中") and 教师.月薪 >= 3000'
    assert compile_expression(text).evaluate({"学段": "小学", "教师": {"月薪": 3000}}) is True


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Monthly Income", "Monthly Income * 2"),
        ("Monthly Income", "Monthly   Income * 2"),
        ("Approved/Declined", "Approved/Declined * 2"),
        ("pre-bureau risk", "pre-bureau risk*2"),
        ("rate 2", "rate 2 * 2"),
        ("date and time of hire", "date and time of hire * 2"),
        ("教师 人数", "教师 人数 * 2"),
    ],
)
def test_declared_names_may_hold_spaces_and_signs(name: str, text: str) -> None:
    assert compile_expression(text, [name]).evaluate({name: 21}) == 42


def test_the_longest_declared_name_wins() -> None:
    names = ["a", "a b", "a b c"]
    values = {"a": 1, "a b": 2, "a b c": 3}
    assert compile_expression("a b c + a b + a", names).evaluate(values) == 6


def test_a_minus_is_a_minus_unless_the_name_is_declared() -> None:
    values = {"a": 5, "b": 3, "a-b": 100}
    assert compile_expression("a-b").evaluate(values) == 2
    assert compile_expression("a-b", ["a-b"]).evaluate(values) == 100


@pytest.mark.parametrize(
    "text",
    [
        "{monthly pay: 2, year: monthly pay * 12}.year",
        "(function(monthly pay) monthly pay * 12)(2)",
        "(function(monthly pay: number) monthly pay * 12)(monthly pay: 2)",
        "(for monthly pay in [2] return monthly pay * 12)[1]",
        '{"monthly pay": 2}.monthly pay * 12',
    ],
)
def test_names_that_the_text_introduces_may_hold_spaces(text: str) -> None:
    names = ["monthly pay"] if text.startswith('{"') else []
    assert compile_expression(text, names).evaluate({}) == 24


@pytest.mark.parametrize(
    "name", ["__class__", "__dict__", "typename", "len", "self", "import", "count", "date", "item"]
)
def test_any_name_is_just_a_name(name: str) -> None:
    assert compile_expression(f"{name} + 1").evaluate({name: 1}) == 2
    assert compile_expression(f"{name} = null").evaluate({}) is True


@pytest.mark.parametrize("path", ["x.__class__", "x.__dict__", "x.items", "x.keys", "x.real", "x.append", "x.upper"])
@pytest.mark.parametrize("value", [{"a": 1}, [1], "text", 1, 1.5, True])
def test_python_attributes_cannot_be_reached(path: str, value: Any) -> None:
    assert compile_expression(path).evaluate({"x": value}) in (None, [None])


def test_objects_of_the_host_are_null() -> None:
    class Secret:
        token = "t0p"

    scope = Scope()
    assert compile_expression("x").evaluate({"x": Secret()}, scope) is None
    assert compile_expression("x.token").evaluate({"x": Secret()}, scope) is None
    assert compile_expression("x[1]").evaluate({"x": [Secret()]}, scope) is None


def test_a_variable_named_like_a_built_in_does_not_hide_the_function() -> None:
    assert compile_expression("count(list) > count").evaluate({"count": 1, "list": [1, 2]}) is True
    assert compile_expression("{abs: 5, r: abs(-3) + abs}.r").evaluate({}) == 8


def test_keywords_may_be_keys_and_members() -> None:
    assert compile_expression("{for: 1, in: 2}.in").evaluate({}) == 2
    assert compile_expression("x.then").evaluate({"x": {"then": 3}}) == 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('staffing_check.decision = "approve" and count > 2', {"staffing_check", "count"}),
        ("for i in xs return i + y", {"xs", "y"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("sum(list)", {"list"}),
        ("my function(x)", {"my function", "x"}),
        ("function(a) a + b", {"b"}),
        ("people[age > 3]", {"people"}),
        ("parameters.ratio", {"parameters"}),
    ],
)
def test_an_expression_knows_the_names_it_reads(text: str, names: set[str]) -> None:
    assert compile_expression(text, ["my function"]).names == names


def test_names_inside_a_filter_are_uncertain() -> None:
    assert compile_expression("people[age > limit]").uncertain == {
        "age",
        "limit",
    }


def test_unary_tests_read_names_but_not_the_question_mark() -> None:
    assert compile_unary("> limit, ? = other").names == {"limit", "other"}


class Lazy(Mapping[str, Any]):
    """Variables that note what was looked up; iterating them would be a copy."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values_by_name = values
        self.read: list[str] = []

    def __getitem__(self, key: str) -> Any:
        self.read.append(key)
        return self.values_by_name[key]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("copied")

    def __len__(self) -> int:
        raise AssertionError("copied")


def test_only_the_variables_that_are_read_are_looked_up() -> None:
    variables = Lazy({"a": 1, "b": 2, "big": "x" * 2_000_000})
    assert compile_expression("a + b > 2").evaluate(variables) is True
    assert variables.read == ["a", "b"]


def test_policy_parameters_are_read_key_by_key_from_the_scope() -> None:
    parameters = Lazy({"opening_ratio": 3})
    scope = Scope(parameters=parameters)
    assert compile_expression("parameters.opening_ratio * 2").evaluate({}, scope) == Decimal(6)
    assert parameters.read == ["opening_ratio"]
    assert compile_expression("parameters.x").evaluate({"parameters": {"x": 1}}, scope) == 1
