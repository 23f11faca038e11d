"""for, some, every and filters."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from workflows.feel.compiling.core import Binding, Compiler, Node, constant_of, mentions, node, weight
from workflows.feel.frame import MAX_LIST, Frame, Run
from workflows.feel.moments import DAY
from workflows.feel.values import Range, kind_of, touch

_Visit = Callable[[Frame, list[Any]], bool]
"""Runs the rest of an iteration; false when it must end at once."""


def span(frame: Frame, low: Any, high: Any) -> Iterator[Any] | None:
    """Whole numbers or dates from low to high, upwards or downwards; null for anything else."""
    if type(low) is Decimal and type(high) is Decimal and low == low.to_integral_value():
        return _numbers(low, high)
    if type(low) is date and type(high) is date:
        return _dates(low, high)
    frame.warn("feel.warning.type", expected="number..number", found=f"{kind_of(low)}..{kind_of(high)}")
    return None


def _numbers(low: Decimal, high: Decimal) -> Iterator[Decimal]:
    step = 1 if low <= high else -1
    while (high - low) * step >= 0:
        yield low
        low += step


def _dates(low: date, high: date) -> Iterator[date]:
    step = DAY if low <= high else -DAY
    for index in range(abs((high - low).days) + 1):
        yield low + step * index


def items_of(frame: Frame, value: Any) -> Iterator[Any] | None:
    """What an iteration over a value visits: a list's items, a range's members, or the value itself; null for null."""
    if type(value) is list:
        return map(touch, value)
    if type(value) is Range:
        return _members(frame, value)
    return None if value is None else iter((value,))


def _members(frame: Frame, value: Range) -> Iterator[Any] | None:
    found = span(frame, value.low, value.high)
    if found is None or value.low > value.high:
        return iter(()) if found is not None else None
    skipped = {*(() if value.low_closed else (value.low,)), *(() if value.high_closed else (value.high,))}
    return (item for item in found if item not in skipped)


def _nest(slot: int, domain: Callable[[Frame], Iterator[Any] | None], inner: _Visit) -> _Visit:
    def visit(frame: Frame, out: list[Any]) -> bool:
        items = domain(frame)
        if items is None:
            out[:] = [None]
            return False
        for item in items:
            frame.meter.charge(1)
            frame.slots[slot] = item
            if not inner(frame, out):
                return False
        return True

    return visit


def _domain(compiler: Compiler, tree: Node) -> Callable[[Frame], Iterator[Any] | None]:
    ends = [compiler.compile(child) for child in compiler.subtrees(tree)]
    if len(ends) == 2:
        low, high = ends
        return lambda frame: span(frame, low(frame), high(frame))
    value = ends[0]
    return lambda frame: items_of(frame, value(frame))


def _iterations(compiler: Compiler, trees: list[Node], binding: Binding) -> list[tuple[int, Any]]:
    """Slot and domain of each iteration; a domain sees the variables before it."""
    found = []
    for tree in trees:
        domain, slot = _domain(compiler, tree), compiler.slot()
        binding.slots[str(tree.children[0])] = slot
        found.append((slot, domain))
    return found


def _chain(iterations: list[tuple[int, Any]], innermost: _Visit) -> _Visit:
    visit = innermost
    for slot, domain in reversed(iterations):
        visit = _nest(slot, domain, visit)
    return visit


@node("loop")
def _loop(compiler: Compiler, tree: Node) -> Run:
    *trees, body_tree = compiler.subtrees(tree)
    partial = compiler.slot()
    binding = Binding({"partial": partial})
    with compiler.bound(binding):
        iterations = _iterations(compiler, trees, binding)
        body = compiler.compile(body_tree)
    visit = _chain(iterations, _collect(body, weight(body_tree), partial if mentions(body_tree, "partial") else -1))

    def run(frame: Frame) -> Any:
        out: list[Any] = []
        return out if visit(frame, out) else None

    return run


def _collect(body: Run, cost: int, partial: int) -> _Visit:
    def visit(frame: Frame, out: list[Any]) -> bool:
        frame.meter.charge(cost)
        if len(out) >= MAX_LIST:
            frame.meter.items(len(out) + 1)
        if partial >= 0:
            frame.meter.charge(len(out))
            frame.slots[partial] = out.copy()
        out.append(body(frame))
        return True

    return visit


@node("quantified")
def _quantified(compiler: Compiler, tree: Node) -> Run:
    decisive = isinstance(tree.children[0], Token) and tree.children[0].type == "SOME"
    *trees, body_tree = compiler.subtrees(tree)
    binding = Binding({})
    with compiler.bound(binding):
        iterations = _iterations(compiler, trees, binding)
        body = compiler.compile(body_tree)
    visit = _chain(iterations, _until(body, weight(body_tree), decisive))

    def run(frame: Frame) -> bool | None:
        out: list[Any] = [not decisive]
        visit(frame, out)
        found: bool | None = out[0]
        return found

    return run


def _until(body: Run, cost: int, decisive: bool) -> _Visit:
    def visit(frame: Frame, out: list[Any]) -> bool:
        frame.meter.charge(cost)
        found = body(frame)
        if found is decisive:
            out[0] = decisive
            return False
        if not isinstance(found, bool):
            out[0] = None
        return True

    return visit


def compile_filter(compiler: Compiler, base: Run, tree: Tree[Token]) -> Run:
    """A closure for base[condition or position]; inside, the keys of the item and `item` are names, keys first.

    A value that is no list is a list of one; null, and a condition that is neither, give null.
    """
    slot = compiler.slot()
    with compiler.bound(Binding({"item": slot}, item=slot)):
        condition = compiler.compile(tree)
    known, cost = constant_of(condition), weight(tree)
    if type(known) is Decimal:
        return lambda frame: _at(frame, as_items(frame, base(frame)), known)

    def run(frame: Frame) -> Any:
        items = as_items(frame, base(frame))
        if items is None:
            return None
        frame.slots[slot] = touch(items[0]) if items else None
        first = condition(frame)
        if first is not None and not isinstance(first, bool):
            return _at(frame, items, first)
        found = []
        for index, item in enumerate(items):
            frame.meter.charge(cost)
            frame.slots[slot] = value = touch(item)
            if (condition(frame) if index else first) is True:
                found.append(value)
        return found

    return run


def as_items(frame: Frame, value: Any) -> list[Any] | None:
    """A list itself, the members of a range, a list of one for any other value; null for null."""
    if type(value) is list:
        return value
    if type(value) is Range:
        members = _members(frame, value)
        if members is None:
            return None
        found = []
        for member in members:
            frame.meter.charge(2)
            found.append(member)
        return found
    return None if value is None else [value]


def _at(frame: Frame, items: list[Any] | None, position: Any) -> Any:
    if items is None:
        return None
    if type(position) is not Decimal:
        return frame.warn("feel.warning.type", expected="boolean/number", found=kind_of(position))
    if position == position.to_integral_value() and 1 <= abs(position) <= len(items):
        return touch(items[int(position) - 1 if position > 0 else int(position)])
    return frame.warn("feel.warning.index", index=position)
