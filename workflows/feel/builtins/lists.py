"""List functions."""

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.operators import equal
from workflows.feel.values import Function, touch


def _made(frame: Frame, items: list[Any]) -> list[Any]:
    frame.meter.items(len(items))
    return items


def _at(frame: Frame, name: str, items: list[Any], position: Decimal) -> int | None:
    """The Python index of a position that counts from 1, or from -1 at the end; null when outside."""
    if position == int(position) and 1 <= abs(position) <= len(items):
        return int(position) - 1 if position > 0 else len(items) + int(position)
    frame.warn("feel.warning.value", function=name, value=position)
    return None


def _found(frame: Frame, items: list[Any], element: Any) -> bool:
    return any(type(item) is type(element) and equal(frame, item, element) for item in items)


@builtin("list contains", "list: list, element: any?")
def list_contains(frame: Frame, items: list[Any], element: Any) -> bool:
    """Whether the list has the element; null may be looked for."""
    return _found(frame, items, element)


@builtin("count", "list: list")
def count(_: Frame, items: list[Any]) -> Decimal:
    """The number of items."""
    return Decimal(len(items))


@builtin("sublist", "list: list, start position: number, length?: number")
def sublist(frame: Frame, items: list[Any], start: Decimal, length: Decimal | None) -> Any:
    """`length` items from a position on; the rest without a length."""
    at = _at(frame, "sublist", items, start)
    if at is None or (length is not None and not 1 <= length <= len(items) - at):
        return None
    return items[at:] if length is None else items[at : at + int(length)]


@builtin("append", "list: list, item...: any?")
def append(frame: Frame, items: list[Any], new: list[Any]) -> list[Any]:
    """The list with the items after it."""
    return _made(frame, items + new)


@builtin("concatenate", "list...: list")
def concatenate(frame: Frame, lists: list[list[Any]]) -> list[Any]:
    """The lists one after the other."""
    frame.meter.items(sum(len(items) for items in lists))
    return [item for items in lists for item in items]


@builtin("insert before", "list: list, position: number, newItem: any?")
def insert_before(frame: Frame, items: list[Any], position: Decimal, new: Any) -> Any:
    """The list with a new item before a position."""
    at = _at(frame, "insert before", items, position)
    return None if at is None else _made(frame, [*items[:at], new, *items[at:]])


@builtin("remove", "list: list, position: number")
def remove(frame: Frame, items: list[Any], position: Decimal) -> Any:
    """The list without the item at a position."""
    at = _at(frame, "remove", items, position)
    return None if at is None else items[:at] + items[at + 1 :]


@builtin("list replace", "list: list, position: number, newItem: any?")
def list_replace(frame: Frame, items: list[Any], position: Decimal, new: Any) -> Any:
    """The list with another item at a position."""
    at = _at(frame, "list replace", items, position)
    return None if at is None else [*items[:at], new, *items[at + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any?")
def list_replace_where(frame: Frame, items: list[Any], match: Function, new: Any) -> Any:
    """The list with another item wherever match(item, new item) is true."""
    found = [match.run(frame, [item, new]) for item in items]
    if any(not isinstance(flag, bool) for flag in found):
        return frame.warn("feel.warning.type", expected="boolean", found="match")
    return [new if flag else item for item, flag in zip(items, found, strict=True)]


@builtin("reverse", "list: list")
def reverse(_: Frame, items: list[Any]) -> list[Any]:
    """The items from the last to the first."""
    return items[::-1]


@builtin("index of", "list: list, match: any?")
def index_of(frame: Frame, items: list[Any], match: Any) -> list[Decimal]:
    """All positions of an item, in ascending order."""
    frame.meter.charge(2 * len(items))
    return [Decimal(at) for at, item in enumerate(items, start=1) if _found(frame, [item], match)]


def _distinct(frame: Frame, items: list[Any]) -> list[Any]:
    """The items without repeats; texts or numbers alone in linear time, anything else by comparing all pairs."""
    if {type(item) for item in items} in ({str}, {Decimal}):
        frame.meter.charge(2 * len(items))
        return list(dict.fromkeys(items))
    kept: list[Any] = []
    for item in items:
        frame.meter.charge(1 + len(kept) // 3)
        if not _found(frame, kept, item):
            kept.append(item)
    return kept


@builtin("distinct values", "list: list")
def distinct_values(frame: Frame, items: list[Any]) -> list[Any]:
    """The items without repeats, in the order of their first occurrence."""
    return _distinct(frame, items)


@builtin("union", "list...: list")
def union(frame: Frame, lists: list[list[Any]]) -> list[Any]:
    """The lists one after the other, without repeats."""
    return _distinct(frame, concatenate(frame, lists))


@builtin("duplicate values", "list: list")
def duplicate_values(frame: Frame, items: list[Any]) -> list[Any]:
    """The items that occur more than once, each once."""
    frame.meter.charge(len(items) * len(items) // 4)
    return [item for item in _distinct(frame, items) if sum(_found(frame, [other], item) for other in items) > 1]


def _flat(frame: Frame, items: list[Any], into: list[Any]) -> list[Any]:
    frame.meter.enter()
    for item in items:
        frame.meter.charge(4)
        if type(item) is list:
            _flat(frame, [touch(inner) for inner in item], into)
        else:
            into.append(item)
    frame.meter.leave()
    return into


@builtin("flatten", "list: list")
def flatten(frame: Frame, items: list[Any]) -> list[Any]:
    """All items of all nested lists in one list."""
    return _made(frame, _flat(frame, items, []))


@builtin("sort", "list: list, precedes: function")
def sort(frame: Frame, items: list[Any], precedes: Function) -> list[Any]:
    """The items so that precedes(a, b) is true of neighbours; equal ones keep their order."""

    def compare(first: Any, second: Any) -> int:
        frame.meter.charge(1)
        if precedes.run(frame, [first, second]) is True:
            return -1
        return int(precedes.run(frame, [second, first]) is True)

    return sorted(items, key=cmp_to_key(compare))


@builtin("sort", "list: list")
def sort_naturally(frame: Frame, items: list[Any]) -> Any:
    """The items in ascending order; null when they are not all of one ordered kind."""
    frame.meter.charge(2 * len(items))
    try:
        return sorted(items) if len({type(item) for item in items}) <= 1 else None
    except TypeError:
        return frame.warn("feel.warning.value", function="sort", value="...")
