"""The conditions of the diagram that led to a task, with the values that they read."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import sealed
from service.audit.timeline import Event
from service.tasks.facts import TaskFacts
from service.tasks.reasons import Reason
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.diagram.elements import Element
from workflows.feel import partial
from workflows.models import VariableChange

TOLD = 2
"""The nearest conditions are told; what lies further back the history tells."""
_BEGINS = frozenset({"userTask", "startEvent", "receiveTask", "intermediateCatchEvent"})
_CHANGE = table_of(VariableChange)


def led_here(
    session: Session,
    definition: Definition,
    task: TaskFacts,
    events: Sequence[Event],
    variables: Mapping[str, Any],
) -> list[Reason]:
    """The conditions on the way to a task, the nearest first: code "reason.condition" with `flow` and `values`.

    `variables` are those that the reader may see. Left out are sealed values, and those that were changed since.
    """
    elements = _elements(definition, task.element_id)
    flows = _conditional(elements, task, events)[:TOLD]
    read = {flow.id: _read(elements, flow, variables) for flow in flows}
    names = {path.partition(".")[0] for values in read.values() for path in values}
    kept = names - _changed(session, task, names) - {"parameters"}
    return [Reason("reason.condition", {"flow": flow.id, "values": _told(read[flow.id], kept)}) for flow in flows]


def _read(elements: Mapping[str, Element], flow: Element, variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the flow's condition read; of one that is taken when no other holds what all of them read."""
    beside = [elements[other].condition for other in elements[flow.source].outgoing]
    texts = [flow.condition] if flow.condition else [text for text in beside if text]
    return {path: value for text in texts for path, value in partial.read(text, variables).items()}


def _told(values: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    return {
        path: value
        for path, value in values.items()
        if path.partition(".")[0] in kept and value is not None and not sealed.is_sealed(value)
    }


def _conditional(elements: Mapping[str, Element], task: TaskFacts, events: Sequence[Event]) -> list[Element]:
    """The flows with a question before them that the case took to the task, in the step that opened it."""
    passed = {one for event in events if event.at == task.opened_at for one in (event.body or {}).get("passed", ())}
    found: list[Element] = []
    seen: set[str] = set()
    todo = list(elements[task.element_id].incoming) if task.element_id in elements else []
    while todo:
        flow = elements[todo.pop(0)]
        if flow.id not in passed or flow.id in seen:
            continue
        seen.add(flow.id)
        source = elements[flow.source]
        if flow.condition or source.default == flow.id:
            found.append(flow)
        if source.kind not in _BEGINS:
            todo += source.incoming
    return found


def _elements(definition: Definition, element_id: str) -> Mapping[str, Element]:
    processes = definition.spec.processes.values()
    return next((process.elements for process in processes if element_id in process.elements), {})


def _changed(session: Session, task: TaskFacts, names: set[str]) -> set[str]:
    """The variables that were written again after the task was opened."""
    if not names:
        return set()
    later = (_CHANGE.c.instance_id == task.instance_id, _CHANGE.c.at > task.opened_at, _CHANGE.c.name.in_(names))
    return set(session.scalars(select(_CHANGE.c.name).where(*later).distinct()))
