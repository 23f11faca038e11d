"""Boxed expressions of DMN → logic: the way in, by the name of the element, and what every box does with its type."""

from collections.abc import Callable

from lxml import etree

from workflows.decisions.kinds import Kind
from workflows.decisions.model import Logic, Trace, nothing
from workflows.decisions.source import Source, child, children
from workflows.decisions.typing import kind_at
from workflows.feel import Function
from workflows.feel.frame import Frame
from workflows.xml import local

MAX_BOXES = 24
"""Levels of boxed expressions inside each other."""
Read = Callable[[Source, etree._Element, int], Logic]
BOXES: dict[str, Read] = {}


def box(name: str) -> Callable[[Read], Read]:
    """Register what reads one kind of boxed expression."""

    def register(read: Read) -> Read:
        BOXES[name] = read
        return read

    return register


def read_box(source: Source, element: etree._Element | None, depth: int = 0) -> Logic:
    """The logic of a boxed expression, held to its typeRef; notes a fault for what is not supported."""
    if element is None:
        return nothing
    if depth > MAX_BOXES:
        source.faults.add(element, "decision.deep")
        return nothing
    read = BOXES.get(local(element))
    if read is None:
        source.faults.add(element, "decision.empty", table="", kind=local(element))
        return nothing
    return typed(read(source, element, depth + 1), kind_at(source, element))


def typed(logic: Logic, kind: Kind) -> Logic:
    """Logic whose value is held to a kind; of a function the type is that of its results, which it holds to itself."""
    if kind.anything:
        return logic

    def run(frame: Frame, trace: Trace) -> object:
        value = logic(frame, trace)
        return value if type(value) is Function else kind.convert(frame, value)

    return run


def box_in(element: etree._Element | None) -> etree._Element | None:
    """The boxed expression inside an element."""
    return None if element is None else next(children(element, *BOXES), None)


def part(source: Source, element: etree._Element, name: str, depth: int) -> Logic:
    """The boxed expression inside a named part of a box; a fault when it is missing."""
    inner = box_in(child(element, name))
    if inner is None:
        source.faults.add(element, "decision.part", kind=local(element), part=name)
    return read_box(source, inner, depth)
