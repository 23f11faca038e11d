"""Compiled expressions and unary tests: made once per text and declared names, evaluated many times."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflows.feel.compiling import Compiler, compile_tests
from workflows.feel.errors import FeelBudgetError
from workflows.feel.frame import MAX_STEPS, Frame, Meter, Run, Scope
from workflows.feel.lexer import Source
from workflows.feel.parser import parse
from workflows.feel.scanner import several
from workflows.feel.types import Conforms
from workflows.feel.values import touch

_CACHED = 4096
_TYPED = re.compile(r"\b(?:instance|function)\b")


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """What expressions and unary tests share.

    names: free variables that the text reads for certain; uncertain: names inside filters that may be keys of the item.
    """

    text: str
    run: Run
    size: int
    names: frozenset[str]
    uncertain: frozenset[str]

    def _frame(self, variables: Mapping[str, Any], scope: Scope | None) -> Frame:
        steps = MAX_STEPS if scope is None else scope.steps
        return Frame(variables, [None] * self.size, scope, Meter(steps))

    def _answer(self, frame: Frame) -> Any:
        try:
            return self.run(frame)
        except RecursionError:
            raise FeelBudgetError("feel.budget.depth") from None


class Expression(Compiled):
    """A compiled FEEL expression."""

    __slots__ = ()

    def evaluate(self, variables: Mapping[str, Any], scope: Scope | None = None) -> Any:
        """The value of the expression; only names that it reads are looked up. Raises FeelBudgetError."""
        return self._answer(self._frame(variables, scope))


class UnaryTests(Compiled):
    """Compiled unary tests, as in a cell of a decision table."""

    __slots__ = ()

    def test(self, value: Any, variables: Mapping[str, Any], scope: Scope | None = None) -> bool | None:
        """Whether a value passes one of the tests; null when that cannot be told. Raises FeelBudgetError."""
        frame = self._frame(variables, scope)
        frame.slots[0] = touch(value)
        found = self._answer(frame)
        return found if isinstance(found, bool) else None


def compile_expression(text: str, names: Iterable[str] = (), types: Mapping[str, Conforms] | None = None) -> Expression:
    """Compile a FEEL expression; `names` are the variables in scope, needed for those of several words.

    `types` are types that the host declares (name → whether a value is of it); a text that may name one is not cached.
    Raises FeelSyntaxError with the place and what was expected.
    """
    if types and _TYPED.search(text):
        return _compiled(text, several({*names, *types}), types)
    return _expression(text, several(names))


def compile_unary(text: str, names: Iterable[str] = ()) -> UnaryTests:
    """Compile unary tests; "-" and the empty text pass everything. Raises FeelSyntaxError."""
    return _unary(text, several(names))


@lru_cache(maxsize=_CACHED)
def _expression(text: str, names: frozenset[str]) -> Expression:
    return _compiled(text, names, {})


def _compiled(text: str, names: frozenset[str], types: Mapping[str, Conforms]) -> Expression:
    compiler = Compiler(text, types)
    run = compiler.compile(parse(Source(text, names, unary=False)))
    return Expression(text, run, compiler.size, frozenset(compiler.names), frozenset(compiler.uncertain))


@lru_cache(maxsize=_CACHED)
def _unary(text: str, names: frozenset[str]) -> UnaryTests:
    if text.strip() in ("", "-"):
        return UnaryTests(text, lambda _: True, 1, frozenset(), frozenset())
    compiler = Compiler(text)
    run = compile_tests(compiler, parse(Source(text, names, unary=True)))
    return UnaryTests(text, run, compiler.size, frozenset(compiler.names), frozenset(compiler.uncertain))
