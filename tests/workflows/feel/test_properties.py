"""Properties: any text only raises FeelSyntaxError, any evaluation only FeelBudgetError, numbers agree with decimal.

LECTERN_PROVE=1 tries 100,000 texts and prints what came of them.
"""

import os
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflows.feel import FeelBudgetError, FeelSyntaxError, Scope, compile_expression, compile_unary, plain
from workflows.feel.builtins import BUILT_INS
from workflows.feel.expression import _expression

TEXTS_TRIED = 100_000 if os.environ.get("LECTERN_PROVE") else 1200
HANDFUL = 10
"""Texts of one example: Hypothesis takes ever longer for one the more it has had."""
CPU_SECONDS = 0.05 * 4
"""Four times the promised 50 ms, as in test_hostile: the machine may be busy."""

_WORDS = """
1 2.5 -1 1e300 9e6000 true false null x l c a item partial ? + - * / ** = != < <= > >= and or in between if then else
for return some every satisfies function instance of number list string ( ) [ ] { } , : . .. -> not
"a" "a;b" "(a+)+b" "(a"
@"2024-02-29" @"P1D" @"P1M" @"10:00:00Z" @"9999-12-31" [1..3] c.a l[1] (<3)
"""
TOKENS = _WORDS.split()
CALLS = [f"{name}(" for name in BUILT_INS]
SEEDS = (
    'if x > 1 then "a" else c.a',
    "for i in 1..3 return i * x",
    "l[item > 1]",
    "some i in l satisfies i = x",
    'date("2024-01-01") + duration("P1D")',
    "(function(a, b) a + b)(1, x)",
    "{a: 1, b: a + 1}.b",
    "x between 1 and 5",
    "sort(l, function(x, y) x < y)",
)
VARIABLES: dict[str, Any] = {
    "x": 3,
    "l": [1, 2, 3.5, "a", None, [1]],
    "c": {"a": 1, "b": {"c": [1]}},
    "a": float("nan"),
}


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A working expression with a few tokens put into it."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(TOKENS + CALLS)) + text[at + draw(st.integers(0, 2)) :]
    return text


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({', '.join(arguments)})"


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(TOKENS + CALLS), max_size=14).map(" ".join),
    mutated(),
    st.builds(
        _call, st.sampled_from(sorted(BUILT_INS)), st.lists(st.sampled_from(TOKENS[:10] + TOKENS[-14:]), max_size=4)
    ),
)


def _run(text: str) -> str:
    """What came of a text: value, null, syntax or budget; anything else is raised."""
    scope = Scope(now=datetime(2026, 1, 1, tzinfo=UTC), working_days=lambda _: True)
    try:
        value = plain(compile_expression(text).evaluate(VARIABLES, scope))
    except (FeelSyntaxError, FeelBudgetError) as error:
        came, said = error.code.split(".")[1], [error.text("zh"), error.text("en")]
    else:
        came = "null" if value is None else "value"
        said = [warning.text(locale) for warning in scope.warnings for locale in ("zh", "en")]
    assert all(said)
    return came


def _seconds(text: str) -> float:
    """CPU seconds of compiling and evaluating a text anew."""
    _expression.cache_clear()
    started = time.process_time()
    _run(text)
    return time.process_time() - started


def _tried(text: str, came: Counter[str], slowest: list[tuple[float, str]]) -> None:
    """Note what came of a text and how long it took; a slow one is run again, lest a collection counts as its own."""
    started = time.process_time()
    came[_run(text)] += 1
    seconds = time.process_time() - started
    if seconds > CPU_SECONDS / 4:
        seconds = min(seconds, _seconds(text), _seconds(text))
    slowest[:] = [max(slowest[0], (seconds, text))]


def test_no_text_raises_anything_but_a_feel_error_or_takes_longer_than_the_budget() -> None:
    came: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = [(0.0, "")]

    @settings(max_examples=TEXTS_TRIED // HANDFUL, deadline=None)
    @given(st.lists(TEXTS, min_size=HANDFUL, max_size=HANDFUL))
    @example(["sort(l, function(x* y) x < y)"])
    def try_texts(texts: list[str]) -> None:
        for text in texts:
            _tried(text, came, slowest)

    try_texts()
    print(
        f"{sum(came.values())} texts: {dict(came)}; slowest {slowest[0][0] * 1000:.1f} ms CPU: {slowest[0][1][:80]!r}"
    )
    assert slowest[0][0] < CPU_SECONDS
    assert set(came) == {"value", "null", "syntax"} or came["budget"]


@settings(max_examples=500, deadline=None)
@given(TEXTS, st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans(), st.dates()))
def test_no_cell_raises_anything_but_a_feel_error(text: str, value: Any) -> None:
    found: bool | None = None
    with suppress(FeelSyntaxError, FeelBudgetError):
        found = compile_unary(text).test(value, VARIABLES)
    assert found in (True, False, None)


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
DECIMAL128 = Context(prec=34)


@settings(deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_arithmetic_agrees_with_decimal(a: Decimal, b: Decimal, c: Decimal) -> None:
    expected = DECIMAL128.subtract(DECIMAL128.add(a, DECIMAL128.multiply(b, c)), a)
    assert compile_expression("a + b * c - a").evaluate({"a": a, "b": b, "c": c}) == expected
    if c:
        assert compile_expression("a / c").evaluate({"a": a, "c": c}) == DECIMAL128.divide(a, c)


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_order_agrees_with_decimal(a: Decimal, b: Decimal) -> None:
    variables = {"a": a, "b": b}
    assert compile_expression("a < b").evaluate(variables) is (a < b)
    assert compile_expression("a = b").evaluate(variables) is (a == b)
    assert compile_expression("max(a, b)").evaluate(variables) == max(a, b)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_floats_of_json_count_as_they_are_written(value: float) -> None:
    assert compile_expression("x").evaluate({"x": value}) == DECIMAL128.create_decimal(repr(value))


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-10_000, 10_000))
def test_days_agree_with_datetime(day: date, days: int) -> None:
    moved = day + timedelta(days=days)
    text = f'date("{day.isoformat()}") + duration("{"-" if days < 0 else ""}P{abs(days)}D")'
    assert compile_expression(text).evaluate({}) == moved
    assert compile_expression("a - b").evaluate({"a": moved, "b": day}) == timedelta(days=days)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_a_string_literal_means_its_text(text: str) -> None:
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    assert compile_expression(f'"{written}"').evaluate({}) == text


SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5)
KEYS = st.text("abc", min_size=1, max_size=3)
NESTED = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@settings(deadline=None)
@given(NESTED)
def test_what_string_writes_can_be_read_again(value: Any) -> None:
    written = compile_expression("string([x])").evaluate({"x": value})
    assert plain(compile_expression(written).evaluate({})) == [value]
