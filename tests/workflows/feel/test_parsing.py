"""The parser reads what is written of its own trees, the cache keeps to its bound, and threads may share all of it."""

import threading
from typing import Any

import pytest
from hypothesis import given, settings

from tests.workflows.feel.writing import EXPRESSIONS, write
from workflows.feel import compile_expression, compile_unary
from workflows.feel.expression import _expression, _unary
from workflows.feel.lexer import Source
from workflows.feel.parser import parse

NAMES = frozenset({"class size", "k k"})


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS)
def test_a_tree_that_is_written_is_read_as_the_same_tree(text: str) -> None:
    tree = parse(Source(text, NAMES, unary=False))
    assert parse(Source(write(tree), NAMES, unary=False)) == tree


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_what_is_written_has_the_value_of_what_was_read(text: str) -> None:
    again = write(parse(Source(text, NAMES, unary=False)))
    variables = {"a": 3, "x": [1, 2], "学段": "小学", "class size": {"x": 1}}
    first, second = (compile_expression(spelled, NAMES) for spelled in (text, again))
    assert (first.names, first.uncertain) == (second.names, second.uncertain)
    found = [str(expression.evaluate(variables)) for expression in (first, second)]
    assert found[0] == found[1] or "function" in found[0].lower()


def test_an_expression_is_compiled_once_for_the_names_that_matter() -> None:
    text = "class size + 1"
    assert compile_expression(text, ["class size", "a"]) is compile_expression(text, ["b", "class size"])
    assert compile_expression("a + 1", ["a"]) is compile_expression("a + 1", [])
    assert compile_expression("a - b", ["a - b"]) is not compile_expression("a - b", [])
    assert compile_unary("> 1") is compile_unary("> 1", ["a"])


@pytest.mark.parametrize("cache", [_expression, _unary])
def test_the_cache_is_bounded(cache: Any) -> None:
    assert 0 < cache.cache_info().maxsize <= 4096


def test_threads_share_compiled_expressions_without_mixing_their_values() -> None:
    text = "{f: function(n) if n = 0 then base else f(n - 1) + 1, r: (for i in 1..20 return f(i) * k)[item > 0]}.r"
    wrong: list[Any] = []
    start = threading.Barrier(4)

    def work(k: int) -> None:
        start.wait()
        for round_number in range(30):
            expected = [(i + k) * (round_number + 1) for i in range(1, 21)]
            found = compile_expression(text).evaluate({"base": k, "k": round_number + 1})
            if found != [value for value in expected if value > 0]:
                wrong.append((k, found))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
