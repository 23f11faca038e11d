"""The compiler's heart: dispatch by tree node, resolution of names to local slots, items of filters or variables."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lark import Token, Tree

from workflows.feel.builtins import BUILT_INS, call
from workflows.feel.errors import FeelSyntaxError
from workflows.feel.frame import Frame, Run
from workflows.feel.mistakes import word_instead
from workflows.feel.scanner import syntax_error
from workflows.feel.types import Conforms
from workflows.feel.values import MISSING, SETTLED, Function, is_context, touch

MAX_NESTING = 60
"""Levels of brackets, conditions and functions in one expression."""

Node = Tree[Token]
Compile = Callable[["Compiler", Node], Run]
NODES: dict[str, Compile] = {}


def node(name: str) -> Callable[[Compile], Compile]:
    """Register the function that compiles one kind of tree node."""

    def register(compile_node: Compile) -> Compile:
        NODES[name] = compile_node
        return compile_node

    return register


def constant(value: Any) -> Run:
    """A closure that answers one value; `constant_of` finds it again."""

    def run(_: Frame, value: Any = value) -> Any:
        return value

    run.constant = value  # type: ignore[attr-defined]  # read by constant_of
    return run


def constant_of(run: Run) -> Any:
    """The value of a constant closure, else MISSING."""
    return getattr(run, "constant", MISSING)


@dataclass
class Binding:
    """One level of local names: names with slots, or (item) a slot whose context's keys are names."""

    slots: dict[str, int]
    item: int = -1


@dataclass
class Compiler:
    """State of one compilation: local bindings, the number of slots, and the names read from outside."""

    text: str = ""
    types: Mapping[str, Conforms] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    size: int = 0
    names: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)
    depth: int = 0

    def compile(self, tree: Node) -> Run:
        """The closure of a subtree."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error(tree, "feel.syntax.deep", limit=MAX_NESTING)
        run = NODES[tree.data](self, tree)
        self.depth -= 1
        return run

    def subtrees(self, tree: Node) -> list[Node]:
        """The children that are trees, without the tokens between them."""
        return [child for child in tree.children if isinstance(child, Tree)]

    def error(self, tree: Node, code: str, **params: Any) -> FeelSyntaxError:
        """A syntax error at the first token of a subtree."""
        tokens = tree.scan_values(lambda child: isinstance(child, Token))
        return syntax_error(self.text, getattr(next(tokens, None), "start_pos", 0), code, **params)

    def slot(self) -> int:
        """A new local slot."""
        self.size += 1
        return self.size - 1

    @contextmanager
    def bound(self, binding: Binding) -> Iterator[None]:
        """Names of the binding are local while the body compiles."""
        self.bindings.append(binding)
        try:
            yield
        finally:
            self.bindings.pop()

    def local(self, name: str) -> int | None:
        """The slot of a local name; None for a variable of the host."""
        for binding in reversed(self.bindings):
            if name in binding.slots:
                return binding.slots[name]
        return None

    def resolve(self, name: str) -> Run:
        """A closure that reads a name: nearest local slot, key of a filter's item, or variable."""
        return self._resolve(name, len(self.bindings) - 1, False)

    def function_or_value(self, tree: Node) -> Run:
        """As compile, but a lone name that nothing else has may be a built-in function, to be passed on."""
        run = self.compile(tree)
        name = str(tree.children[0]) if tree.data == "name" else ""
        if name not in BUILT_INS or self.local(name) is not None:
            return run
        return lambda frame: run(frame) if name in frame.variables else builtin_function(name)

    def _resolve(self, name: str, level: int, maybe_item: bool) -> Run:
        while level >= 0:
            binding = self.bindings[level]
            if name in binding.slots:
                own = read_slot(binding.slots[name])
                return own if binding.item < 0 else read_item(binding.item, name, own)
            level -= 1
            if binding.item >= 0:
                return read_item(binding.item, name, self._resolve(name, level, True))
        (self.uncertain if maybe_item else self.names).add(name)
        return read_variable(name)


def builtin_function(name: str) -> Function:
    """A built-in as a value that can be passed on."""
    parameters = max((overload.parameters for overload in BUILT_INS[name]), key=len)
    names = tuple(parameter.name for parameter in parameters)
    return Function(names, lambda frame, arguments: call(frame, name, arguments), name)


def mentions(tree: Node, name: str) -> bool:
    """Whether a word occurs in a subtree."""
    return any(str(token) == name for token in tree.scan_values(lambda child: isinstance(child, Token)))


def weight(tree: Node) -> int:
    """The number of nodes of a subtree: what one evaluation of it is charged."""
    return sum(1 for _ in tree.iter_subtrees())


def read_slot(slot: int) -> Run:
    """A closure that reads a local slot."""

    def run(frame: Frame) -> Any:
        return frame.slots[slot]

    return run


def read_item(slot: int, name: str, outer: Run) -> Run:
    """A closure that reads a key of the item being filtered, or else the name outside."""

    def run(frame: Frame) -> Any:
        item = frame.slots[slot]
        if is_context(item):
            value = item.get(name, MISSING)
            if value is not MISSING:
                return touch(value)
        return outer(frame)

    return run


def read_variable(name: str) -> Run:
    """A closure that reads a variable of the host; null with a warning when there is none."""

    def run(frame: Frame) -> Any:
        value = frame.variables.get(name, MISSING)
        if type(value) in SETTLED:
            return value
        if value is not MISSING:
            return touch(value)
        if name == "parameters" and frame.scope is not None:
            return frame.scope.parameters
        return _unknown(frame, name)

    return run


def _unknown(frame: Frame, name: str) -> None:
    remedy = word_instead(name)
    if remedy:
        return frame.warn("feel.warning.word", name=name, remedy=remedy)
    return frame.warn("feel.warning.variable", name=name)
