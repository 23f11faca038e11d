"""Literal expressions, contexts, invocations, functions, lists, relations, conditionals and tables in boxes."""

from typing import Any

from lxml import etree

from workflows.decisions.boxing import box, box_in, part, read_box
from workflows.decisions.kinds import Kind, taken
from workflows.decisions.model import Logic, Trace, inner_frame, nothing, run_compiled
from workflows.decisions.names import Names
from workflows.decisions.reading import read_table
from workflows.decisions.source import Source, child, children, name_of, spaced, text_of, type_of
from workflows.decisions.tables import evaluate_table
from workflows.decisions.typing import kind_at, kind_of_reference
from workflows.feel import Function
from workflows.feel.builtins import BUILT_INS, call
from workflows.feel.compiling.calls import invoke
from workflows.feel.frame import Frame


@box("literalExpression")
def _literal(source: Source, element: etree._Element, _depth: int) -> Logic:
    if child(element, "importedValues") is not None:
        source.faults.add(element, "decision.imported_values")
        return nothing
    text = text_of(element)
    compiled = source.expression(element, text) if text else None
    return nothing if compiled is None else lambda frame, _: run_compiled(compiled, frame)


@box("decisionTable")
def _table(source: Source, element: etree._Element, _depth: int) -> Logic:
    table = read_table(source, element)
    return lambda frame, trace: evaluate_table(table, frame, trace)


@box("context")
def _context(source: Source, element: etree._Element, depth: int) -> Logic:
    entries: list[tuple[str | None, Kind, Logic]] = []
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        name = name_of(entry) if variable is not None else None
        entries.append((name, kind_at(source, variable), read_box(source, box_in(entry), depth)))

    def run(frame: Frame, trace: Trace) -> Any:
        made: dict[str, Any] = {}
        inner = inner_frame(frame, Names(made, frame.variables), 0)
        for name, kind, logic in entries:
            frame.meter.charge(1)
            value = logic(inner, trace)
            value = value if type(value) is Function else kind.convert(inner, value)
            if name is None:
                return value
            made[name] = value
        return made

    return run


@box("invocation")
def _invocation(source: Source, element: etree._Element, depth: int) -> Logic:
    box_called = box_in(element)
    called = read_box(source, box_called, depth)
    built_in = text_of(box_called) if box_called is not None else ""
    bindings: list[tuple[str, Logic]] = []
    for binding in children(element, "binding"):
        parameter = child(binding, "parameter")
        name = spaced(parameter.get("name")) if parameter is not None else ""
        bindings.append((name, read_box(source, box_in(binding), depth)))
    names = tuple(name for name, _ in bindings)

    def run(frame: Frame, trace: Trace) -> Any:
        arguments = [logic(frame, trace) for _, logic in bindings]
        if built_in in BUILT_INS and built_in not in frame.variables:
            return call(frame, built_in, arguments, names)
        return invoke(frame, called(frame, trace), arguments, names, built_in)

    return run


@box("functionDefinition")
def read_function(source: Source, element: etree._Element, depth: int) -> Logic:
    """A function definition: formal parameters and a body that also sees the names around it."""
    parameters = [
        (name_of(parameter), kind_of_reference(source, parameter, type_of(parameter)))
        for parameter in children(element, "formalParameter")
    ]
    if element.get("kind", "FEEL") != "FEEL":
        source.faults.add(element, "decision.function_kind", kind=element.get("kind"))
        body: Logic = nothing
    else:
        body = read_box(source, box_in(element), depth)
    names = tuple(name for name, _ in parameters)

    def make(home: Frame, trace: Trace) -> Function:
        def run(frame: Frame, arguments: list[Any]) -> Any:
            values = taken(frame, "function", parameters, arguments)
            if values is None:
                return None
            frame.meter.charge(5)
            frame.meter.enter()
            found = body(inner_frame(frame, Names(values, home.variables), 0), trace)
            frame.meter.leave()
            return found

        return Function(names, run)

    return make


@box("list")
def _list(source: Source, element: etree._Element, depth: int) -> Logic:
    items = [read_box(source, item, depth) for item in element.iterchildren() if box_in_self(item)]
    return lambda frame, trace: [item(frame, trace) for item in items]


@box("relation")
def _relation(source: Source, element: etree._Element, depth: int) -> Logic:
    columns = [(name_of(column), kind_at(source, column)) for column in children(element, "column")]
    rows = [
        [read_box(source, cell, depth) for cell in row.iterchildren() if box_in_self(cell)]
        for row in children(element, "row")
    ]

    def run(frame: Frame, trace: Trace) -> Any:
        frame.meter.charge(len(rows) * len(columns))
        return [
            {name: kind.convert(frame, cell(frame, trace)) for (name, kind), cell in zip(columns, cells, strict=False)}
            for cells in rows
        ]

    return run


def box_in_self(element: etree._Element) -> bool:
    """Whether an element is content: neither a comment nor a description or extension of its parent."""
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    return tag not in ("", "description", "extensionElements")


@box("conditional")
def _conditional(source: Source, element: etree._Element, depth: int) -> Logic:
    test, then, otherwise = (part(source, element, name, depth) for name in ("if", "then", "else"))
    return lambda frame, trace: (then if test(frame, trace) is True else otherwise)(frame, trace)
