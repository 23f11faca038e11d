"""Syntax errors: place, what was expected, and the words in both languages."""

import pytest

from workflows.feel import FeelError, FeelSyntaxError, compile_expression

ERRORS = [
    ("1 +", 1, 4, "feel.syntax.end"),
    ("", 1, 1, "feel.syntax.empty"),
    ("   ", 1, 1, "feel.syntax.empty"),
    ("a\n and\n )", 3, 2, "feel.syntax.close"),
    ("f(1,,2)", 1, 5, "feel.syntax.unexpected"),
    ('"abc', 1, 1, "feel.syntax.string"),
    ("a # b", 1, 3, "feel.syntax.character"),
    ("a，b", 1, 2, "feel.syntax.fullwidth"),
    ("count（a）", 1, 6, "feel.syntax.fullwidth"),
    ('@"2024-02-30"', 1, 1, "feel.syntax.literal"),
    ("1e9999999", 1, 1, "feel.syntax.number"),
    ("{a: 1, a: 2}", 1, 8, "feel.syntax.duplicate"),
    ("if a then b", 1, 12, "feel.syntax.end"),
    ("a == b", 1, 3, "feel.syntax.instead"),
    ("for x in xs", 1, 12, "feel.syntax.end"),
    ("(" * 70 + "1" + ")" * 70, 1, 61, "feel.syntax.deep"),
    ("1" * 9000, 1, 1, "feel.syntax.long"),
]


@pytest.mark.parametrize(("text", "line", "column", "code"), ERRORS)
def test_error_has_its_place_and_code(text: str, line: int, column: int, code: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)


def _error(text: str) -> FeelError:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    return caught.value


def test_error_says_what_was_expected_in_both_languages() -> None:
    error = _error("if a then b")
    assert error.expected == ("else",)
    assert error.text() == "第 1 行第 12 列：表达式不完整，此处应为：else"
    assert error.text("en") == "line 1, column 12: the expression ends too early, expected: else"


def test_unexpected_sign_is_named() -> None:
    error = _error("(1 + )")
    assert error.params["found"] == ")"
    assert error.expected == ("value",)
    assert "意外的“)”" in error.text("zh")


def test_a_full_width_sign_is_told_with_its_half_width_one() -> None:
    assert _error("a，b").text("zh") == "第 1 行第 2 列：全角字符“，”应写成半角“,”"
    assert 'must be written ","' in _error("a，b").text("en")
