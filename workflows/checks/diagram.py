"""A BPMN file as the rules see it: scopes, nodes, flows, each with its line; built without recursion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from workflows.checks.findings import Finding, Rule
from workflows.xml import BPMN, ZEEBE, bpmn, local, namespace, zeebe

ACTIVITIES = frozenset(
    [
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
        "subProcess",
        "transaction",
        "adHocSubProcess",
    ]
)
GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"])
EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
NODES = ACTIVITIES | GATEWAYS | EVENTS
FOREIGN = frozenset(["choreographyTask", "subChoreography", "callChoreography", "implicitThrowEvent", "event"])


@dataclass(eq=False)
class Flow:
    """A sequence flow; `source` and `target` are None when the reference dangles."""

    id: str
    line: int
    element: etree._Element
    scope: "Scope"
    source: "Node | None" = None
    target: "Node | None" = None

    @property
    def condition(self) -> etree._Element | None:
        """Its condition expression."""
        return self.element.find(bpmn("conditionExpression"))


@dataclass(eq=False)
class Node:
    """An activity, gateway or event; `events` are its event definitions, `body` the scope inside a subprocess."""

    id: str
    kind: str
    line: int
    element: etree._Element
    scope: "Scope"
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    body: "Scope | None" = None

    @property
    def name(self) -> str:
        """Its label on one line, or its id."""
        return " ".join((self.element.get("name") or self.id).split())

    @property
    def events(self) -> list[etree._Element]:
        """Its event definitions."""
        return [child for child in self.element.iterchildren() if local(child).endswith("EventDefinition")]

    @property
    def event(self) -> str:
        """message | timer | …, empty for a none event, "multiple" for more than one."""
        found = [local(child).removesuffix("EventDefinition") for child in self.events]
        extra = sum(1 for _ in self.element.iterchildren(bpmn("eventDefinitionRef")))
        return "multiple" if len(found) + extra > 1 else "".join(found) or ("reference" if extra else "")

    def extensions(self, name: str) -> list[etree._Element]:
        """The zeebe extension elements of that name."""
        box = self.element.find(bpmn("extensionElements"))
        return [] if box is None else list(box.iterchildren(zeebe(name)))

    def extension(self, name: str) -> etree._Element | None:
        """The first zeebe extension element of that name."""
        found = self.extensions(name)
        return found[0] if found else None

    def properties(self) -> dict[str, etree._Element]:
        """Our settings: zeebe:property elements by name."""
        return properties_of(self.element)


@dataclass(eq=False)
class Scope:
    """A process or the inside of a subprocess: its own nodes and flows."""

    id: str
    kind: str
    line: int
    element: etree._Element
    parent: "Scope | None"
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def inside(self) -> Iterator["Scope"]:
        """This scope and those within it."""
        todo = [self]
        while todo:
            scope = todo.pop()
            yield scope
            todo += [node.body for node in scope.nodes.values() if node.body]

    @cached_property
    def attached(self) -> dict[str, list["Node"]]:
        """Its boundary events by the id of their activity, once everything is read."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.kind == "boundaryEvent":
                found.setdefault(node.element.get("attachedToRef", ""), []).append(node)
        return found

    @property
    def process(self) -> "Scope":
        """The process around it."""
        scope = self
        while scope.parent:
            scope = scope.parent
        return scope


