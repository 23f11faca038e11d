"""Three-valued logic, conditions, quantifiers, loops, filters and functions."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from workflows.feel import compile_expression

TRUTH = (True, False, None, 1, "true", [True], {})
"""The three values, and what counts as unknown because it is none of them."""


def _and(left: Any, right: Any) -> bool | None:
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def _or(left: Any, right: Any) -> bool | None:
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


@pytest.mark.parametrize(("a", "b"), list(product(TRUTH, TRUTH)))
def test_and_or_follow_the_truth_table_of_three_values(a: Any, b: Any) -> None:
    variables = {"a": a, "b": b}
    assert compile_expression("some x in [a, b] satisfies x").evaluate(variables) is _or(a, b)
    assert compile_expression("every x in [a, b] satisfies x").evaluate(variables) is _and(a, b)
    assert compile_expression("any([a, b])").evaluate(variables) is _or(a, b)
    assert compile_expression("all([a, b])").evaluate(variables) is _and(a, b)
    assert compile_expression("if a then 1 else 2").evaluate(variables) == (1 if a is True else 2)
    assert compile_expression("a and b").evaluate(variables) is _and(a, b)
    assert compile_expression("a or b").evaluate(variables) is _or(a, b)


@pytest.mark.parametrize(("a", "expected"), [(True, False), (False, True), (None, None), (1, None), ("true", None)])
def test_not_is_null_for_what_is_no_boolean(a: Any, expected: bool | None) -> None:
    assert compile_expression("not(a)").evaluate({"a": a}) is expected


def test_a_number_counts_as_unknown_in_logic() -> None:
    assert compile_expression("true and 1").evaluate({}) is None
    assert compile_expression("false and 1").evaluate({}) is False


CASES: list[tuple[str, Any]] = [
    ('if 1 > 0 then "a" else "b"', "a"),
    ('if null then "a" else "b"', "b"),
    ("1 + if true then 2 else 3", 3),
    ("for i in 1..3 return i * i", [1, 4, 9]),
    ("for i in 3..1 return i", [3, 2, 1]),
    ("for i in [1..3] return i", [1, 2, 3]),
    ("for i in (1..3) return i", [2]),
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', [28, 29, 1]),
    ("for i in [1, 2], j in [10, i] return i * j", [10, 1, 20, 4]),
    ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
    ("for i in null return i", None),
    ("for i in [] return i", []),
    ("for i in 7 return i", [7]),
    ("some x in [1, 2] satisfies x > 1", True),
    ("some x in [] satisfies x > 1", False),
    ("some x in [1, null] satisfies x > 1", None),
    ("every x in [1, 2] satisfies x > 0", True),
    ("every x in [] satisfies x > 0", True),
    ("every x in [1, null] satisfies x > 1", False),
    ("some x in [1, 2], y in [2, 3] satisfies x > y", False),
    ("[1, 2, 3][2]", 2),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][4]", None),
    ("[1, 2, 3][item > 1]", [2, 3]),
    ("[1, 2, 3][count([1])]", 1),
    ("[][1]", None),
    ("[][item > 1]", []),
    ("7[1]", 7),
    ("null[item > 1]", None),
    ("[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", [4]),
    ("[{a: 1}, {b: 2}].a", [1, None]),
    ("{a: {b: {c: 1}}}.a.b.c", 1),
    ("{a: 1}.b", None),
    ("(function(x, y) x - y)(5, 3)", 2),
    ("(function(x, y) x - y)(y: 5, x: 3)", -2),
    ('(function(x: number) x)("a")', None),
    ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", 120),
    ("{add: function(a) function(b) a + b, r: add(1)(2)}.r", 3),
    ("(for i in 1..2 return function() i)[1]()", 1),
    ("sort([2, 3, 1], function(a, b) a > b)", [3, 2, 1]),
    ("1 instance of number", True),
    ('"a" instance of number', False),
    ("null instance of Any", False),
    ("[1, 2] instance of list<number>", True),
    ('[1, "a"] instance of list<number>', False),
    ("{a: 1} instance of context<a: number>", True),
    ('@"P1D" instance of days and time duration', True),
    ("abs instance of function<number> -> number", True),
    ("-1 instance of number", True),
]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_construct_has_its_value(text: str, value: Any) -> None:
    assert compile_expression(text).evaluate({}) == value


def test_a_filter_sees_the_items_keys_before_the_variables_outside() -> None:
    variables = {"people": [{"age": 30}, {"age": 50}], "age": 1, "limit": 40}
    assert compile_expression("people[age > limit]").evaluate(variables) == [{"age": 50}]


def test_the_second_part_of_a_decided_condition_is_not_run() -> None:
    class Exploding(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            if key == "boom":
                raise AssertionError("looked up")
            return super().get(key, default)

    assert compile_expression("a or boom").evaluate(Exploding(a=True)) is True
    assert compile_expression("not(a) and boom").evaluate(Exploding(a=True)) is False


def test_values_of_json_are_numbers_like_literals() -> None:
    variables = {"i": 3, "f": 0.1, "list": [0.1, 0.2], "deep": {"x": [1, {"y": 2.5}]}}
    assert compile_expression("i + f").evaluate(variables) == Decimal("3.1")
    assert compile_expression("sum(list) = 0.3").evaluate(variables) is True
    assert compile_expression("deep.x[2].y").evaluate(variables) == Decimal("2.5")
