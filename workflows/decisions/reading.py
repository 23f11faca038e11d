"""A <decisionTable> element → Table."""

from typing import Any

from lxml import etree

from workflows.decisions.model import Cell, Input, Logic, Output, Rule, Table, nothing, run_compiled
from workflows.decisions.policies import POLICIES
from workflows.decisions.source import Source, child, children, spaced, text_of, unique
from workflows.decisions.typing import kind_at
from workflows.feel import compile_expression, compile_unary
from workflows.feel.errors import FeelError, FeelSyntaxError

_ALL = compile_unary("-")


def read_table(source: Source, element: etree._Element) -> Table:
    """A table with everything compiled; notes faults for what is wrong in it."""
    name = _owner(element) or element.get("id") or ""
    inputs = tuple(_input(source, column, index) for index, column in enumerate(children(element, "input"), start=1))
    outputs = _outputs(source, element, name)
    rules = tuple(
        _rule(source, rule, index, len(inputs), len(outputs))
        for index, rule in enumerate(children(element, "rule"), start=1)
    )
    policy = _policy(source, element, name, len(outputs))
    return Table(element.get("id") or "", name, policy, inputs, outputs, rules, source.names)


def _owner(element: etree._Element) -> str:
    """The name of the decision or business knowledge model around a table."""
    names = (spaced(above.get("name")) for above in element.iterancestors() if above.getparent() is not None)
    return next((name for name in names if name), "")


def _policy(source: Source, element: etree._Element, name: str, outputs: int) -> str:
    policy, aggregation = element.get("hitPolicy", "UNIQUE").upper(), element.get("aggregation", "").upper()
    if policy not in POLICIES:
        source.faults.add(element, "decision.policy", table=name, policy=policy)
    elif aggregation and policy == "COLLECT":
        policy = f"COLLECT {aggregation}"
        if policy not in POLICIES or (outputs > 1 and aggregation != "COUNT"):
            source.faults.add(element, "decision.aggregation", table=name, aggregation=aggregation)
    return policy


def _logic(source: Source, element: etree._Element | None) -> Logic:
    """The FEEL expression of an element; "-" and nothing give null."""
    text = text_of(element)
    if element is None or text in ("", "-"):
        return nothing
    compiled = source.expression(element, text)
    return nothing if compiled is None else lambda frame, _: run_compiled(compiled, frame)


def _input(source: Source, element: etree._Element, index: int) -> Input:
    expression = child(element, "inputExpression")
    text = text_of(expression)
    kind, values = kind_at(source, expression), child(element, "inputValues")
    return Input(
        label=element.get("label") or text or f"#{index}",
        text=text,
        logic=_logic(source, expression),
        kind=kind,
        allowed=source.unary(values),
        allowed_text=text_of(values) or kind.limits(),
    )


def _outputs(source: Source, table: etree._Element, name: str) -> tuple[Output, ...]:
    columns = list(children(table, "output"))
    names = [spaced(column.get("name") or column.get("label")) for column in columns]
    if not columns or (len(columns) > 1 and not unique(names)):
        source.faults.add(table, "decision.outputs", table=name)
    return tuple(_output(source, column, title, name) for column, title in zip(columns, names, strict=True))


def _output(source: Source, element: etree._Element, name: str, table: str) -> Output:
    values, default = child(element, "outputValues"), child(element, "defaultOutputEntry")
    kind = kind_at(source, element)
    text = text_of(values) or kind.limits()
    return Output(
        name=name,
        label=element.get("label") or name or table,
        kind=kind,
        values=_listed(source, text),
        values_text=text,
        allowed=source.unary(values),
        default=_logic(source, default) if default is not None else None,
    )


def _listed(source: Source, text: str) -> tuple[Any, ...]:
    """The values that a text lists, in order; empty when it is no list of values."""
    if text in ("", "-"):
        return ()
    try:
        found = compile_expression(f"[{text}]", source.names).evaluate({})
    except FeelError:
        return ()
    return tuple(found) if isinstance(found, list) else ()


def _rule(source: Source, element: etree._Element, index: int, inputs: int, outputs: int) -> Rule:
    cells = tuple(_cell(source, entry) for entry in children(element, "inputEntry"))
    entries = list(children(element, "outputEntry"))
    for found, expected in ((len(cells), inputs), (len(entries), outputs)):
        if found != expected:
            source.faults.add(element, "decision.cells", row=index, found=found, expected=expected)
    notes = [text_of(note) for note in children(element, "annotationEntry")]
    description = child(element, "description")
    annotation = "; ".join(note for note in notes if note) or (
        (description.text or "").strip() if description is not None else ""
    )
    logics = tuple(_logic(source, entry) for entry in entries)
    texts = tuple(text_of(entry) for entry in entries)
    return Rule(element.get("id", ""), index, cells, logics, texts, annotation)


def _cell(source: Source, element: etree._Element) -> Cell:
    text = text_of(element)
    try:
        return Cell(text or "-", compile_unary(text, source.names))
    except FeelSyntaxError as error:
        source.faults.feel(element, text, error)
        return Cell(text, _ALL)
