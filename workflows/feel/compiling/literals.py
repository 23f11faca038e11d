"""Literals, lists, contexts and ranges."""

import re
from typing import Any

from lark import Token, Tree

from workflows.feel.compiling.core import Binding, Compiler, Node, constant, constant_of, node
from workflows.feel.frame import Frame, Run
from workflows.feel.operators import order
from workflows.feel.temporal import parse_literal
from workflows.feel.values import CONTEXT, MISSING, Function, Range, kind_of

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\"}


def _escape(match: re.Match[str]) -> str:
    if match[3] is not None:
        return _SIMPLE.get(match[3], match[0])
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def text_of(token: str) -> str:
    """The value of a string literal with its quotes; unknown escapes such as \\d stay as written."""
    text = token[1:-1]
    if "\\" not in text:
        return text
    joined = _ESCAPE.sub(_escape, text)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@node("number")
def _number(compiler: Compiler, tree: Node) -> Run:
    text = str(tree.children[0])
    try:
        return constant(CONTEXT.create_decimal(text))
    except ArithmeticError:
        raise compiler.error(tree, "feel.syntax.number", found=text[:20]) from None


@node("string")
def _string(_compiler: Compiler, tree: Node) -> Run:
    return constant(text_of(str(tree.children[0])))


@node("at")
def _at(compiler: Compiler, tree: Node) -> Run:
    text = str(tree.children[0])[1:].strip()
    value = parse_literal(text_of(text))
    if value is None:
        raise compiler.error(tree, "feel.syntax.literal", found=text[1:-1][:40])
    return constant(value)


@node("true")
def _true(_compiler: Compiler, _tree: Node) -> Run:
    return constant(True)


@node("false")
def _false(_compiler: Compiler, _tree: Node) -> Run:
    return constant(False)


@node("null")
def _null(_compiler: Compiler, _tree: Node) -> Run:
    return constant(None)


@node("group")
def _group(compiler: Compiler, tree: Node) -> Run:
    return compiler.compile(compiler.subtrees(tree)[0])


@node("list")
def _list(compiler: Compiler, tree: Node) -> Run:
    items = [compiler.compile(child) for child in compiler.subtrees(tree)]

    def run(frame: Frame) -> list[Any]:
        frame.meter.charge(len(items))
        return [item(frame) for item in items]

    return run


@node("context")
def _context(compiler: Compiler, tree: Node) -> Run:
    binding, entries = Binding({}), []
    with compiler.bound(binding):
        for entry in compiler.subtrees(tree):
            key, value = entry.children
            assert isinstance(key, Token) and isinstance(value, Tree)
            name = text_of(key) if key.type == "STRING" else str(key)
            if name in binding.slots:
                raise compiler.error(entry, "feel.syntax.duplicate", name=name)
            slot = compiler.slot()
            if value.data == "function":
                binding.slots[name] = slot
            run_value = compiler.compile(value)
            binding.slots[name] = slot
            entries.append((name, slot, run_value))
    return _build_context(entries)


def _build_context(entries: list[tuple[str, int, Run]]) -> Run:
    def run(frame: Frame) -> dict[str, Any]:
        frame.meter.charge(len(entries))
        made = {}
        for name, slot, value in entries:
            found = made[name] = frame.slots[slot] = value(frame)
            if type(found) is Function and found.slots:
                found.slots[slot] = found
        return made

    return run


def make_range(frame: Frame, low: Any, high: Any, low_closed: bool, high_closed: bool) -> Any:
    """A range; null with a warning when its ends cannot be compared."""
    if low is None or high is None or isinstance(low, bool | Function) or order(frame, "LE", low, high) is None:
        return frame.warn("feel.warning.type", expected=kind_of(low), found=kind_of(high))
    return Range(low, high, low_closed, high_closed)


@node("range")
def _range(compiler: Compiler, tree: Node) -> Run:
    first, last = tree.children[0], tree.children[-1]
    assert isinstance(first, Token) and isinstance(last, Token)
    closed = first.type == "LSQB", last.type == "RSQB"
    low, high = (compiler.compile(child) for child in compiler.subtrees(tree))
    ends = constant_of(low), constant_of(high)
    if MISSING not in ends and type(ends[0]) is type(ends[1]) and ends[0] is not None and not isinstance(ends[0], bool):
        return constant(Range(*ends, *closed))
    return lambda frame: make_range(frame, low(frame), high(frame), *closed)


_HALVES = {"LT": (True, False), "LE": (True, True), "GT": (False, False), "GE": (False, True)}


@node("half_range")
def _half_range(compiler: Compiler, tree: Node) -> Run:
    sign = next(str(child.type) for child in tree.children[1:] if isinstance(child, Token))
    end = compiler.compile(compiler.subtrees(tree)[0])

    def run(frame: Frame) -> Any:
        value = end(frame)
        if value is None:
            return None
        if sign in ("EQ", "NE"):
            return Range(value, value) if sign == "EQ" else frame.warn("feel.warning.type", expected="<", found="!=")
        below, closed = _HALVES[sign]
        return Range(None, value, False, closed) if below else Range(value, None, closed, False)

    return run
