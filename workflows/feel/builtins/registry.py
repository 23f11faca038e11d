"""How built-in functions are declared and called: signatures with kinds, overloads, positional and named arguments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from workflows.feel.far import FarMoment, date_part
from workflows.feel.frame import Frame
from workflows.feel.moments import as_datetime
from workflows.feel.values import DAYS, MISSING, ORDERED, Function, Range, YearsMonths, is_context, kind_of, touch


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: name, kind, whether it may be left out, be null, or take all the remaining arguments."""

    name: str
    kind: str
    optional: bool
    nullable: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a built-in; `run` gets the frame and one value per parameter (None where left out)."""

    parameters: tuple[Parameter, ...]
    run: Callable[..., Any]

    def arrange(self, count: int, names: Sequence[str]) -> tuple[int, ...] | None:
        """For each parameter the index of its argument (-1: left out); None when the arguments do not fit."""
        if names:
            if not set(names) <= {parameter.name for parameter in self.parameters}:
                return None
            order = tuple(names.index(p.name) if p.name in names else -1 for p in self.parameters)
        else:
            if count > len(self.parameters) and not (self.parameters and self.parameters[-1].variadic):
                return None
            order = tuple(index if index < count else -1 for index in range(len(self.parameters)))
        missing = any(at < 0 and not p.optional for p, at in zip(self.parameters, order, strict=True))
        return None if missing else order


def _number(value: Any) -> Any:
    return value if type(value) is Decimal else MISSING


def _of(*kinds: type) -> Callable[[Any], Any]:
    return lambda value: value if type(value) in kinds else MISSING


def _list(value: Any) -> Any:
    if type(value) is list:
        return [touch(item) for item in value]
    return MISSING if value is None else [value]


def _context(value: Any) -> Any:
    return dict(value) if is_context(value) else MISSING


def _time(value: Any) -> Any:
    """A time, or that of a date and time."""
    moment = value.near if type(value) is FarMoment else value
    return moment.timetz() if type(moment) is datetime else _of(time)(value)


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "any": lambda value: value,
    "number": _number,
    "string": _of(str),
    "boolean": _of(bool),
    "list": _list,
    "only list": _of(list),
    "context": _context,
    "date": lambda value: date_part(value) if type(value) in DAYS else MISSING,
    "time": _time,
    "date and time": lambda value: as_datetime(value) if type(value) in DAYS else MISSING,
    "day": _of(*DAYS),
    "moment": _of(*DAYS, time),
    "duration": _of(timedelta, YearsMonths),
    "days and time duration": _of(timedelta),
    "range": _of(Range),
    "point": _of(*ORDERED),
    "function": _of(Function),
}
_COST = 4
"""Steps charged for any call, beside the size of its arguments."""
_Run = TypeVar("_Run", bound=Callable[..., Any])
BUILT_INS: dict[str, list[Overload]] = {}


def _parameter(text: str) -> Parameter:
    name, kind = (part.strip() for part in text.split(":"))
    optional, variadic = name.endswith("?"), name.endswith("...")
    return Parameter(name.rstrip("?."), kind.rstrip("?"), optional or variadic, kind.endswith("?"), variadic)


def builtin(name: str, signature: str = "") -> Callable[[_Run], _Run]:
    """Declare a built-in: "string: string, start position: number, length?: number".

    "name?" may be left out, "name..." takes the rest as a list, "kind?" may be null; otherwise null in gives null out.
    """
    parameters = tuple(_parameter(part) for part in signature.split(",") if part.strip())

    def register(run: _Run) -> _Run:
        BUILT_INS.setdefault(name, []).insert(0, Overload(parameters, run))
        return run

    return register


def _convert(frame: Frame, kind: str, nullable: bool, value: Any) -> Any:
    if value is None:
        return None if nullable else MISSING
    _charge(frame, value)
    found = CONVERSIONS[kind](value)
    if found is MISSING and type(value) is list and len(value) == 1:
        found = CONVERSIONS[kind](touch(value[0]))
    return found


def _charge(frame: Frame, value: Any) -> None:
    """Arguments are paid for by their size, before anything looks through them."""
    kind = type(value)
    if kind is str:
        frame.meter.charge(len(value) >> 4)
    elif kind is list:
        frame.meter.charge(2 * len(value))
    elif is_context(value):
        frame.meter.charge(len(value))


def _bind(frame: Frame, overload: Overload, order: tuple[int, ...], arguments: list[Any]) -> list[Any] | None:
    """One value per parameter, or None when a value is of the wrong kind."""
    bound: list[Any] = []
    for parameter, at in zip(overload.parameters, order, strict=True):
        if parameter.variadic:
            rest = [_convert(frame, parameter.kind, parameter.nullable, value) for value in arguments[at:] if at >= 0]
            value: Any = MISSING if MISSING in rest else rest
        else:
            value = None if at < 0 else _convert(frame, parameter.kind, parameter.nullable, arguments[at])
        if value is MISSING:
            return None
        bound.append(value)
    return bound


def call(frame: Frame, name: str, arguments: list[Any], names: Sequence[str] = ()) -> Any:
    """Call a built-in with touched values; null with a warning when no signature takes them."""
    frame.meter.charge(_COST)
    for overload in BUILT_INS[name]:
        order = overload.arrange(len(arguments), names)
        bound = _bind(frame, overload, order, arguments) if order is not None else None
        if bound is not None:
            return overload.run(frame, *bound)
    given = ", ".join(kind_of(value) for value in arguments)
    return frame.warn("feel.warning.arguments", name=name, given=given, takes=signatures(name))


@cache
def signatures(name: str) -> str:
    """How a built-in may be called: "(year, month, day) / (from)"; [name] may be left out, name... repeats."""
    forms = (f"({', '.join(map(_written, overload.parameters))})" for overload in reversed(BUILT_INS[name]))
    return " / ".join(dict.fromkeys(forms))


def _written(parameter: Parameter) -> str:
    if parameter.variadic:
        return f"{parameter.name}..."
    return f"[{parameter.name}]" if parameter.optional else parameter.name


def spaced_names() -> frozenset[str]:
    """Names of built-ins that hold spaces."""
    return frozenset(name for name in BUILT_INS if " " in name)
