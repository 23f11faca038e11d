"""Mistakes that people make who write expressions seldom: each is answered with its place and what to write."""

import pytest

from workflows.feel import FeelSyntaxError, Scope, compile_expression

MISTAKES: list[tuple[str, int, str, str]] = [
    ("a == b", 3, "“==”在 FEEL 里写作 =", '"==" is written = in FEEL'),
    ("a && b", 3, "“&&”在 FEEL 里写作 and", '"&&" is written and in FEEL'),
    ("a || b", 3, "“||”在 FEEL 里写作 or", '"||" is written or in FEEL'),
    ("!a", 1, "“!”在 FEEL 里写作 not(…)", '"!" is written not(…) in FEEL'),
    ("a <> b", 3, "“<>”在 FEEL 里写作 !=", '"<>" is written != in FEEL'),
    ("a =< b", 3, "“=<”在 FEEL 里写作 <=", '"=<" is written <= in FEEL'),
    ("a ≥ b", 3, "“≥”在 FEEL 里写作 >=", '"≥" is written >= in FEEL'),
    ("a := 5", 3, "“:=”在 FEEL 里写作 =", '":=" is written = in FEEL'),
    ("a % 2", 3, "“%”在 FEEL 里写作 modulo(…)", '"%" is written modulo(…) in FEEL'),
    ("a = 'x'", 5, "“'”在 FEEL 里写作 \"", '"\'" is written " in FEEL'),
    ("a = ‘x’", 5, "“‘”在 FEEL 里写作 \"", '"‘" is written " in FEEL'),
    ("count（a）", 6, "全角字符“（”应写成半角“(”", 'the full-width character "（" must be written "("'),
    ("[1，2]", 3, "全角字符“，”应写成半角“,”", 'the full-width character "，" must be written ","'),
    ("a = “x”", 5, "全角字符““”应写成半角“\"”", 'the full-width character "“" must be written """'),
    ("a ＞ 5", 3, "全角字符“＞”应写成半角“>”", 'the full-width character "＞" must be written ">"'),
    ("【1】", 1, "全角字符“【”应写成半角“[”", 'the full-width character "【" must be written "["'),
    ("(a + b", 1, "“(”没有对应的“)”", '"(" is never closed by ")"'),
    ("count([1, 2]", 6, "“(”没有对应的“)”", '"(" is never closed by ")"'),
    ("{a: 1", 1, "“{”没有对应的“}”", '"{" is never closed by "}"'),
    ("a > 1)", 6, "“)”没有对应的左括号", '")" closes nothing that is open'),
    ("a = \"x", 5, "字符串没有结束引号", "the string has no closing quote"),
    ("a AND b", 3, "“AND”在 FEEL 里写作 and", '"AND" is written and in FEEL'),
    ("a 并且 b", 3, "“并且”在 FEEL 里写作 and", '"并且" is written and in FEEL'),
    ("a 或 b", 3, "“或”在 FEEL 里写作 or", '"或" is written or in FEEL'),
    ("a is null", 3, "“is”在 FEEL 里写作 =", '"is" is written = in FEEL'),
    ("a is not null", 3, "“is not”在 FEEL 里写作 !=", '"is not" is written != in FEEL'),
    ("a not in [1]", 3, "“not in”在 FEEL 里写作 not(… in …)", '"not in" is written not(… in …) in FEEL'),
    ("a ? 1 : 2", 3, "“?”在 FEEL 里写作 if … then … else …", '"?" is written if … then … else … in FEEL'),
    ("a in 1..5", 7, "“..”在 FEEL 里写作 [… .. …]", '".." is written [… .. …] in FEEL'),
    ("10,5 + 1", 1, "“10,5”在 FEEL 里写作 10.5", '"10,5" is written 10.5 in FEEL'),
    ("{a = 1}", 4, "“=”在 FEEL 里写作 :", '"=" is written : in FEEL'),
    ("a > 5 and < 9", 11, "“<”左边缺少要比较的值", 'the value to the left of "<" is missing'),
    ("=a > 1", 1, "开头的“=”只在流程图里使用", 'the "=" at the beginning belongs in diagrams only'),
    ("${a}", 1, "“${…}”不是 FEEL 的写法", '"${…}" is not FEEL'),
    ("if a then 1", 12, "此处应为：else", "expected: else"),
    ("if a 1 else 2", 6, "此处应为：运算符、then", "expected: operator, then"),
    ("for x in [1] x", 14, "return", "return"),
    ("a between 1, 5", 12, "此处应为：and", "expected: and"),
    ("a b", 3, "此处应为：运算符、结尾", "expected: operator, end"),
    ("a; b", 2, "“;”在 FEEL 里写作 ,", '";" is written , in FEEL'),
    ("/* note", 1, "注释没有结束", "the comment is not closed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "zh", "en"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_remedy_in_both_languages(
    text: str, column: int, zh: str, en: str
) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert (caught.value.line, caught.value.column) == (1, column)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


NEAR: list[tuple[str, str]] = [
    ("cuont([1])", "count"),
    ("Count([1])", "count"),
    ('strlen("a")', "string length"),
    ('startsWith("a", "b")', "starts with"),
    ('substr("a", 1)', "substring"),
    ("avg([1])", "mean"),
    ("round(1.5)", "round half up"),
    ("ceil(1.5)", "ceiling"),
    ('upperCase("a")', "upper case"),
]


@pytest.mark.parametrize(("text", "meant"), NEAR)
def test_an_unknown_function_is_answered_with_the_one_that_was_meant(text: str, meant: str) -> None:
    scope = Scope()
    assert compile_expression(text).evaluate({}, scope) is None
    assert f"是否指 {meant}" in scope.warnings[0].text("zh")
    assert f"did you mean {meant}" in scope.warnings[0].text("en")


def test_a_function_that_is_near_none_is_just_unknown() -> None:
    scope = Scope()
    compile_expression("校验身份证(1)").evaluate({}, scope)
    assert scope.warnings[0].text("en") == 'there is no function "校验身份证"'


@pytest.mark.parametrize(("word", "meant"), [("True", "true"), ("FALSE", "false"), ("None", "null"), ("NULL", "null")])
def test_a_constant_of_another_language_is_answered_with_that_of_feel(word: str, meant: str) -> None:
    scope = Scope()
    compile_expression(word).evaluate({}, scope)
    assert scope.warnings[0].text("zh") == f"变量“{word}”不存在，应写 {meant}"


def test_arguments_that_do_not_fit_are_answered_with_those_that_do() -> None:
    scope = Scope()
    compile_expression("date(2026-09-01)").evaluate({}, scope)
    said = scope.warnings[0].text("en")
    assert said == 'function "date" does not take (number), it takes (from) / (year, month, day)'
