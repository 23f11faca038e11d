"""Names, paths, calls, function definitions and external functions."""

from collections.abc import Callable, Sequence
from typing import Any

from lark import Tree

from workflows.feel.builtins import BUILT_INS, call
from workflows.feel.compiling.core import Binding, Compiler, Node, constant, node, read_slot, weight
from workflows.feel.compiling.iteration import compile_filter
from workflows.feel.frame import Frame, Run
from workflows.feel.members import member
from workflows.feel.mistakes import function_instead
from workflows.feel.types import Conforms, coerce, compile_type, weigh
from workflows.feel.values import MISSING, Function, kind_of, touch

_KNOWN = frozenset(BUILT_INS)


@node("name")
def _name(compiler: Compiler, tree: Node) -> Run:
    return compiler.resolve(str(tree.children[0]))


def _path(base: Run, name: str) -> Run:
    def run(frame: Frame) -> Any:
        value = base(frame)
        if type(value) is dict:
            found = value.get(name, MISSING)
            if found is not MISSING:
                return touch(found)
        return member(frame, value, name)

    return run


@node("postfix")
def _postfix(compiler: Compiler, tree: Node) -> Run:
    first, *suffixes = compiler.subtrees(tree)
    if first.data == "name" and suffixes[0].data in ("call", "named_call"):
        run = _call_by_name(compiler, str(first.children[0]), suffixes.pop(0))
    else:
        run = compiler.compile(first)
    for suffix in suffixes:
        run = _suffixed(compiler, run, suffix)
    return run


def _suffixed(compiler: Compiler, base: Run, suffix: Node) -> Run:
    if suffix.data == "member":
        return _path(base, str(suffix.children[0]))
    if suffix.data == "filter":
        return compile_filter(compiler, base, compiler.subtrees(suffix)[0])
    arguments, names = _arguments(compiler, suffix, False)
    return lambda frame: invoke(frame, base(frame), [argument(frame) for argument in arguments], names)


def _arguments(compiler: Compiler, suffix: Node, plain: bool) -> tuple[list[Run], tuple[str, ...]]:
    """Closures and names of the arguments; `plain` when a built-in is called, which takes no built-in as a value."""
    compile_one: Callable[[Node], Run] = compiler.compile if plain else compiler.function_or_value
    if suffix.data == "call":
        return [compile_one(child) for child in compiler.subtrees(suffix)], ()
    pairs = [(str(named.children[0]), compiler.subtrees(named)[0]) for named in compiler.subtrees(suffix)]
    names = tuple(name for name, _ in pairs)
    if len(set(names)) < len(names):
        raise compiler.error(suffix, "feel.syntax.duplicate", name=next(n for n in names if names.count(n) > 1))
    return [compile_one(value) for _, value in pairs], names


def _call_by_name(compiler: Compiler, name: str, suffix: Node) -> Run:
    """A call by name: a local or host function of that name goes before the built-in, any other value does not."""
    slot, known = compiler.local(name), name in BUILT_INS
    arguments, names = _arguments(compiler, suffix, known and name != "sort")
    if slot is None and not known:
        compiler.names.add(name)
    local = read_slot(slot) if slot is not None else None

    def run(frame: Frame) -> Any:
        found = local(frame) if local is not None else frame.variables.get(name)
        values = [argument(frame) for argument in arguments]
        if type(found) is Function or not known:
            return invoke(frame, found, values, names, name)
        return call(frame, name, values, names)

    return run


def invoke(frame: Frame, function: Any, arguments: list[Any], names: Sequence[str] = (), name: str = "") -> Any:
    """Call a function value with touched arguments; null with a warning when it is none, or they do not fit."""
    if type(function) is not Function:
        return _no_function(frame, name)
    if names:
        if set(names) != set(function.parameters):
            takes = ", ".join(function.parameters)
            return frame.warn(
                "feel.warning.arguments", name=name or function.name, given=", ".join(names), takes=f"({takes})"
            )
        arguments = [arguments[list(names).index(parameter)] for parameter in function.parameters]
    return function.run(frame, arguments)


def _no_function(frame: Frame, name: str) -> None:
    """The warning for a call of what is no function, with the built-in that was probably meant."""
    remedy = function_instead(name, _KNOWN) if name else ""
    if remedy:
        return frame.warn("feel.warning.nearest", name=name, remedy=remedy)
    return frame.warn("feel.warning.function", name=name)


@node("function")
def _function(compiler: Compiler, tree: Node) -> Run:
    *parameters, body_tree = compiler.subtrees(tree)
    names = tuple(str(parameter.children[0]) for parameter in parameters)
    checks = [_check(compiler, parameter) for parameter in parameters]
    slots = {name: compiler.slot() for name in names}
    if len(slots) < len(names):
        raise compiler.error(tree, "feel.syntax.duplicate", name=names[-1])
    with compiler.bound(Binding(slots)):
        body = compiler.compile(body_tree)
    places, cost = list(slots.values()), weight(body_tree)

    def run(frame: Frame) -> Function:
        seen = frame.slots.copy()
        frame.meter.charge(1 + len(seen) // 8)
        return Function(names, _activation(frame, seen, places, checks, body, cost), slots=seen)

    return run


def _check(compiler: Compiler, parameter: Node) -> Conforms | None:
    kinds = [child for child in parameter.children if isinstance(child, Tree)]
    return compile_type(kinds[0], compiler.types) if kinds else None


def _activation(
    home: Frame, seen: list[Any], places: list[int], checks: list[Conforms | None], body: Run, cost: int
) -> Callable[[Frame, list[Any]], Any]:
    """What runs a function: a frame of its own over the names it saw when it was made."""

    def run(frame: Frame, arguments: list[Any]) -> Any:
        if len(arguments) != len(places):
            takes = f"({len(places)})"
            return frame.warn("feel.warning.arguments", name="function", given=len(arguments), takes=takes)
        frame.meter.charge(cost + len(seen) // 8)
        inner = Frame(home.variables, seen.copy(), frame.scope, frame.meter)
        for place, argument, check in zip(places, arguments, checks, strict=True):
            if check is not None:
                weigh(frame.meter, argument, check)
            taken = argument if check is None else coerce(argument, check)
            if taken is MISSING:
                return frame.warn("feel.warning.type", expected="parameter", found=kind_of(argument))
            inner.slots[place] = taken
        frame.meter.enter()
        found = body(inner)
        frame.meter.leave()
        return found

    return run


@node("external")
def _external(_compiler: Compiler, _tree: Node) -> Run:
    """Code outside FEEL is never run: an external function is null."""
    return constant(None)
