"""Conditions judged while some variables are not known yet: true, false, or open and by which names."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Token, Tree

from workflows.feel.compiling import Compiler
from workflows.feel.errors import FeelError
from workflows.feel.expression import Expression
from workflows.feel.frame import Scope
from workflows.feel.lexer import Source
from workflows.feel.parser import parse
from workflows.feel.values import MISSING

_JUNCTIONS = {"disjunction": True, "conjunction": False}
_PLAIN = (str, bool, int, float)
_LONGEST = 80


@dataclass(frozen=True)
class Verdict:
    """`holds` is None while that depends on the names in `open`."""

    holds: bool | None
    open: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Part:
    """`and` / `or` with its parts, or one expression without any at its top."""

    decisive: bool | None = None
    parts: "tuple[_Part, ...]" = ()
    leaf: Expression | None = None


def judge(text: str, variables: Mapping[str, Any], scope: Scope, unknown: Collection[str] = ()) -> Verdict:
    """Judge a condition by what is known: `unknown` names have no value yet, like those that `variables` lack.

    Three-valued: `a or b` is true as soon as one of them is, whatever the other will be. What fails is not true.
    """
    return _judge(_parts(text.strip().removeprefix("=")), variables, scope, frozenset(unknown))


def paths(text: str) -> Mapping[str, tuple[str, ...]]:
    """The variables that an expression reads, with the paths under which it does: `a.b = 1` reads a by a.b."""
    source = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    names = sorted(name for leaf in _leaves(_parts(text.strip().removeprefix("="))) for name in leaf.names)
    found = {name: re.findall(rf"(?<![\w.]){re.escape(name)}(?!\w)(?:\s*\.\s*\w+)*", source) for name in names}
    return {name: tuple(dict.fromkeys(re.sub(r"\s", "", path) for path in kept)) for name, kept in found.items()}


def read(text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values (texts, numbers, yes or no, nothing) that an expression read, by path; longer ones left out."""
    found = {path: at(variables, path) for kept in paths(text).values() for path in kept}
    return {path: value for path, value in found.items() if value is None or _is_plain(value)}


def at(variables: Mapping[str, Any], path: str) -> Any:
    """The value under a path such as `a.b`; MISSING where there is none."""
    value: Any = variables
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return MISSING
        value = value[name]
    return value


def _is_plain(value: Any) -> bool:
    return isinstance(value, _PLAIN) and len(str(value)) <= _LONGEST


@lru_cache(maxsize=2048)
def _parts(text: str) -> _Part:
    return _part(text, parse(Source(text, frozenset(), unary=False)))


def _part(text: str, tree: Tree[Token]) -> _Part:
    decisive = _JUNCTIONS.get(str(tree.data))
    if decisive is not None:
        inner = tuple(_part(text, child) for child in tree.children if isinstance(child, Tree))
        return _Part(decisive, inner)
    compiler = Compiler(text)
    run = compiler.compile(tree)
    return _Part(leaf=Expression(text, run, compiler.size, frozenset(compiler.names), frozenset(compiler.uncertain)))


def _leaves(part: _Part) -> Iterator[Expression]:
    if part.leaf is not None:
        yield part.leaf
    for inner in part.parts:
        yield from _leaves(inner)


def _judge(part: _Part, variables: Mapping[str, Any], scope: Scope, unknown: frozenset[str]) -> Verdict:
    if part.leaf is not None:
        return _judge_leaf(part.leaf, variables, scope, unknown)
    found = [_judge(inner, variables, scope, unknown) for inner in part.parts]
    if any(verdict.holds is part.decisive for verdict in found):
        return Verdict(part.decisive)
    waiting = frozenset(name for verdict in found for name in verdict.open)
    return Verdict(None, waiting) if waiting else Verdict(not part.decisive)


def _judge_leaf(leaf: Expression, variables: Mapping[str, Any], scope: Scope, unknown: frozenset[str]) -> Verdict:
    waiting = frozenset(
        name
        for name in leaf.names
        if name in unknown or (name not in variables and not (name == "parameters" and scope.parameters is not None))
    )
    if waiting:
        return Verdict(None, waiting)
    try:
        return Verdict(leaf.evaluate(variables, scope) is True)
    except FeelError:
        return Verdict(False)
