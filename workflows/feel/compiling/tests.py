"""Unary tests: what stands in a cell of a decision table; `?` is the value tested."""

from typing import Any

from lark import Token

from workflows.feel.compiling.core import Binding, Compiler, Node, constant_of
from workflows.feel.compiling.logic import comparing
from workflows.feel.frame import Frame, Run
from workflows.feel.operators import within
from workflows.feel.values import MISSING

_PREDICATES = frozenset(("comparison", "between", "within", "conjunction", "disjunction", "quantified", "instance_of"))


def compile_tests(compiler: Compiler, tree: Node) -> Run:
    """A closure that tests slot 0; true when one of the tests is true, null when none is and one is null."""
    slot = compiler.slot()
    negated = tree.data == "negated_tests"
    listed = compiler.subtrees(tree)[0] if negated else tree
    with compiler.bound(Binding({"?": slot})):
        tests = [_test(compiler, test, slot) for test in compiler.subtrees(listed)]

    def run(frame: Frame) -> bool | None:
        answer: bool | None = False
        for test in tests:
            found = test(frame)
            if found is True:
                return not negated
            if found is not False:
                answer = None
        return (not answer if negated else answer) if answer is not None else None

    return run


def _test(compiler: Compiler, tree: Node, slot: int) -> Run:
    def value(frame: Frame) -> Any:
        return frame.slots[slot]

    if tree.data == "compare_test":
        sign = next(child.type for child in tree.children if isinstance(child, Token))
        return comparing(sign, value, compiler.compile(compiler.subtrees(tree)[0]))
    target = compiler.compile(tree)
    if tree.data in _PREDICATES or _asks_value(tree):
        return target
    if isinstance(constant_of(target), str) and constant_of(target) is not MISSING:
        return comparing("EQ", value, target)
    return lambda frame: _matches(frame, frame.slots[slot], target(frame))


def _asks_value(tree: Node) -> bool:
    return any(str(token) == "?" for token in tree.scan_values(lambda child: isinstance(child, Token)))


def _matches(frame: Frame, value: Any, target: Any) -> bool | None:
    """A boolean that is not compared with a boolean decides by itself; anything else is matched as `in` does."""
    if isinstance(target, bool) and not isinstance(value, bool):
        return target and value is not None
    return within(frame, value, target)
