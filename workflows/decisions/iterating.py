"""Boxed filter, for, some and every (DMN 1.4 and later): one box for the list, one for what is asked of each item."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lxml import etree

from workflows.decisions.boxing import box, part
from workflows.decisions.model import Logic, Trace, inner_frame, run_compiled
from workflows.decisions.names import Names
from workflows.decisions.source import Source, spaced
from workflows.feel import compile_expression
from workflows.feel.compiling.iteration import as_items, items_of
from workflows.feel.frame import MAX_LIST, Frame
from workflows.feel.values import is_context, touch

AT = "items[position]"
"""Compiled when it is first needed: to build the parser takes a tenth of a second of the start."""


def _with(frame: Frame, own: dict[str, Any]) -> Frame:
    """A frame for one item: what it is called, over the names around the box."""
    frame.meter.charge(2)
    return inner_frame(frame, Names(own, frame.variables), 0)


@box("filter")
def _filter(source: Source, element: etree._Element, depth: int) -> Logic:
    items, match = part(source, element, "in", depth), part(source, element, "match", depth)

    def run(frame: Frame, trace: Trace) -> Any:
        listed = as_items(frame, items(frame, trace))
        if listed is None:
            return None
        found: list[Any] = []
        for item in map(touch, listed):
            keys = item if is_context(item) else {}
            answer = match(_with(frame, {"item": item, **keys}), trace)
            if type(answer) is Decimal:
                inner = inner_frame(frame, {"items": listed, "position": answer}, 0)
                return run_compiled(compile_expression(AT), inner)
            if answer is True:
                found.append(item)
        return found

    return run


@box("for")
def _for(source: Source, element: etree._Element, depth: int) -> Logic:
    items, body = part(source, element, "in", depth), part(source, element, "return", depth)
    name = spaced(element.get("iteratorVariable"))
    partial = b"partial" in etree.tostring(element)

    def run(frame: Frame, trace: Trace) -> Any:
        visited = items_of(frame, items(frame, trace))
        if visited is None:
            return None
        found: list[Any] = []
        for item in visited:
            own = {name: item}
            if partial:
                frame.meter.charge(len(found))
                own["partial"] = found.copy()
            if len(found) >= MAX_LIST:
                frame.meter.items(len(found) + 1)
            found.append(body(_with(frame, own), trace))
        return found

    return run


def _quantified(decisive: bool) -> Callable[[Source, etree._Element, int], Logic]:
    """some (a true decides) and every (a false decides); null when an answer is none and nothing has decided."""

    def read(source: Source, element: etree._Element, depth: int) -> Logic:
        items, test = part(source, element, "in", depth), part(source, element, "satisfies", depth)
        name = spaced(element.get("iteratorVariable"))

        def run(frame: Frame, trace: Trace) -> bool | None:
            visited = items_of(frame, items(frame, trace))
            answer: bool | None = None if visited is None else not decisive
            for item in visited or ():
                found = test(_with(frame, {name: item}), trace)
                if not isinstance(found, bool):
                    answer = None
                elif found is decisive:
                    return found
            return answer

        return run

    return read


box("some")(_quantified(True))
box("every")(_quantified(False))