@dataclass(eq=False)
class Diagram:
    """One BPMN file. `ids` are all elements that carry an id, `repeated` those whose id was taken before."""

    file: str
    root: etree._Element
    processes: list[Scope]
    ids: Mapping[str, etree._Element]
    repeated: list[etree._Element]
    nameless: list[etree._Element]

    def scopes(self) -> Iterator[Scope]:
        """All scopes of the processes that run."""
        for process in self.running():
            yield from process.inside()

    def nodes(self) -> Iterator[Node]:
        """All nodes of the processes that run."""
        for scope in self.scopes():
            yield from scope.nodes.values()

    def flows(self) -> Iterator[Flow]:
        """All sequence flows of the processes that run."""
        for scope in self.scopes():
            yield from scope.flows

    def running(self) -> list[Scope]:
        """The executable processes; all of them when none is marked, so that an author sees every finding."""
        marked = [process for process in self.processes if process.element.get("isExecutable") in ("true", "1")]
        return marked or self.processes

    def let_go(self) -> None:
        """Take the nodes apart when nobody reads them any more: in circles they would hold the whole file."""
        for process in self.processes:
            for scope in list(process.inside()):
                for node in scope.nodes.values():
                    node.incoming.clear()
                    node.outgoing.clear()
                scope.nodes.clear()
                scope.flows.clear()
                vars(scope).pop("attached", None)

    def find(self, rule: Rule, at: "Node | Flow | Scope | etree._Element", /, **params: Any) -> Finding:
        """A finding at a node, flow, scope or any element; without an id of its own, that of the nearest around."""
        if isinstance(at, Node | Flow | Scope):
            return Finding(rule, self.file, at.line, at.id or _owner_id(at.element), params)
        return Finding(rule, self.file, line_of(at), _owner_id(at), params)


def read_diagram(file: str, root: etree._Element) -> Diagram:
    """The diagram under a BPMN root element; keeps what is broken, for the rules to name."""
    ids: dict[str, etree._Element] = {}
    repeated = []
    for element in root.iter(f"{{{BPMN}}}*"):
        name = element.get("id")
        if name and ids.setdefault(name, element) is not element:
            repeated.append(element)
    nameless = [element for element in root.iterchildren(bpmn("process")) if not element.get("id")]
    processes = [
        _read_scopes(Scope(e.get("id", ""), "process", line_of(e), e, None), nameless)
        for e in root.iterchildren(bpmn("process"))
    ]
    return Diagram(file, root, processes, ids, repeated, nameless)


def properties_of(element: etree._Element) -> dict[str, etree._Element]:
    """The zeebe:property elements of a BPMN element, by name."""
    path = f"{bpmn('extensionElements')}/{zeebe('properties')}/{zeebe('property')}"
    return {found.get("name", ""): found for found in element.iterfind(path)}


def line_of(element: etree._Element) -> int:
    """The line of an element, from 1."""
    line = element.sourceline
    return line if isinstance(line, int) and line > 0 else 1


def extension_elements(element: etree._Element) -> Iterator[etree._Element]:
    """Every zeebe element below the extension elements of one BPMN element."""
    for box in element.iterchildren(bpmn("extensionElements")):
        yield from box.iter(f"{{{ZEEBE}}}*")


def _read_scopes(top: Scope, nameless: list[etree._Element]) -> Scope:
    todo = [top]
    while todo:
        scope = todo.pop()
        for element in scope.element.iterchildren(f"{{{BPMN}}}*"):
            kind = local(element)
            if kind in NODES:
                if not element.get("id"):
                    nameless.append(element)
                node = Node(element.get("id", ""), kind, line_of(element), element, scope)
                scope.nodes[node.id] = node
                if kind in SCOPES:
                    node.body = Scope(node.id, kind, node.line, element, scope)
                    todo.append(node.body)
            elif kind == "sequenceFlow":
                scope.flows.append(Flow(element.get("id", ""), line_of(element), element, scope))
        _connect(scope)
    return top


def _connect(scope: Scope) -> None:
    for flow in scope.flows:
        flow.source = scope.nodes.get(flow.element.get("sourceRef", ""))
        flow.target = scope.nodes.get(flow.element.get("targetRef", ""))
        if flow.source:
            flow.source.outgoing.append(flow)
        if flow.target:
            flow.target.incoming.append(flow)


def _owner_id(element: etree._Element) -> str:
    """The id of the nearest BPMN element around that has one."""
    while element is not None:
        if namespace(element) == BPMN and element.get("id") and not local(element).endswith("Definition"):
            return str(element.get("id"))
        parent = element.getparent()
        if parent is None:
            return ""
        element = parent
    return ""
