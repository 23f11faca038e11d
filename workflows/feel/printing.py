"""FEEL values as text (the `string` function) and as plain JSON (what the host stores)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Protocol

from workflows.feel.errors import FeelBudgetError
from workflows.feel.far import FarDate
from workflows.feel.frame import MAX_DEPTH
from workflows.feel.temporal import text_of
from workflows.feel.values import Function, Range, YearsMonths, touch

MAX_VALUES = 100_000
"""Values in what is made plain at once."""
_INT64 = 2**63
_WORD = re.compile(r"[^\W\d]\w*(?: [^\W\d]\w*)*")


class Budget(Protocol):
    """The part of a meter that printing uses."""

    def charge(self, steps: int) -> None: ...
    def text(self, length: int) -> None: ...
    def enter(self) -> None: ...
    def leave(self) -> None: ...


def show(value: Any, meter: Budget) -> str:
    """A touched value as the standard's `string` writes it; a string at the top is not quoted."""
    text = value if type(value) is str else _show(value, meter)
    meter.text(len(text))
    return text


def _show(value: Any, meter: Budget) -> str:
    meter.charge(1)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        meter.text(len(escaped))
        return f'"{escaped}"'
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, date | FarDate | time | timedelta | YearsMonths):
        return text_of(value)
    return _show_nested(value, meter)


def _show_nested(value: Any, meter: Budget) -> str:
    if isinstance(value, Function):
        return value.name
    meter.enter()
    if isinstance(value, Range):
        low, high = (_show(end, meter) if end is not None else "" for end in (value.low, value.high))
        text = f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"
    elif isinstance(value, list):
        text = "[" + ", ".join([_show(touch(item), meter) for item in value]) + "]"
    else:
        text = "{" + ", ".join([f"{_key(str(key))}: {_show(touch(item), meter)}" for key, item in value.items()]) + "}"
    meter.leave()
    meter.text(len(text))
    return text


def _key(name: str) -> str:
    """A key as a context literal takes it: in quotes unless it is a word."""
    if _WORD.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number_text(value: Decimal) -> str:
    """A number without an exponent."""
    return format(value, "f") if value else "0"


def plain(value: Any) -> Any:
    """A value as JSON can hold it, for storing in variables.

    A whole number becomes int while it fits 64 bits, any other float; dates, times and durations ISO text; a range
    its FEEL text; a function null. Raises FeelBudgetError for data nested deeper than the limit (or in a circle), and
    for more values than MAX_VALUES: what is shared many times in memory is written as often.
    """
    return _plain(value, 0, [MAX_VALUES])


def _plain(value: Any, depth: int, left: list[int]) -> Any:
    if depth > MAX_DEPTH:
        raise FeelBudgetError("feel.budget.depth")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float | Decimal):
        return _plain_number(touch(value))
    if isinstance(value, list | tuple | Mapping):
        left[0] -= 1 + len(value)
        if left[0] < 0:
            raise FeelBudgetError("feel.budget.steps")
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1, left) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item, depth + 1, left) for key, item in value.items()}
    return _plain_text(value)


def _plain_number(value: Decimal | None) -> int | float | str | None:
    if value is None:
        return None
    if value.adjusted() < 19 and value == value.to_integral_value() and -_INT64 <= value < _INT64:
        return int(value)
    found = float(value)
    return found if abs(found) != float("inf") else str(value)


def _plain_text(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Range):
        ends = ["" if end is None else str(_plain(end, MAX_DEPTH, [1])) for end in (value.low, value.high)]
        return f"{'[' if value.low_closed else '('}{ends[0]}..{ends[1]}{']' if value.high_closed else ')'}"
    return text_of(value) if isinstance(value, date | FarDate | time | timedelta | YearsMonths) else None
