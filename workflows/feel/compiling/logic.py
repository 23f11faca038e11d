"""Comparison, three-valued logic, conditions, arithmetic and membership."""

import operator
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lark import Token

from workflows.feel.compiling.core import Binding, Compiler, Node, constant, constant_of, mentions, node
from workflows.feel.frame import Frame, Run
from workflows.feel.operators import ORDERINGS, both, calculate, equal, order, within
from workflows.feel.types import compile_type, weigh
from workflows.feel.values import YearsMonths

_PYTHON: dict[str, Callable[[Any, Any], Any]] = ORDERINGS | {"EQ": operator.eq, "NE": operator.ne}


def compare(frame: Frame, sign: str, left: Any, right: Any) -> bool | None:
    """One comparison by token name."""
    if sign in ORDERINGS:
        return order(frame, sign, left, right)
    found = equal(frame, left, right)
    return found if sign == "EQ" or found is None else not found


def comparing(sign: str, left: Run, right: Run) -> Run:
    """A closure that compares; with a literal string or number on the right it takes the short way."""
    expected = constant_of(right)
    if type(expected) is not str and type(expected) is not Decimal:
        return lambda frame: compare(frame, sign, left(frame), right(frame))
    kind, python = type(expected), _PYTHON[sign]

    def run(frame: Frame) -> Any:
        found = left(frame)
        return python(found, expected) if type(found) is kind else compare(frame, sign, found, expected)

    return run


@node("comparison")
def _comparison(compiler: Compiler, tree: Node) -> Run:
    left, right = (compiler.compile(child) for child in compiler.subtrees(tree))
    sign = next(child.type for child in tree.children if isinstance(child, Token))
    return comparing(sign, left, right)


@node("conjunction")
def _conjunction(compiler: Compiler, tree: Node) -> Run:
    return _junction([compiler.compile(child) for child in compiler.subtrees(tree)], decisive=False)


@node("disjunction")
def _disjunction(compiler: Compiler, tree: Node) -> Run:
    return _junction([compiler.compile(child) for child in compiler.subtrees(tree)], decisive=True)


def _junction(parts: list[Run], decisive: bool) -> Run:
    """Three-valued and (decided by false) or or (decided by true); later parts are not run once it is decided."""

    def run(frame: Frame) -> bool | None:
        found: bool | None = not decisive
        for part in parts:
            value: bool | None = part(frame)
            if value is decisive:
                return value
            if value is not (not decisive):
                found = None
        return found

    return run


@node("between")
def _between(compiler: Compiler, tree: Node) -> Run:
    value, low, high = (compiler.compile(child) for child in compiler.subtrees(tree))

    def run(frame: Frame) -> bool | None:
        found = value(frame)
        return both(order(frame, "GE", found, low(frame)), order(frame, "LE", found, high(frame)))

    return run


@node("within")
def _within(compiler: Compiler, tree: Node) -> Run:
    value_tree, target_tree = compiler.subtrees(tree)
    value = compiler.compile(value_tree)
    targets = compiler.subtrees(target_tree) if target_tree.data == "in_list" else [target_tree]
    slot = compiler.slot()
    own = {} if compiler.local("?") is not None else {"?": slot}
    with compiler.bound(Binding(own)):
        tests = [_target(compiler, target, bool(own)) for target in targets]

    def run(frame: Frame) -> bool | None:
        found, answer = value(frame), False
        frame.slots[slot] = found
        for test in tests:
            matched = test(frame, found)
            if matched is True:
                return True
            answer = None if matched is None else answer  # type: ignore[assignment]
        return answer

    return run


def _target(compiler: Compiler, tree: Node, asked: bool) -> Callable[[Frame, Any], bool | None]:
    """A test of a value; one that asks "?" decides by itself, unless "?" is that of the unary tests around it."""
    if tree.data == "compare_test":
        sign = next(child.type for child in tree.children if isinstance(child, Token))
        end = compiler.compile(compiler.subtrees(tree)[0])
        return lambda frame, value: compare(frame, sign, value, end(frame))
    target = compiler.compile(tree)
    if asked and mentions(tree, "?"):
        return lambda frame, _: both(True, target(frame))
    return lambda frame, value: within(frame, value, target(frame))


@node("condition")
def _condition(compiler: Compiler, tree: Node) -> Run:
    test, then, otherwise = (compiler.compile(child) for child in compiler.subtrees(tree))
    return lambda frame: then(frame) if test(frame) is True else otherwise(frame)


@node("arithmetic")
def _arithmetic(compiler: Compiler, tree: Node) -> Run:
    first, *others = (compiler.compile(child) for child in compiler.subtrees(tree))
    signs = [child.type for child in tree.children if isinstance(child, Token)]
    steps = list(zip(signs, others, strict=True))

    def run(frame: Frame) -> Any:
        found = first(frame)
        for sign, part in steps:
            found = calculate(frame, sign, found, part(frame))
        return found

    return run


@node("negation")
def _negation(compiler: Compiler, tree: Node) -> Run:
    value = compiler.compile(compiler.subtrees(tree)[0])
    known = constant_of(value)
    if type(known) is Decimal:
        return constant(known.copy_negate() if known else known)

    def run(frame: Frame) -> Any:
        found = value(frame)
        if type(found) is Decimal:
            return found.copy_negate() if found else found
        if type(found) is timedelta:
            return -found
        if type(found) is YearsMonths:
            return YearsMonths(-found.months)
        return calculate(frame, "MINUS", Decimal(0), found)

    return run


@node("instance_of")
def _instance_of(compiler: Compiler, tree: Node) -> Run:
    value_tree, type_tree = compiler.subtrees(tree)
    value = compiler.function_or_value(value_tree)
    conforms = compile_type(type_tree, compiler.types)
    if conforms is None:
        return constant(None)

    def run(frame: Frame) -> bool:
        found = value(frame)
        weigh(frame.meter, found, conforms)
        return conforms(found)

    return run
