"""Unary tests: what stands in a cell of a decision table; `?` is the value tested."""

from decimal import Decimal
from typing import Any, NamedTuple

from lark import Token

from workflows.feel.compiling.core import Binding, Compiler, Node, constant_of, mentions
from workflows.feel.compiling.logic import comparing
from workflows.feel.frame import Frame, Run
from workflows.feel.operators import ORDERINGS, in_range, within
from workflows.feel.values import Range

_PREDICATES = frozenset(("comparison", "between", "within", "conjunction", "disjunction", "quantified", "instance_of"))


def compile_tests(compiler: Compiler, tree: Node) -> Run:
    """A closure that tests slot 0; true when one of the tests is true, null when none is and one is null."""
    slot = compiler.slot()
    negated = tree.data == "negated_tests"
    listed = compiler.subtrees(tree)[0] if negated else tree
    with compiler.bound(Binding({"?": slot})):
        tests = [_test(compiler, test, slot) for test in compiler.subtrees(listed)]

    known = [constant_of(test.target) for test in tests]
    if not negated and all(type(value) is str for value in known):
        return _one_of(slot, frozenset(known), _any_of([test.run for test in tests]))
    return _any_of([test.run for test in tests], negated)


def _any_of(tests: list[Run], negated: bool = False) -> Run:
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


def _one_of(slot: int, values: frozenset[str], otherwise: Run) -> Run:
    """The short way for a list of strings; any other kind of value goes through the tests."""

    def run(frame: Frame) -> bool | None:
        value = frame.slots[slot]
        return value in values if type(value) is str else otherwise(frame)

    return run


class _Test(NamedTuple):
    """One test: what runs it, and the expression it compares with when it is nothing else."""

    run: Run
    target: Run


def _test(compiler: Compiler, tree: Node, slot: int) -> _Test:
    def value(frame: Frame) -> Any:
        return frame.slots[slot]

    if tree.data == "compare_test":
        sign = next(child.type for child in tree.children if isinstance(child, Token))
        return _Test(comparing(sign, value, compiler.compile(compiler.subtrees(tree)[0])), value)
    target = compiler.compile(tree)
    if tree.data in _PREDICATES or mentions(tree, "?"):
        return _Test(target, value)
    known = constant_of(target)
    if type(known) is str or type(known) is Decimal:
        return _Test(comparing("EQ", value, target), target)
    if type(known) is Range and type(known.low) is Decimal:
        return _Test(_in_numbers(slot, known), target)
    return _Test(lambda frame: _matches(frame, frame.slots[slot], target(frame)), target)


def _in_numbers(slot: int, known: Range) -> Run:
    """The short way for a number in a range of numbers."""
    above = ORDERINGS["GE" if known.low_closed else "GT"]
    below = ORDERINGS["LE" if known.high_closed else "LT"]
    low, high = known.low, known.high

    def run(frame: Frame) -> bool | None:
        value = frame.slots[slot]
        if type(value) is not Decimal:
            return in_range(frame, value, known)
        return above(value, low) and below(value, high)  # type: ignore[no-any-return]  # comparisons of decimals

    return run


def _matches(frame: Frame, value: Any, target: Any) -> bool | None:
    """A boolean that is not compared with a boolean decides by itself; anything else is matched as `in` does."""
    if isinstance(target, bool) and not isinstance(value, bool):
        return target and value is not None
    return within(frame, value, target)
