"""From XML to elements: one process of one file with its lanes, sub processes, flows and event definitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from workflows.diagram.elements import Element, Event, Model
from workflows.diagram.faults import place
from workflows.diagram.zeebe import extensions
from workflows.errors import Fault
from workflows.xml import BPMN, bpmn, local, namespace, texts_of, truth

_SILENT = frozenset(
    {
        "artifact",
        "association",
        "auditing",
        "category",
        "correlationSubscription",
        "dataInputAssociation",
        "dataObject",
        "dataObjectReference",
        "dataOutputAssociation",
        "dataStoreReference",
        "documentation",
        "extensionElements",
        "group",
        "incoming",
        "ioSpecification",
        "laneSet",
        "monitoring",
        "multiInstanceLoopCharacteristics",
        "outgoing",
        "performer",
        "potentialOwner",
        "property",
        "resourceRole",
        "standardLoopCharacteristics",
        "supportedInterfaceRef",
        "textAnnotation",
    }
)
_DEFINITIONS = "EventDefinition"
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


@dataclass
class Document:
    """One file: its root and what its processes refer to by id; `roles` are those of lanes, by their name or id."""

    file: str
    root: etree._Element
    roles: Mapping[str, str] = field(default_factory=dict)
    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    lanes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for message in self.root.iterchildren(bpmn("message")):
            key = extensions(message).get("subscription", {}).get("correlationKey", "")
            self.messages[message.get("id") or ""] = (message.get("name") or "", key)
        for tag, attribute in (("error", "errorCode"), ("escalation", "escalationCode")):
            for found in self.root.iterchildren(bpmn(tag)):
                self.codes[found.get("id") or ""] = found.get(attribute) or found.get("name") or ""
        for lane in self.root.iter(bpmn("lane")):
            for reference in lane.iterchildren(bpmn("flowNodeRef")):
                name = texts_of(reference).strip()
                own = tuple(filter(None, (lane.get("id"), lane.get("name"))))
                self.lanes[name] = (*own, *self.lanes.get(name, ()))

    def process(self, process_id: str) -> etree._Element | None:
        """The process with this id, unless it is marked as not executable."""
        for process in self.root.iterchildren(bpmn("process")):
            if process.get("id") == process_id and truth(process.get("isExecutable"), default=True):
                return process
        return None


def read(document: Document, process: etree._Element) -> tuple[Model, list[Fault]]:
    """Everything in a process, and the faults of what cannot even be read."""
    reader = _Reader(document)
    own = reader.element(process, "")
    reader.scope(process, own.id, ())
    for flow in [element for element in reader.found.values() if element.kind == "sequenceFlow"]:
        reader.connect(flow)
    return Model(own, reader.found), reader.faults


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: dict[str, Element] = {}
        self.faults: list[Fault] = []

    def scope(self, holder: etree._Element, scope: str, lanes: tuple[str, ...]) -> None:
        for node in _flow_elements(holder):
            element = self.element(node, scope, lanes)
            if self._accept(element):
                self.found[element.id] = element
            if element.kind in ("subProcess", "transaction", "adHocSubProcess"):
                self.scope(node, element.id, element.lanes)

    def element(self, node: etree._Element, scope: str, around: tuple[str, ...] = ()) -> Element:
        lanes = self.document.lanes.get(node.get("id", ""), around)
        zeebe = self._assigned(node, extensions(node), lanes)
        condition = node.find(bpmn("conditionExpression"))
        form = zeebe.get("formDefinition", {})
        return Element(
            id=node.get("id", ""),
            kind=_kind(node),
            name=node.get("name", ""),
            scope=scope,
            line=_line(node),
            file=self.document.file,
            lanes=lanes,
            properties=zeebe.get("properties", {}),
            form_id=form.get("formId") or form.get("formKey"),
            zeebe=zeebe,
            event=self._event(node),
            default=node.get("default"),
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            condition=texts_of(condition).strip() if condition is not None else None,
            attached_to=node.get("attachedToRef"),
            interrupting=truth(node.get("cancelActivity"), default=True),
            loop=_loop(node),
        )

    def _assigned(self, node: etree._Element, zeebe: dict[str, Any], lanes: tuple[str, ...]) -> dict[str, Any]:
        """A user task that names nobody lies with the role of its lane, of the innermost that has one."""
        given = zeebe.get("assignmentDefinition", {})
        role = next((self.document.roles[name] for name in lanes if self.document.roles.get(name)), None)
        if role is None or local(node) != "userTask" or any(str(value).strip() for value in given.values()):
            return zeebe
        return {**zeebe, "assignmentDefinition": {"candidateGroups": role}}

    def connect(self, flow: Element) -> None:
        source, target = self.found.get(flow.source), self.found.get(flow.target)
        for end, name in ((source, flow.source), (target, flow.target)):
            if end is None or end.scope != flow.scope or end.kind == "sequenceFlow":
                self.faults.append(place("diagram.dangling_flow", flow.id, flow.line, flow.file, end=name))
                return
        assert source is not None and target is not None
        self.found[source.id] = replace(source, outgoing=(*source.outgoing, flow.id))
        target = self.found[target.id]
        self.found[target.id] = replace(target, incoming=(*target.incoming, flow.id))

    def _accept(self, element: Element) -> bool:
        code = "diagram.no_id" if not element.id else "diagram.duplicate_id" if element.id in self.found else None
        if code is not None:
            self.faults.append(place(code, element.id, element.line, element.file, id=element.id))
        return code is None

    def _event(self, node: etree._Element) -> Event:
        definitions = [child for child in node if local(child).endswith(_DEFINITIONS)]
        if local(node) in ("receiveTask", "sendTask") and node.get("messageRef"):
            return self._message(node)
        if not definitions:
            return Event()
        if len(definitions) > 1:
            return Event("multiple")
        return self._definition(definitions[0])

    def _definition(self, definition: etree._Element) -> Event:
        kind = local(definition).removesuffix(_DEFINITIONS)
        match kind:
            case "timer":
                for child in definition:
                    if local(child) in _TIMERS:
                        return Event("timer", texts_of(child).strip(), _TIMERS[local(child)])
                return Event("timer")
            case "message":
                return self._message(definition)
            case "error" | "escalation":
                return Event(kind, self.document.codes.get(definition.get(f"{kind}Ref", ""), ""))
        return Event(kind)

    def _message(self, holder: etree._Element) -> Event:
        name, key = self.document.messages.get(holder.get("messageRef", ""), ("", ""))
        return Event("message", name, correlation_key=key)


def _line(node: etree._Element) -> int:
    return node.sourceline or 0  # type: ignore[return-value]


def _kind(node: etree._Element) -> str:
    if local(node) == "subProcess" and truth(node.get("triggeredByEvent")):
        return "eventSubProcess"
    return local(node)


def _flow_elements(holder: etree._Element) -> Iterator[etree._Element]:
    for child in holder:
        if namespace(child) == BPMN and local(child) not in _SILENT and not local(child).endswith(_DEFINITIONS):
            yield child


def _loop(node: etree._Element) -> dict[str, str] | None:
    if node.find(bpmn("standardLoopCharacteristics")) is not None:
        return {"standard": "true"}
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if loop is None:
        return None
    condition = loop.find(bpmn("completionCondition"))
    sequential = str(truth(loop.get("isSequential"))).lower()
    found = {"sequential": sequential, **extensions(loop).get("loopCharacteristics", {})}
    if condition is not None and texts_of(condition).strip():
        found["completionCondition"] = texts_of(condition).strip()
    return found
