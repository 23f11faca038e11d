"""The grammar of FEEL and the semantics of its constructs (DMN 1.5, 10.3.1 and 10.3.2), a row per rule."""

from decimal import Decimal
from typing import Any

import pytest

from workflows.feel import FeelSyntaxError, Range, Scope, compile_expression

LEXICAL: list[tuple[str, Any]] = [
    ("1\u00a0+\u30001\u200b+\ufeff1", 3),
    ("/* a * b */ 1 // the rest", 1),
    ("1.5e1", 15),
    (".5 + 0.5", 1),
    (r'"\U01F40E\t\'\""', "🐎\t'\""),
    ('"two\nlines"', "two\nlines"),
    ("{?a: 1, _b: 2, r: ?a + _b}.r", 3),
    ("{\u00e9t\u00e9: 1}.\u00e9t\u00e9", 1),
    ("{🐎: 4}.🐎", 4),
    ("{if: 1}.if", 1),
    ("{a.b: 3, r: a.b}.r", 3),
    ("{a+b: 3, a: 1, r: a+b}.r", 3),
    ("{class size: 45, r: class size / 9}.r", 5),
    ("{date of hire: 1, date: 2, r: date of hire + date}.r", 3),
    ('{"a key: odd": 1}', {"a key: odd": 1}),
]
PRECEDENCE: list[tuple[str, Any]] = [
    ("2 + 3 * 2 ** 2", 14),
    ("2 ** 2 ** 3", 64),
    ("-3 ** 2", 9),
    ("7 - 2 - 1", 4),
    ("8 / 4 / 2", 1),
    ("1 + 1 = 2 and 2 > 1", True),
    ("true or false and false", True),
    ("1 < 2 = true", True),
    ("2 between 1 and 3 and true", True),
    ("1 + 1 in [2..3]", True),
    ("not(1 in (2, 3)) and true", True),
    ("if true then 1 else 2 + 10", 1),
    ("for i in [1, 2] return i + 1", [2, 3]),
    ("(for i in [1, 2] return i)[2]", 2),
    ("1 + 1 instance of number", None),
    ("(1 + 1) instance of number", True),
    ("{a: [1, 2]}.a[1]", 1),
    ("[[1, 2], [3]][1][2]", 2),
]
LOGIC: list[tuple[str, Any]] = [
    ('"a" or true', True),
    ('"a" or false', None),
    ("1 and false", False),
    ("null and null", None),
    ("not(null)", None),
    ('not("true")', None),
    ('if "true" then 1 else 2', 2),
    ("if null then 1 else 2", 2),
    ("every x in [true, 1] satisfies x", None),
    ("some x in [1, true] satisfies x", True),
    ("some x in null satisfies x", None),
    ("every x in [1..3] satisfies x > 0", True),
    ("some x in [1, 2], y in [x + 1] satisfies y = 3", True),
]
EQUALITY: list[tuple[str, Any]] = [
    ("1 = 1.00", True),
    ("100 = 1e2", True),
    ('1 = "1"', None),
    ('1 != "1"', None),
    ("null = false", False),
    ("null != 1", True),
    ("true = true", True),
    ("true > false", None),
    ("[1, 2] = [1, 2]", True),
    ("[1, 2] != [2, 1]", True),
    ("[1] = 1", None),
    ("[[1]] = [[1.0]]", True),
    ("{a: 1} = {a: 1, b: null}", False),
    ("{a: [1], b: {c: 2}} = {b: {c: 2}, a: [1]}", True),
    ("[1..2] = [1.0..2.0]", True),
    ("(1..2] = [1..2]", False),
    ("(< 2) = (< 2)", True),
    ("(< 2) = (<= 2)", False),
    ("[1] < [2]", None),
    ("{} < {}", None),
    ('"a" < "B"', False),
    ('"一" < "二"', True),
    ('"a" + null', None),
    ('"a" - "b"', None),
    ("null + null", None),
    ("0 ** 0", 1),
    ("(-8) ** (1 / 3)", None),
    ("2 ** -1", Decimal("0.5")),
    ("-null", None),
    ('-"a"', None),
]
RANGES: list[tuple[str, Any]] = [
    ("5 in (5..10]", False),
    ("5 in ]5..10]", False),
    ("10 in [5..10[", False),
    ("[(]1..2[), 3][2]", 3),
    ('"b" in ["a".."c"]', True),
    ("3 in (< 5)", True),
    ("3 in (>= 3)", True),
    ("3 in (> 3)", False),
    ("3 in (= 3)", True),
    ("(< 5).end", 5),
    ("(< 5).start", None),
    ("(< 5).end included", False),
    ("(>= 5).start included", True),
    ("(>= 5).end included", False),
    ("[1..null]", None),
    ('[1.."a"]', None),
    ("[true..false]", None),
    ("(< null)", None),
    ("[1..3] instance of range<number>", True),
    ("[1..3] instance of range<string>", False),
    ("(< 3) instance of range<number>", True),
    ('"x" in [1..3]', None),
    ("null in [1..3]", None),
    ("[2..3] in [1..4]", None),
    ("1 in [[2..4], [1..1]]", True),
    ("[1, 2] in [[1, 2], [3]]", True),
    ("[1, 2] in [1, 2]", True),
    ("1 in []", False),
    ("1 in null", False),
    ("null in [1, null]", True),
    ("null in (null, 1)", True),
    ("5 in (< 3, > 4)", True),
    ("5 in (? > 3 and ? < 6)", True),
    ("5 in (1, ? > 5)", False),
    ("5 in != 4", True),
    ("1 between 1 and null", None),
    ("0 between 1 and null", False),
]
FILTERS: list[tuple[str, Any]] = [
    ("[1, 2, 3][0]", None),
    ("[1, 2, 3][-3]", 1),
    ("[1, 2, 3][-4]", None),
    ("[1, 2, 3][1.5]", None),
    ('[1, 2, 3]["a"]', None),
    ("[1, 2, 3][null]", []),
    ("[1, 2, 3][true]", [1, 2, 3]),
    ("[1, 2, 3][item >= 2][1]", 2),
    ("[1, 2, null][item > 1]", [2]),
    ("5[item > 3]", [5]),
    ("5[item > 5]", []),
    ("5[1]", 5),
    ("5[2]", None),
    ("null[1]", None),
    ("null[true]", None),
    ("{a: 1}[a = 1]", [{"a": 1}]),
    ("[{a: 1}, {a: 2}][a = 2].a", [2]),
    ("[{a: 1}, {b: 2}][a = null]", [{"b": 2}]),
    ("[{item: 5, x: 1}, {item: 6, x: 2}][item = 6].x", [2]),
    ("[[1], [2, 3]][count(item) = 2]", [[2, 3]]),
    ("[1..5][item > 3]", [4, 5]),
    ("[{a: {b: 1}}, {a: {b: 2}}].a.b", [1, 2]),
    ("[].a", []),
    ("null.a", None),
    ('"text".length', None),
    ("(function(x) x).name", None),
]
LOOPS: list[tuple[str, Any]] = [
    ("for i in 1..3 return i", [1, 2, 3]),
    ("for i in 2..-1 return i", [2, 1, 0, -1]),
    ("for i in 1..1 return i", [1]),
    ("for i in [3..1] return i", []),
    ("for i in 1..2, j in i..2 return [i, j]", [[1, 1], [1, 2], [2, 2]]),
    ("for i in [1, 2], i in [i + 10] return i", [11, 12]),
    ("for i in 1..5 return count(partial)", [0, 1, 2, 3, 4]),
    ("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
    ("for i in (< 5) return i", None),
    ('for i in "a".."c" return i', None),
    ("for i in 1..null return i", None),
    ('for d in @"2026-02-27"..@"2026-03-01" return d.day', [27, 28, 1]),
    ("for i in {a: 1} return i.a", [1]),
    ("for i in [1 instance of context<a: number, b c: string>] return i", [False]),
    ("for class size in [30, 45] return class size * 2", [60, 90]),
]
FUNCTIONS: list[tuple[str, Any]] = [
    ("{f: function(a, b) a - b, r: f(b: 1, a: 3)}.r", 2),
    ("{f: function(a) a, r: f()}.r", None),
    ("{f: function(a) a, r: f(1, 2)}.r", None),
    ("{f: function(a) a, r: f(b: 1)}.r", None),
    ("{f: function(a: number) a, r: f([3])}.r", 3),
    ('{f: function(a: number) a, r: f("3")}.r', None),
    ("{f: function(a: list<number>) a, r: f(3)}.r", [3]),
    ('{f: function(d: date and time) d.hour, r: f(@"2026-09-01")}.r', 0),
    ("{f: function(a: number) a = null, r: f(null)}.r", True),
    ("{x: 1, f: function(a) a + x, g: function(x) f(x), r: g(10)}.r", 11),
    ("{f: function() 5}.f()", 5),
    ("{f: function(a) [a, 2], r: f(1)}.r", [1, 2]),
    ("{f: function(a) (a + 1) * 2, r: f(1)}.r", 4),
    ("[function(a) a + 1][1](2)", 3),
    ("(if true then function(a) a else null)(4)", 4),
    ("{apply: function(g, a) g(a), r: apply(abs, -2)}.r", 2),
    ("{count: function(list) -1, r: count([1])}.r", -1),
    ("{even sum: function(n) if n <= 0 then 0 else n + even sum(n - 2), r: even sum(6)}.r", 12),
    ("5(1)", None),
    ("null(1)", None),
    ("list contains(element: 2, list: [1, 2])", True),
    ('substring(start position: 2, string: "abc")', "bc"),
    ("min(list: [3, 2])", 2),
    ("count(items: [1])", None),
]
TYPES: list[tuple[str, Any]] = [
    ("1 instance of number", True),
    ("null instance of number", False),
    ("null instance of Null", True),
    ("null instance of Any", False),
    ("{} instance of Any", True),
    ('"a" instance of string', True),
    ("true instance of boolean", True),
    ('@"2026-09-01" instance of date', True),
    ('@"2026-09-01" instance of date and time', False),
    ('@"12026-09-01T10:00:00" instance of date and time', True),
    ('@"10:00:00" instance of time', True),
    ('@"P1M" instance of years and months duration', True),
    ('@"P1M" instance of days and time duration', False),
    ("[] instance of list<string>", True),
    ("[[1], 2][item instance of list<number>]", [[1]]),
    ("[1 instance of range<number>]", [False]),
    ("[[1], [2]] instance of list<list<number>>", True),
    ("[[1], 2] instance of list<list<number>>", False),
    ('{a: 1, b: "x"} instance of context<a: number>', True),
    ('{a: "1"} instance of context<a: number>', False),
    ("{} instance of context<a: number>", False),
    ("(function(a, b) a) instance of function<number, number> -> number", True),
    ("(function(a) a) instance of function<number, number> -> number", False),
    ("(1 instance of number) and true", True),
]
ALL = LEXICAL + PRECEDENCE + LOGIC + EQUALITY + RANGES + FILTERS + LOOPS + FUNCTIONS + TYPES


@pytest.mark.parametrize(("text", "value"), ALL)
def test_construct_means_what_the_standard_says(text: str, value: Any) -> None:
    found = compile_expression(text).evaluate({}, Scope())
    assert found == value
    assert isinstance(found, bool) is isinstance(value, bool)


@pytest.mark.parametrize("text", ["1 + null", "null[1].a.b", "f(1)", "[1][9]", '"a" < 1', "{a: 1}.b", "date(1, 2)"])
def test_a_null_that_came_of_something_wrong_leaves_a_warning(text: str) -> None:
    scope = Scope()
    assert compile_expression(text).evaluate({}, scope) is None
    assert bool(scope.warnings) is not text.startswith("null")


@pytest.mark.parametrize(
    "text",
    ["1..2", "a b", "for i 1..2 return i", "if a then b", "{1: 2}", "function(1) 2", "[1,]", "f(,)", "(1", "some x x",
     "x instance of", "@2026", "1 between 2", "a.1", "[1..2", "not(", "{a: 1", "a[", '"\\', "x in", "- ",
     "function(a a) 1 +",
     "every x satisfies x", "1 = = 2", "{:1}", "or true"],
)  # fmt: skip
def test_what_the_grammar_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)


def test_an_open_range_keeps_its_missing_end() -> None:
    assert compile_expression("(>= 5)").evaluate({}) == Range(Decimal(5), None, True, False)
    assert compile_expression("(< 5)").evaluate({}) == Range(None, Decimal(5), False, False)
