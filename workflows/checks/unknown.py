"""Names that a FEEL expression reads though nothing before it can have written them: their value is always null."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from lxml import etree

from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node, Scope
from workflows.checks.expressions import places_in
from workflows.checks.findings import Finding, warning
from workflows.checks.texts import is_feel
from workflows.checks.ways import after
from workflows.checks.writers import results, written
from workflows.feel import FeelError, compile_expression
from workflows.xml import bpmn, texts_of, zeebe

NAME = warning(
    "feel.unknown_name",
    (
        "“{name}”的 {place} 读变量 {variable}，但到这里还没有任何一步写过它：值总是 null。",
        'The {place} of "{name}" reads {variable}, which no step before it writes: its value is always null.',
    ),
    ("{instead}", "{instead}"),
)

OWN = frozenset({"initiator", "school", "school_name", "scheduled_for", "parameters"})
"""What every case has from its start."""
LOCAL = frozenset(
    ["loopCounter", "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances",
     "numberOfTerminatedInstances"]
)  # fmt: skip
ANYTHING = None

Names = frozenset[str] | None
"""Names of variables; None where anything may have been written."""


@dataclass(frozen=True)
class Folder:
    """What the rules about names need of a folder: form id → keys of its inputs, processes by id, the settings,
    decision id → variables that it reads."""

    forms: Mapping[str, frozenset[str]]
    processes: Mapping[str, Scope]
    settings: Mapping[str, Any]
    context: GateContext
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def form_of(self, node: Node) -> Names:
        """What the form of an element may fill in; none when it has no form, anything when the form lies elsewhere."""
        definition = node.extension("formDefinition")
        if definition is None:
            return frozenset()
        return self.forms.get(definition.get("formId", ""))


def check(diagram: Diagram, folder: Folder, main: str) -> Iterator[Finding]:
    """Expressions of the main process whose names nothing can have written; nothing when its start is not known."""
    for process in diagram.running():
        if process.id == main:
            begins = _at_start(process, folder)
            if begins is not ANYTHING:
                yield from _Process(diagram, folder, begins, _nodes(process)).findings()


def unknown_names(
    diagram: Diagram, folder: Folder, begins: frozenset[str], nodes: Sequence[Node], reading: Sequence[Node]
) -> frozenset[str]:
    """The variables that `reading` elements read though they are not among `begins` and none of `nodes` writes them."""
    reader = _Process(diagram, folder, begins, nodes)
    return frozenset(name for node in reading for *_, name in reader.unknown(node))


def _nodes(process: Scope) -> list[Node]:
    return [node for scope in process.inside() for node in scope.nodes.values()]


def _at_start(process: Scope, folder: Folder) -> Names:
    """The variables of a case that begins: its own and those of the start form. A hidden flow is given anything."""
    start = folder.settings.get("start")
    start = start if isinstance(start, Mapping) else {}
    event = next((node for node in process.nodes.values() if node.kind == "startEvent"), None)
    if event is None or start.get("hidden"):
        return ANYTHING
    named = start.get("form")
    keys = folder.forms.get(str(named)) if named else folder.form_of(event)
    fields = start.get("fields")
    listed = frozenset(str(one) for one in fields) if isinstance(fields, list) else frozenset()
    return ANYTHING if keys is None or not keys | listed else OWN | keys | listed


@dataclass
class _Process:
    diagram: Diagram
    folder: Folder
    begins: frozenset[str]
    nodes: Sequence[Node]
    ahead: dict[str, set[str]] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """All names that are unknown where they are read."""
        for node in self.nodes:
            for element, label, name in self.unknown(node):
                yield self.diagram.find(
                    NAME, element, name=node.name, place=label, variable=name, instead=self._instead(name)
                )

    def unknown(self, node: Node) -> Iterator[tuple[etree._Element, str, str]]:
        """What an element reads that nothing can have written: where, what the place is called, the name."""
        places = [(place.label, place.text, place.element) for place in places_in(node.element)]
        places += [
            ("conditionExpression", texts_of(flow.condition), flow.element)
            for flow in node.outgoing
            if flow.condition is not None
        ]
        for label, text, element in places:
            yield from ((element, label, name) for name in sorted(self._unknown(node, _names_in(text))))
        for label, read in self._called(node):
            yield from ((node.element, label, name) for name in sorted(self._unknown(node, read)))

    def _called(self, node: Node) -> Iterator[tuple[str, frozenset[str]]]:
        """What the operation of an element reads of the case, or its decision: an operation gives its tables values
        that it gathers itself."""
        task, decision = node.extension("taskDefinition"), node.extension("calledDecision")
        operation = self.folder.context.operations.get(task.get("type", "")) if task is not None else None
        if operation is not None:
            yield f"operation {operation.name}", frozenset(operation.reads)
        elif decision is not None:
            name = decision.get("decisionId", "")
            yield f"decision {name}", self.folder.tables.get(name, frozenset())

    @cached_property
    def writers(self) -> dict[str | None, list[Node]]:
        """Variable → the elements that write it; under None those that may write anything."""
        found: dict[str | None, list[Node]] = {}
        for node in self.nodes:
            names = self._writes(node)
            for name in (None,) if names is ANYTHING else names:
                found.setdefault(name, []).append(node)
        return found

    def _unknown(self, node: Node, read: frozenset[str]) -> set[str]:
        if not read or self._may_be_written(None, node):
            return set()
        unknown = set(read - self.begins - LOCAL) - set(results(node, self.folder.context))
        around: Node | None = node
        while around is not None:
            unknown -= _locals(around)
            around = around.scope.parent.nodes.get(around.scope.id) if around.scope.parent else None
        return {name for name in unknown if not self._may_be_written(name, node)}

    def _may_be_written(self, name: str | None, node: Node) -> bool:
        return any(one is node or self._may_precede(one, node) for one in self.writers.get(name, ()))

    def _instead(self, name: str) -> tuple[str, str]:
        known = sorted({*self.begins, *(one for one in self.writers if one is not None)} - {name})
        if near := get_close_matches(name, known, 1, 0.75):
            return f"是不是 {near[0]}？", f"Did you mean {near[0]}?"
        return "核对名称，或让前面的一步写它。", "Check the name, or let a step before write it."

    def _may_precede(self, other: Node, node: Node) -> bool:
        """Whether one element may be done before another: not if it lies only behind it."""
        first, second = _in_common(other, node)
        if first is second:
            return True
        return not (first.id in self._behind(second) and second.id not in self._behind(first))

    def _behind(self, node: Node) -> set[str]:
        if node.id not in self.ahead:
            seen: set[str] = set()
            todo = list(after(node))
            while todo:
                one = todo.pop()
                if one.id not in seen:
                    seen.add(one.id)
                    todo += after(one)
            self.ahead[node.id] = seen
        return self.ahead[node.id]

    def _writes(self, node: Node) -> Names:
        """What an element writes; anything for what a message, an error or a process outside brings."""
        names = written(node, self.folder.context)
        if node.element.find(f"{bpmn('extensionElements')}/{zeebe('ioMapping')}/{zeebe('output')}") is not None:
            return names
        brings = node.kind in ("boundaryEvent", "intermediateCatchEvent") and node.event in (
            "message",
            "error",
            "escalation",
        )
        if brings or node.kind in ("receiveTask", "callActivity"):
            return ANYTHING
        if node.kind == "userTask":
            keys = self.folder.form_of(node)
            return ANYTHING if keys is None else names | keys
        return names


def _names_in(text: str) -> frozenset[str]:
    """The variables that a text reads; none where it is no FEEL, or none that compiles."""
    try:
        return compile_expression(text.strip()[1:]).names if is_feel(text) else frozenset()
    except FeelError:
        return frozenset()


def _locals(node: Node) -> set[str]:
    """Names that exist inside an element only: its inputs and the item of its loop."""
    names = {found.get("target", "").partition(".")[0] for found in node.element.iterfind(f".//{zeebe('input')}")}
    names |= {found.get("inputElement", "") for found in node.element.iterfind(f".//{zeebe('loopCharacteristics')}")}
    return names


def _in_common(first: Node, second: Node) -> tuple[Node, Node]:
    """The elements of the innermost common scope that are or hold two elements."""
    ways = {scope.id: node for node, scope in _upward(first)}
    for node, scope in _upward(second):
        if scope.id in ways:
            return ways[scope.id], node
    return first, second


def _upward(node: Node) -> Iterator[tuple[Node, Scope]]:
    scope: Scope | None = node.scope
    while scope is not None:
        yield node, scope
        if scope.parent is not None:
            node = scope.parent.nodes[scope.id]
        scope = scope.parent
