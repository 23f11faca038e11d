"""Boxed expressions of DMN → logic: literal expressions, contexts, invocations, functions, lists, relations, tables."""

from collections import ChainMap
from collections.abc import Callable
from typing import Any

from lxml import etree

from workflows.decisions.kinds import Kind
from workflows.decisions.model import Logic, Trace, inner_frame, run_compiled
from workflows.decisions.reading import read_table
from workflows.decisions.source import Source, child, children, name_of, text_of, type_of
from workflows.decisions.tables import evaluate_table
from workflows.feel import Function
from workflows.feel.compiling.calls import invoke
from workflows.feel.frame import Frame

MAX_BOXES = 24
"""Levels of boxed expressions inside each other."""
Read = Callable[[Source, etree._Element, int], Logic]


def nothing(_frame: Frame, _trace: Trace) -> Any:
    """The logic of what could not be read (a fault says so) or is absent: null."""
    return None


def read_box(source: Source, element: etree._Element | None, depth: int = 0) -> Logic:
    """The logic of a boxed expression; notes a fault for what is not supported."""
    if element is None:
        return nothing
    if depth > MAX_BOXES:
        source.faults.add(element, "decision.deep")
        return nothing
    read = BOXES.get(element.tag.rpartition("}")[2])
    if read is None:
        source.faults.add(element, "decision.empty", table="", kind=element.tag.rpartition("}")[2])
        return nothing
    return read(source, element, depth + 1)


def box_in(element: etree._Element) -> etree._Element | None:
    """The boxed expression inside an element."""
    return next(children(element, *BOXES), None)


def _literal(source: Source, element: etree._Element, _depth: int) -> Logic:
    if not text_of(element):
        return nothing
    compiled = source.expression(element, text_of(element))
    if compiled is None:
        return nothing
    return lambda frame, _: run_compiled(compiled, frame)


def _table(source: Source, element: etree._Element, _depth: int) -> Logic:
    table = read_table(source, element)
    return lambda frame, trace: evaluate_table(table, frame, trace)


def _context(source: Source, element: etree._Element, depth: int) -> Logic:
    entries: list[tuple[str | None, Kind, Logic]] = []
    for entry in children(element, "contextEntry"):
        name = name_of(entry) if child(entry, "variable") is not None else None
        entries.append((name, source.kind(type_of(entry)), read_box(source, box_in(entry), depth)))

    def run(frame: Frame, _: Trace) -> Any:
        made: dict[str, Any] = {}
        inner = inner_frame(frame, ChainMap(made, frame.variables), 0)  # type: ignore[arg-type]  # only read
        for name, kind, logic in entries:
            frame.meter.charge(1)
            value = kind.convert(inner, logic(inner, Trace()))
            if name is None:
                return value
            made[name] = value
        return made

    return run


def _invocation(source: Source, element: etree._Element, depth: int) -> Logic:
    called = read_box(source, box_in(element), depth)
    bindings: list[tuple[str, Logic]] = []
    for binding in children(element, "binding"):
        parameter = child(binding, "parameter")
        name = " ".join(parameter.get("name", "").split()) if parameter is not None else ""
        bindings.append((name, read_box(source, box_in(binding), depth)))
    names = [name for name, _ in bindings]

    def run(frame: Frame, _: Trace) -> Any:
        arguments = [logic(frame, Trace()) for _, logic in bindings]
        return invoke(frame, called(frame, Trace()), arguments, names)

    return run


def read_function(source: Source, element: etree._Element, depth: int = 0) -> Logic:
    """A function definition: formal parameters and a body that also sees the names around it."""
    parameters = [
        (name_of(parameter), source.kind(type_of(parameter))) for parameter in children(element, "formalParameter")
    ]
    if element.get("kind", "FEEL") != "FEEL":
        return nothing
    body = read_box(source, box_in(element), depth)
    names = tuple(name for name, _ in parameters)

    def make(home: Frame, _: Trace) -> Function:
        def run(frame: Frame, arguments: list[Any]) -> Any:
            if len(arguments) != len(parameters):
                return frame.warn("feel.warning.arguments", name="function", given=len(arguments))
            frame.meter.charge(5)
            frame.meter.enter()
            values = {
                name: kind.convert(frame, value) for (name, kind), value in zip(parameters, arguments, strict=True)
            }
            inner = inner_frame(frame, ChainMap(values, home.variables), 0)  # type: ignore[arg-type]  # only read
            found = body(inner, Trace())
            frame.meter.leave()
            return found

        return Function(names, run)

    return make


def _list(source: Source, element: etree._Element, depth: int) -> Logic:
    items = [read_box(source, item, depth) for item in children(element, *BOXES)]
    return lambda frame, _: [item(frame, Trace()) for item in items]


def _relation(source: Source, element: etree._Element, depth: int) -> Logic:
    columns = [name_of(column) for column in children(element, "column")]
    rows = [[read_box(source, cell, depth) for cell in children(row, *BOXES)] for row in children(element, "row")]

    def run(frame: Frame, _: Trace) -> Any:
        frame.meter.charge(len(rows) * len(columns))
        return [{name: cell(frame, Trace()) for name, cell in zip(columns, cells, strict=False)} for cells in rows]

    return run


def _part(source: Source, element: etree._Element, name: str, depth: int) -> Logic:
    part = child(element, name)
    return read_box(source, box_in(part) if part is not None else None, depth)


def _conditional(source: Source, element: etree._Element, depth: int) -> Logic:
    test, then, otherwise = (_part(source, element, name, depth) for name in ("if", "then", "else"))
    return lambda frame, _: (then if test(frame, Trace()) is True else otherwise)(frame, Trace())


BOXES: dict[str, Read] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "list": _list,
    "relation": _relation,
    "conditional": _conditional,
}
