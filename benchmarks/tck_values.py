"""Values of the DMN compatibility cases: reading them from their XML, and comparing them as the suite does."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows.feel import YearsMonths
from workflows.feel.temporal import parse_date, parse_datetime, parse_duration, parse_time
from workflows.xml import local

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
TOLERANCE = Decimal("0.00000001")
"""Numbers that differ by less are the same."""


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


_READERS: dict[str, Callable[[str], Any]] = {
    "date": parse_date,
    "dateTime": parse_datetime,
    "time": parse_time,
    "duration": parse_duration,
    "dayTimeDuration": parse_duration,
    "yearMonthDuration": parse_duration,
    "boolean": lambda text: text in ("true", "1"),
    **dict.fromkeys(("decimal", "double", "float", "integer", "int", "long", "short"), _number),
}


def children(element: Any, *names: str) -> list[Any]:
    """The child elements of these local names."""
    return [child for child in element.iterchildren() if local(child) in names]


def read_value(element: Any) -> Any:
    """The FEEL value that an inputNode, expected, component or item element describes; null for xsi:nil."""
    parts = children(element, "value", "list", "component")
    if not parts or element.get(NIL) == "true":
        return None
    if local(parts[0]) == "component":
        return {part.get("name"): read_value(part) for part in parts}
    if parts[0].get(NIL) == "true":
        return None
    if local(parts[0]) == "list":
        return [read_value(item) for item in children(parts[0], "item")]
    return _scalar(parts[0])


def _scalar(element: Any) -> Any:
    text = element.text or ""
    read = _READERS.get((element.get(_TYPE) or "string").rpartition(":")[2])
    return read(text.strip()) if read else text


def same(found: Any, expected: Any) -> bool:
    """Whether two FEEL values are equal; numbers within the tolerance of the suite."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) < TOLERANCE
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in found)
    if isinstance(found, date | time | timedelta | YearsMonths):
        return type(found) is type(expected) and found == expected and _zone(found) == _zone(expected)
    return type(found) is type(expected) and bool(found == expected)


def _zone(value: Any) -> Any:
    """The offset from UTC; of a time in a named zone, which has none without a date, the zone."""
    if not isinstance(value, datetime | time):
        return None
    offset = value.utcoffset()
    return str(value.tzinfo) if offset is None else offset
