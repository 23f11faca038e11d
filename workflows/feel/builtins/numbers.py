"""Numeric functions."""

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.values import CONTEXT, YearsMonths

_SCALES = range(-6111, 6177)
"""The scales of decimal128."""
_COST = 100


def _round(frame: Frame, name: str, value: Decimal, scale: Decimal | None, rounding: str) -> Any:
    digits = 0 if scale is None else int(scale)
    if digits not in _SCALES:
        return frame.warn("feel.warning.value", function=name, value=scale)
    if -value.as_tuple().exponent <= digits:  # type: ignore[operator]  # numbers are finite
        return value
    step = Decimal((0, (1,), -digits))
    return CONTEXT.create_decimal(value.quantize(step, rounding=rounding, context=CONTEXT))


def _rounding(name: str, signature: str, rounding: str) -> None:
    @builtin(name, signature)
    def run(frame: Frame, value: Decimal, scale: Decimal | None = None) -> Any:
        return _round(frame, name, value, scale, rounding)


_rounding("decimal", "n: number, scale: number", ROUND_HALF_EVEN)
_rounding("floor", "n: number, scale?: number", ROUND_FLOOR)
_rounding("ceiling", "n: number, scale?: number", ROUND_CEILING)
_rounding("round up", "n: number, scale: number", ROUND_UP)
_rounding("round down", "n: number, scale: number", ROUND_DOWN)
_rounding("round half up", "n: number, scale: number", ROUND_HALF_UP)
_rounding("round half down", "n: number, scale: number", ROUND_HALF_DOWN)


@builtin("abs", "n: number")
def absolute(_: Frame, value: Decimal) -> Decimal:
    """The absolute value of a number."""
    return value.copy_abs()


@builtin("abs", "n: duration")
def absolute_duration(_: Frame, value: timedelta | YearsMonths) -> timedelta | YearsMonths:
    """The absolute value of a duration."""
    return abs(value) if isinstance(value, timedelta) else YearsMonths(abs(value.months))


@builtin("modulo", "dividend: number, divisor: number")
def modulo(frame: Frame, dividend: Decimal, divisor: Decimal) -> Any:
    """The remainder with the sign of the divisor; null for a divisor of 0."""
    if not divisor:
        return frame.warn("feel.warning.arithmetic", left=dividend, operator="modulo", right=divisor)
    try:
        quotient = CONTEXT.divide(dividend, divisor).to_integral_value(rounding=ROUND_FLOOR)
        return CONTEXT.subtract(dividend, CONTEXT.multiply(divisor, quotient))
    except ArithmeticError:
        return frame.warn("feel.warning.arithmetic", left=dividend, operator="modulo", right=divisor)


def _transcendental(name: str, run: Any) -> None:
    @builtin(name, "number: number")
    def compute(frame: Frame, value: Decimal) -> Any:
        frame.meter.charge(_COST)
        try:
            found = run(value)
        except ArithmeticError:
            return frame.warn("feel.warning.value", function=name, value=value)
        return found if found.is_finite() else frame.warn("feel.warning.value", function=name, value=value)


_transcendental("sqrt", CONTEXT.sqrt)
_transcendental("log", CONTEXT.ln)
_transcendental("exp", CONTEXT.exp)


def _parity(_: Frame, value: Decimal) -> Decimal:
    return CONTEXT.remainder(value, Decimal(2)) if value.adjusted() < CONTEXT.prec else Decimal(0)


@builtin("odd", "number: number")
def odd(frame: Frame, value: Decimal) -> bool:
    """Whether a whole number is odd; a fraction is neither odd nor even."""
    return abs(_parity(frame, value)) == 1


@builtin("even", "number: number")
def even(frame: Frame, value: Decimal) -> bool:
    """Whether a whole number is even."""
    return _parity(frame, value) == 0
