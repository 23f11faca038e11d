"""FEEL type expressions → predicates over values, for `instance of`, typed parameters and item definitions."""

from collections.abc import Callable, Mapping
from typing import Any

from lark import Token, Tree

from workflows.feel.frame import Meter
from workflows.feel.moments import as_datetime
from workflows.feel.values import MISSING, Function, Range, is_context, kind_of, touch

Conforms = Callable[[Any], bool]
"""Whether a touched value is of a type; null is of no type but Null."""

_SIMPLE = (
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
    "years and months duration", "list", "context", "range", "function",
)  # fmt: skip


def _kind(name: str) -> Conforms:
    return lambda value: value is not None and kind_of(value) == name


TYPES: dict[str, Conforms] = {name: _kind(name) for name in _SIMPLE} | {
    "Any": lambda value: value is not None,
    "Null": lambda value: value is None,
    "dateTime": _kind("date and time"),
    "dayTimeDuration": _kind("days and time duration"),
    "yearMonthDuration": _kind("years and months duration"),
}


def coerce(value: Any, conforms: Conforms) -> Any:
    """The value as a type takes it, MISSING when it does not (DMN 1.5, 10.3.2.9.4).

    A list of one becomes its item and the reverse, a date its midnight in UTC; null is of every type.
    """
    if value is None or conforms(value):
        return value
    if type(value) is list and len(value) == 1 and conforms(touch(value[0])):
        return touch(value[0])
    if conforms([value]):
        return [value]
    moment = as_datetime(value) if kind_of(value) == "date" else None
    return moment if moment is not None and conforms(moment) else MISSING


def weigh(meter: Meter, value: Any, conforms: Conforms) -> None:
    """Charge for data that a check may look all through; nothing for a check that looks at the kind alone."""
    if conforms not in _BY_KIND:
        _weigh(meter, value)


def _weigh(meter: Meter, value: Any) -> None:
    if type(value) is not list and not is_context(value):
        return
    meter.charge(1 + 4 * len(value))
    meter.enter()
    for item in value if type(value) is list else value.values():
        _weigh(meter, item)
    meter.leave()


_BY_KIND = frozenset(TYPES.values())
SPACED_TYPES = tuple(name for name in TYPES if " " in name)


def compile_type(tree: Tree[Token], declared: Mapping[str, Conforms]) -> Conforms | None:
    """The predicate of a type expression; None for a name that neither the host has declared nor FEEL knows."""
    if tree.data == "type":
        name = ".".join(str(child) for child in tree.children)
        return declared.get(name) or TYPES.get(name)
    if tree.data == "null_type":
        return TYPES["Null"]
    inner = [child for child in tree.children if isinstance(child, Tree)]
    if tree.data == "function_type":
        return _function(len(inner) - 1)
    if tree.data == "context_type":
        return _context(inner, declared)
    return _generic(str(tree.children[0]), [compile_type(child, declared) for child in inner])


def _function(parameters: int) -> Conforms:
    return lambda value: isinstance(value, Function) and len(value.parameters) == parameters


def _context(fields: list[Tree[Token]], declared: Mapping[str, Conforms]) -> Conforms | None:
    checks: dict[str, Conforms] = {}
    for field in fields:
        name, inner = field.children
        conforms = compile_type(inner, declared) if isinstance(inner, Tree) else None
        if conforms is None:
            return None
        checks[str(name)] = conforms

    def check(value: Any) -> bool:
        return is_context(value) and all(
            key in value and (touch(value[key]) is None or conforms(touch(value[key])))
            for key, conforms in checks.items()
        )

    return check


def _generic(name: str, inner: list[Conforms | None]) -> Conforms | None:
    item = inner[0] if len(inner) == 1 else None
    if item is None or name not in ("list", "range"):
        return None
    if name == "list":
        return lambda value: type(value) is list and all(touch(x) is None or item(touch(x)) for x in value)
    return lambda value: type(value) is Range and all(end is None or item(end) for end in (value.low, value.high))
