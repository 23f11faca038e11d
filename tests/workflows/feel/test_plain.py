"""Values as plain JSON, for storing in variables."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from workflows.feel import FeelBudgetError, compile_expression, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 1", 2),
        ("1.50", 1.5),
        ("2.00", 2),
        ("10 ** 30", 1e30),
        ("1 / 3", 0.3333333333333333),
        ('@"2024-02-29"', "2024-02-29"),
        ('@"2024-02-29T10:00:00Z"', "2024-02-29T10:00:00+00:00"),
        ('@"10:00:00+08:00"', "10:00:00+08:00"),
        ('@"P1DT2H"', "P1DT2H"),
        ('@"P14M"', "P1Y2M"),
        ("[1..5)", "[1..5)"),
        ("function(x) x", None),
        ("{a: [1, null, true], b: {c: 0.1}}", {"a": [1, None, True], "b": {"c": 0.1}}),
    ],
)
def test_value_becomes_json(text: str, value: Any) -> None:
    found = plain(compile_expression(text).evaluate({}))
    assert found == value
    assert type(found) is type(value)
    assert orjson.loads(orjson.dumps(found)) == value


def test_numbers_beyond_64_bits_can_still_be_stored() -> None:
    assert orjson.dumps(plain([2**63 - 1, Decimal(2**63), Decimal("-1e400")]))


def test_values_of_the_host_are_made_plain_as_well() -> None:
    assert plain({"d": date(2024, 1, 1), "t": (1, timedelta(hours=1)), "x": object()}) == {
        "d": "2024-01-01",
        "t": [1, "PT1H"],
        "x": None,
    }


def test_data_in_a_circle_ends_in_a_clean_error() -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle
    with pytest.raises(FeelBudgetError):
        plain(circle)
