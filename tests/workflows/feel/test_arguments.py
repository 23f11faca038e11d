"""Arguments of every built-in: null, a wrong kind, a list of one, a name of its own; told from the registry itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.feel import Scope, compile_expression
from workflows.feel.builtins import BUILT_INS
from workflows.feel.builtins.registry import Overload, Parameter

SAMPLES = {
    "any": "1",
    "number": "1",
    "string": '"1"',
    "boolean": "true",
    "list": "[1]",
    "only list": '["a", "b"]',
    "context": "{a: 1}",
    "date": '@"2026-09-01"',
    "time": '@"10:00:00"',
    "day": '@"2026-09-01"',
    "moment": '@"10:00:00"',
    "duration": '@"P1D"',
    "days and time duration": '@"PT1H"',
    "range": "[1..3]",
    "point": "2",
    "function": "function(a, b) a < b",
}
OWN = {
    ("not", "negand"): "true",
    ("context", "entries"): '[{key: "a", value: 1}]',
    ("context merge", "contexts"): "[{a: 1}]",
    ("date", "from"): '"2026-09-01"',
    ("date and time", "from"): '"2026-09-01"',
    ("date and time", "timezone"): '"Asia/Shanghai"',
    ("time", "from"): '"10:00:00"',
    ("duration", "from"): '"P1D"',
    ("range", "from"): '"[1..3]"',
    ("string join", "list"): '["a"]',
    ("all", "list"): "[true]",
    ("any", "list"): "[true]",
    ("all", "b"): "true",
    ("any", "b"): "true",
    ("number", "grouping separator"): '","',
    ("number", "decimal separator"): '"."',
    ("stddev", "list"): "[1, 2]",
    ("matches", "flags"): '"i"',
    ("replace", "flags"): '"i"',
    ("context put", "keys"): '["a"]',
    ("get value", "keys"): '["a"]',
    ("get value", "key"): '"a"',
}
TAKES_ANYTHING = {"any", "list", "point"}


def _sample(name: str, parameter: Parameter) -> str:
    special = OWN.get((name, parameter.name))
    same_kind = parameter.kind in ("string", "list", "only list", "any")
    return special if special is not None and same_kind else SAMPLES[parameter.kind]


def _overloads() -> Iterator[tuple[str, Overload]]:
    for name, overloads in sorted(BUILT_INS.items()):
        for overload in overloads:
            if overload.parameters and not (name == "stddev" and overload.parameters[0].variadic):
                yield name, overload


def _evaluate(text: str) -> Any:
    scope = Scope(now=datetime(2026, 9, 1, tzinfo=UTC), working_days=lambda _: True)
    return compile_expression(text).evaluate({}, scope)


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({', '.join(arguments)})"


CASES = list(_overloads())
IDS = [f"{name}({', '.join(p.name for p in overload.parameters)})" for name, overload in CASES]


@pytest.mark.parametrize(("name", "overload"), CASES, ids=IDS)
def test_function_answers_by_position_and_by_name_alike(name: str, overload: Overload) -> None:
    samples = [_sample(name, parameter) for parameter in overload.parameters]
    found = _evaluate(_call(name, samples))
    assert found is not None
    if not any(parameter.variadic for parameter in overload.parameters):
        named = [f"{p.name}: {sample}" for p, sample in zip(overload.parameters, samples, strict=True)]
        assert _evaluate(_call(name, named[::-1])) == found


@pytest.mark.parametrize(("name", "overload"), CASES, ids=IDS)
def test_null_gives_null_where_null_is_no_value(name: str, overload: Overload) -> None:
    samples = [_sample(name, parameter) for parameter in overload.parameters]
    for index, parameter in enumerate(overload.parameters):
        if not parameter.nullable and parameter.name != "timezone":  # a seventh null is "no offset"
            assert _evaluate(_call(name, [*samples[:index], "null", *samples[index + 1 :]])) is None


@pytest.mark.parametrize(("name", "overload"), CASES, ids=IDS)
def test_a_wrong_kind_gives_null(name: str, overload: Overload) -> None:
    samples = [_sample(name, parameter) for parameter in overload.parameters]
    for index, parameter in enumerate(overload.parameters):
        if parameter.kind not in TAKES_ANYTHING:
            wrong = "function(x) x" if parameter.kind != "function" else "[1..3]"
            assert _evaluate(_call(name, [*samples[:index], wrong, *samples[index + 1 :]])) is None


@pytest.mark.parametrize(("name", "overload"), CASES, ids=IDS)
def test_a_list_of_one_counts_as_its_item(name: str, overload: Overload) -> None:
    """DMN 1.5, 10.3.2.9.4: from a singleton list."""
    samples = [_sample(name, parameter) for parameter in overload.parameters]
    expected = _evaluate(_call(name, samples))
    for index, parameter in enumerate(overload.parameters):
        if parameter.kind not in TAKES_ANYTHING | {"only list"}:
            assert _evaluate(_call(name, [*samples[:index], f"[{samples[index]}]", *samples[index + 1 :]])) == expected


@pytest.mark.parametrize("name", sorted(BUILT_INS))
def test_an_argument_with_an_unknown_name_gives_null(name: str) -> None:
    assert _evaluate(f"{name}(nobody: 1)") is None
