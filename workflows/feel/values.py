"""FEEL's kinds of values as Python holds them, and how what comes from JSON becomes one of them when touched.

number Decimal · string str · boolean bool · null None · list list · context dict · date, time, date and time: the
classes of datetime, FarDate and FarMoment beyond the years 1 to 9999 · days and time duration timedelta · years and
months duration YearsMonths · range Range · function Function.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from workflows.feel.far import FarDate, FarMoment

CONTEXT = Context(prec=34, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Decimal128 as the standard asks: 34 digits, half even; what has no result raises ArithmeticError."""

MISSING = object()
"""Told apart from null: a name or key that does not exist."""

_INT_BITS = 512


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration; `months` counts all of them and may be negative."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None is unbounded."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function value: its parameter names and what runs it with (frame, list of arguments).

    `slots` are the local names it saw when it was made; a context entry adds the function itself, so it can recur.
    """

    parameters: tuple[str, ...]
    run: Callable[[Any, list[Any]], Any]
    name: str = "function"
    slots: list[Any] = field(default_factory=list)


KINDS: dict[type, str] = {
    type(None): "null", bool: "boolean", Decimal: "number", str: "string", list: "list", dict: "context",
    date: "date", time: "time", datetime: "date and time", timedelta: "days and time duration",
    YearsMonths: "years and months duration", Range: "range", Function: "function",
    FarDate: "date", FarMoment: "date and time",
}  # fmt: skip
NATIVE = frozenset(KINDS)
"""Types of FEEL's own values."""
SETTLED = NATIVE - {Decimal}
"""Types that need no conversion; a number from outside may be no number (NaN)."""
ORDERED = frozenset((Decimal, str, date, time, datetime, timedelta, YearsMonths, FarDate, FarMoment))
DAYS = (date, datetime, FarDate, FarMoment)


def touch(value: Any) -> Any:
    """The FEEL value of anything a host may hold; shallow, what FEEL does not know becomes null."""
    if type(value) is Decimal:
        return value if value.is_finite() else None
    if type(value) in NATIVE:
        return value
    if isinstance(value, int):
        return CONTEXT.create_decimal(value) if value.bit_length() <= _INT_BITS else None
    if isinstance(value, float):
        return CONTEXT.create_decimal(repr(value)) if value - value == 0 else None
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list | tuple):
        return list(value)
    return value if isinstance(value, Mapping) else None


def kind_of(value: Any) -> str:
    """The name of a touched value's kind ("number", "date and time", …)."""
    return KINDS.get(type(value), "context")


def is_context(value: Any) -> bool:
    """Whether a touched value is a context: a dict, or a mapping handed in by the host."""
    return type(value) is dict or (type(value) not in NATIVE and isinstance(value, Mapping))


def number(value: int) -> Decimal:
    """A whole number as FEEL holds it."""
    return Decimal(value)
