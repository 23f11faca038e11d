"""Types of a DMN model (typeRef and item definitions): converting a value to one, null with a warning if it is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.feel import UnaryTests
from workflows.feel.frame import MAX_STEPS, Frame, Meter
from workflows.feel.moments import as_datetime
from workflows.feel.temporal import parse_date, parse_datetime, parse_duration, parse_time
from workflows.feel.types import TYPES, Conforms
from workflows.feel.values import Function, is_context, kind_of, touch

_READERS: dict[str, Callable[[str], Any]] = {
    "date": parse_date, "time": parse_time, "dateTime": parse_datetime, "date and time": parse_datetime,
    "dayTimeDuration": parse_duration, "days and time duration": parse_duration,
    "yearMonthDuration": parse_duration, "years and months duration": parse_duration,
}  # fmt: skip
"""Temporal kinds that ISO text is read as: variables hold JSON, which has no dates."""
_EDITORS = {"integer": "number", "long": "number", "double": "number", "any": "Any"}
"""What DMN editors write for FEEL's types."""
_UNDEFINED = frozenset(("", "Any", "<Undefined>", "Undefined"))


@dataclass(eq=False, slots=True)
class Kind:
    """A type; without any of its parts it takes every value.

    simple: a FEEL type; fields: the members of a structure; collection: it is a list of these; allowed: the values that
    it (each item of a list) is limited to; constraint: what the whole value must pass; of: the type it refines;
    allowed_text: the text of the allowed values; function: the kind of the results, of functions.
    """

    name: str = ""
    simple: Conforms | None = None
    fields: dict[str, "Kind"] = field(default_factory=dict)
    collection: bool = False
    allowed: UnaryTests | None = None
    constraint: UnaryTests | None = None
    of: "Kind | None" = None
    allowed_text: str = ""
    function: "Kind | None" = None

    @property
    def is_function(self) -> bool:
        """Whether its values are functions."""
        return self.function is not None or (self.of is not None and self.of.is_function)

    def results(self) -> "Kind | None":
        """The kind of the results of its functions."""
        return self.function or (self.of.results() if self.of is not None else None)

    @property
    def anything(self) -> bool:
        """Whether every value is of this kind."""
        limited = self.allowed is not None or self.constraint is not None
        base = self.of is None or self.of.anything
        return base and self.simple is None and not self.fields and not self.collection and not limited

    @property
    def base(self) -> str:
        """The FEEL type at the bottom ("number", "string", …), "" for structures, lists and every value."""
        if self.of is not None:
            return "" if self.collection else self.of.base
        return self.name if self.simple is not None and not self.collection else ""

    def limits(self) -> str:
        """The text of the allowed values of this type or the one it refines, "" when nothing is listed."""
        return self.allowed_text or (self.of.limits() if self.of is not None and not self.collection else "")

    def read(self, value: Any) -> Any:
        """A value out of JSON: text becomes the date, time or duration that this kind declares; else unchanged."""
        if self.anything or value is None:
            return value
        if isinstance(value, list | tuple):
            return [self._read_one(touch(item)) for item in value]
        return self._read_one(value)

    def _read_one(self, value: Any) -> Any:
        if self.of is not None:
            return self.of.read(value)
        if self.simple is not None and isinstance(value, str) and self.name in _READERS:
            found = _READERS[self.name](value)
            return value if found is None else found
        if self.fields and is_context(value):
            made = {name: kind.read(touch(value[name])) for name, kind in self.fields.items() if name in value}
            return {**value, **made}
        return value

    def conforms(self, value: Any) -> bool:
        """Whether a value is of this kind as it stands; null is of none."""
        if value is None:
            return False
        if not self.collection:
            return self._is_one(value) and self._meets(self.constraint, value)
        if type(value) is not list:
            return False
        return all(item is None or self._is_one(touch(item)) for item in value) and self._meets(self.constraint, value)

    def _is_one(self, value: Any) -> bool:
        if self.of is not None:
            fits = self.of.conforms(value)
        elif self.simple is not None:
            fits = self.simple(value)
        else:
            fits = not self.fields or (is_context(value) and all(
                name in value and (value[name] is None or kind.conforms(touch(value[name])))
                for name, kind in self.fields.items()
            ))  # fmt: skip
        return fits and self._meets(self.allowed, value)

    def _meets(self, tests: UnaryTests | None, value: Any) -> bool:
        return tests is None or passes(Frame({}, [], None, Meter(MAX_STEPS)), tests, value)

    def convert(self, frame: Frame, value: Any) -> Any:
        """The value as this kind; a list of one becomes its item and the reverse; null with a warning if it is not."""
        if value is None or self.anything:
            return value
        if self.collection:
            items = [touch(item) for item in value] if type(value) is list else [value]
            frame.meter.charge(len(items))
            found = [self._one(frame, item) for item in items]
            lost = any(a is None and b is not None for a, b in zip(found, items, strict=True))
            return None if lost else self._constrained(frame, found)
        if type(value) is list and len(value) == 1 and not self._list_like():
            value = touch(value[0])
        found_one = self._one(frame, value)
        return None if found_one is None else self._constrained(frame, found_one)

    def _list_like(self) -> bool:
        return self.collection or self.name == "list" or (self.of is not None and self.of._list_like())

    def _one(self, frame: Frame, value: Any) -> Any:
        if value is None:
            return None
        found = value
        if self.of is not None:
            found = self.of.convert(frame, value)
        elif self.simple is not None:
            found = self._simple(value)
        elif self.fields:
            found = self._structure(frame, value)
        if found is None:
            return frame.warn("feel.warning.type", expected=self.name, found=kind_of(value))
        return found if self._passes(frame, self.allowed, found) else None

    def _simple(self, value: Any) -> Any:
        if kind_of(value) == "date" and self.name in ("dateTime", "date and time"):
            value = as_datetime(value)
        elif self.name == "list" and type(value) is not list:
            value = [value]
        return value if self.simple is not None and self.simple(value) else None

    def _structure(self, frame: Frame, value: Any) -> Any:
        if not is_context(value) or any(name not in value for name in self.fields):
            return None
        frame.meter.charge(len(self.fields))
        frame.meter.enter()
        made = dict(value)
        lost = False
        for name, kind in self.fields.items():
            before = touch(made[name])
            made[name] = kind.convert(frame, before)
            lost = lost or (made[name] is None and before is not None)
        frame.meter.leave()
        return None if lost else made

    def _constrained(self, frame: Frame, value: Any) -> Any:
        return value if self._passes(frame, self.constraint, value) else None

    def _passes(self, frame: Frame, tests: UnaryTests | None, value: Any) -> bool:
        if tests is None or passes(frame, tests, value):
            return True
        frame.warn("feel.warning.value", function=self.name, value=value)
        return False


