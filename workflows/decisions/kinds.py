"""Types of a DMN model (typeRef and item definitions): converting a value to one, null with a warning if it is none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workflows.feel import UnaryTests
from workflows.feel.frame import Frame
from workflows.feel.temporal import as_datetime, parse_date, parse_datetime, parse_duration, parse_time
from workflows.feel.types import TYPES, Conforms
from workflows.feel.values import is_context, kind_of, touch

_READERS: dict[str, Callable[[str], Any]] = {
    "date": parse_date, "time": parse_time, "dateTime": parse_datetime, "date and time": parse_datetime,
    "dayTimeDuration": parse_duration, "days and time duration": parse_duration,
    "yearMonthDuration": parse_duration, "years and months duration": parse_duration,
}  # fmt: skip
"""Temporal kinds that ISO text is read as: variables hold JSON, which has no dates."""
_NUMERIC = {"integer": "number", "long": "number", "double": "number"}


@dataclass(eq=False, slots=True)
class Kind:
    """A type; without any of its parts it takes every value.

    simple: a FEEL type and its name; fields: the members of a structure; items: it is a list of these; allowed: the
    values it is limited to; of: the type it refines.
    """

    name: str = ""
    simple: Conforms | None = None
    fields: dict[str, "Kind"] = field(default_factory=dict)
    collection: bool = False
    allowed: UnaryTests | None = None
    of: "Kind | None" = None

    @property
    def anything(self) -> bool:
        """Whether every value is of this kind."""
        base = self.of is None or self.of.anything
        return base and self.simple is None and not self.fields and not self.collection and self.allowed is None

    def convert(self, frame: Frame, value: Any) -> Any:
        """The value as this kind; a list of one becomes its item and the reverse; null with a warning if it is not."""
        if value is None or self.anything:
            return value
        if self.collection:
            items = value if type(value) is list else [value]
            return self._checked(frame, [self._convert_one(frame, touch(item)) for item in items], items)
        if type(value) is list and len(value) == 1 and not self._list_like():
            value = touch(value[0])
        return self._convert_one(frame, value)

    def _list_like(self) -> bool:
        return self.collection or self.name == "list" or (self.of is not None and self.of._list_like())

    def _checked(self, frame: Frame, found: list[Any], items: list[Any]) -> list[Any] | None:
        lost = any(a is None and b is not None for a, b in zip(found, items, strict=True))
        return None if lost else self._allow(frame, found)

    def _convert_one(self, frame: Frame, value: Any) -> Any:
        if value is None:
            return None
        if self.of is not None:
            value = self.of.convert(frame, value)
        elif self.simple is not None:
            value = self._simple(value)
        elif self.fields:
            value = self._structure(frame, value)
        if value is None:
            return frame.warn("feel.warning.type", expected=self.name, found="other")
        return value if self.collection else self._allow(frame, value)

    def _simple(self, value: Any) -> Any:
        if isinstance(value, str) and self.name in _READERS:
            value = _READERS[self.name](value)
        if kind_of(value) == "date" and self.name in ("dateTime", "date and time"):
            value = as_datetime(value)
        return value if self.simple is not None and self.simple(value) else None

    def _structure(self, frame: Frame, value: Any) -> Any:
        if not is_context(value):
            return None
        frame.meter.enter()
        made = dict(value)
        for name, kind in self.fields.items():
            if name not in made:
                frame.meter.leave()
                return None
            before = touch(made[name])
            made[name] = kind.convert(frame, before)
            if made[name] is None and before is not None:
                frame.meter.leave()
                return None
        frame.meter.leave()
        return made

    def _allow(self, frame: Frame, value: Any) -> Any:
        if self.allowed is None:
            return value
        for item in value if self.collection else [value]:
            inner = Frame(frame.variables, [None] * self.allowed.size, frame.scope, frame.meter)
            inner.slots[0] = item
            if self.allowed.run(inner) is not True:
                return frame.warn("feel.warning.value", function=self.name, value=item)
        return value


ANYTHING = Kind()


def simple_kind(name: str) -> Kind | None:
    """The kind of a FEEL type name ("number", "feel:number", "dateTime"); None for a name that FEEL does not know."""
    name = name.rpartition(":")[2].strip()
    name = _NUMERIC.get(name, name)
    if name in ("", "Any"):
        return ANYTHING
    return Kind(name, TYPES[name]) if name in TYPES else None
