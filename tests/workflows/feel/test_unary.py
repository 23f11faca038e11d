"""Unary tests: what a cell of a decision table accepts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from workflows.feel import FeelSyntaxError, Range, Scope, compile_unary

CASES: list[tuple[str, Any, bool | None]] = [
    ("-", 1, True),
    ("", None, True),
    ("5", 5, True),
    ("5", 6, False),
    ("< 5", 4, True),
    ("< 5", 5, False),
    (">= 5, < 2", 1, True),
    ("[1..5)", 5, False),
    ("[1..5)", 1, True),
    ("]1..5[", 1, False),
    ('"a", "b"', "b", True),
    ('"a", "b"', "c", False),
    ('not("a", "b")', "c", True),
    ('not("a", "b")', "a", False),
    ("not(< 5)", 7, True),
    ("not(null)", 1, True),
    ("null", None, True),
    ("null", 1, False),
    ("true", True, True),
    ("true", False, False),
    ("false", False, True),
    ("< 5", None, None),
    ('"a"', 1, None),
    ("? > 2 and ? < 5", 3, True),
    ("? > 2 and ? < 5", 5, False),
    ('starts with(?, "教")', "教师", True),
    ('not(starts with(?, "教"))', "教师", False),
    ("? in [1..3], ? = 9", 9, True),
    ("[1, 2, 3]", 2, True),
    ("[1, 2]", [1, 2], True),
    ("> limit", 11, True),
    ("limit", 10, True),
    ("list", 2, True),
    ("span", 2, True),
    ("flag", 2, True),
    ("flag", True, True),
    ("flag", False, False),
    ("limit > 5", 2, True),
    ('> @"2024-01-01"', date(2024, 1, 2), True),
    ('[date("2024-01-01")..date("2024-12-31")]', date(2025, 1, 1), False),
    ("item", 3, False),
]
VARIABLES = {"limit": 10, "list": [1, 2], "flag": True, "item": 4, "span": Range(Decimal(1), Decimal(3))}


@pytest.mark.parametrize(("text", "value", "expected"), CASES)
def test_cell_accepts_what_it_says(text: str, value: Any, expected: bool | None) -> None:
    assert compile_unary(text).test(value, VARIABLES, Scope()) is expected


@pytest.mark.parametrize("text", ["<", "1,", "not(", "],", "- 1 2", "? >"])
def test_a_cell_that_is_no_test_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary(text)