def passes(frame: Frame, tests: UnaryTests, value: Any) -> bool:
    """Whether a value passes unary tests with the variables of a frame."""
    inner = Frame(frame.variables, [None] * tests.size, frame.scope, frame.meter)
    inner.slots[0] = value
    return tests.run(inner) is True


ANYTHING = Kind()


def taken(
    frame: Frame, name: str, parameters: Sequence[tuple[str, Kind]], arguments: list[Any]
) -> dict[str, Any] | None:
    """The arguments of a function under their names; None with a warning when their number or a type does not fit."""
    if len(arguments) != len(parameters):
        frame.warn("feel.warning.arguments", name=name, given=len(arguments), takes=f"({len(parameters)})")
        return None
    found: dict[str, Any] = {}
    for (parameter, kind), argument in zip(parameters, arguments, strict=True):
        found[parameter] = kind.convert(frame, argument)
        if found[parameter] is None and argument is not None:
            return None
    return found


def function_kind(name: str, parameters: int, results: Kind) -> Kind:
    """The kind of functions with so many parameters."""

    def fits(value: Any) -> bool:
        return type(value) is Function and len(value.parameters) == parameters

    return Kind(name, fits, function=results)


def simple_kind(name: str) -> Kind | None:
    """The kind of a FEEL type name ("number", "dateTime", "integer"); None for a name that FEEL does not know."""
    name = _EDITORS.get(name, name)
    if name in _UNDEFINED:
        return ANYTHING
    return Kind(name, TYPES[name], function=ANYTHING if name == "function" else None) if name in TYPES else None
