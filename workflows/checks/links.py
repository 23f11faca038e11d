"""Dangling and doubled references inside the files, and ids that cannot be used."""

from collections.abc import Iterator

from lxml import etree

from workflows.checks.diagram import Diagram, Flow, line_of
from workflows.checks.findings import Finding, error
from workflows.xml import BPMN, bpmn, local

ID_LENGTH, KEY_LENGTH = 200, 64

NO_ID = error(
    "id.missing",
    ("{kind}“{name}”没有 id。", '{kind} "{name}" has no id.'),
    ("为它填写唯一的 id。", "Give it an id of its own."),
)
REPEATED = error(
    "id.repeated",
    ("id“{element}”用了不止一次。", 'The id "{element}" is used more than once.'),
    ("改成唯一的 id。", "Make the id unique."),
)
RESERVED = error(
    "id.reserved",
    ("id“{element}”是引擎的内部名称。", 'The id "{element}" is an internal name of the engine.'),
    ("换一个 id，例如 {element}_1。", "Choose another id, for example {element}_1."),
)
LONG = error(
    "id.long",
    (
        "id“{element}”有 {length} 个字符，上限 {limit}。",
        'The id "{element}" has {length} characters; the limit is {limit}.',
    ),
    ("换一个短的 id。", "Choose a shorter id."),
)
FLOW_END = error(
    "reference.sequence_flow",
    (
        "顺序流“{element}”的 {end} 指向不存在或不在同一层的“{target}”。",
        'The {end} of sequence flow "{element}" is "{target}", which is absent or not on the same level.',
    ),
    ("把该顺序流重新连到同一层的元素，或删去它。", "Connect the flow with elements of its own level, or remove it."),
)
DANGLING = error(
    "reference.dangling",
    (
        "“{element}”的 {attribute} 指向不存在的“{target}”。",
        'The {attribute} of "{element}" names "{target}", which does not exist.',
    ),
    ("重新选择，或新建“{target}”。", 'Choose again, or create "{target}".'),
)
WRONG_KIND = error(
    "reference.wrong_kind",
    (
        "“{element}”的 {attribute} 应指向 {wanted}，“{target}”却是 {found}。",
        'The {attribute} of "{element}" must name a {wanted}; "{target}" is a {found}.',
    ),
    ("重新选择一个 {wanted}。", "Choose a {wanted}."),
)
DATA = error(
    "reference.data",
    (
        "数据关联指向不存在的数据对象“{target}”。",
        'A data association names the data object "{target}", which does not exist.',
    ),
    ("删去该数据关联，或重新画数据对象。", "Remove the association, or draw the data object again."),
)

RESERVED_IDS = frozenset({"Start", "End", "Root"})
_RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
_ATTRIBUTES = {
    "messageRef": ("message",),
    "errorRef": ("error",),
    "escalationRef": ("escalation",),
    "signalRef": ("signal",),
    "dataObjectRef": ("dataObject",),
}
_ASSOCIATIONS = (bpmn("dataInputAssociation"), bpmn("dataOutputAssociation"))
_DATA = frozenset(
    [
        "dataObjectReference",
        "dataStoreReference",
        "dataObject",
        "dataInput",
        "dataOutput",
        "property",
        "inputDataItem",
        "outputDataItem",
        "dataStore",
    ]
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """All references of a file, whether its processes run or not: a dangling one can hang a parser."""
    yield from _ids(diagram)
    for process in diagram.processes:
        for scope in process.inside():
            for flow in scope.flows:
                yield from _flow(diagram, flow)
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        for attribute, kinds in _ATTRIBUTES.items():
            if target := element.get(attribute):
                yield from _attribute(diagram, element, attribute, target, kinds)
    for reference in diagram.root.iter(bpmn("flowNodeRef")):
        target = (reference.text or "").strip()
        if target not in diagram.ids:
            yield diagram.find(DANGLING, reference, attribute="flowNodeRef", target=target)
    for association in diagram.root.iter(*_ASSOCIATIONS):
        yield from _association(diagram, association)


def _ids(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.nameless:
        yield diagram.find(NO_ID, element, kind=local(element), name=element.get("name", ""))
    for element in diagram.repeated:
        yield Finding(REPEATED, diagram.file, line_of(element), element.get("id", ""))
    for process in diagram.running():
        yield from _length(diagram, process.element, KEY_LENGTH)
    for node in diagram.nodes():
        if node.id in RESERVED_IDS or node.id.endswith(_RESERVED_ENDINGS):
            yield diagram.find(RESERVED, node)
        yield from _length(diagram, node.element, ID_LENGTH)


def _length(diagram: Diagram, element: etree._Element, limit: int) -> Iterator[Finding]:
    name = element.get("id", "")
    if len(name) > limit:
        yield diagram.find(LONG, element, length=len(name), limit=limit)


def _flow(diagram: Diagram, flow: Flow) -> Iterator[Finding]:
    for end, node in (("sourceRef", flow.source), ("targetRef", flow.target)):
        if node is None:
            yield diagram.find(FLOW_END, flow, end=end, target=flow.element.get(end) or "–")


def _attribute(
    diagram: Diagram, element: etree._Element, attribute: str, target: str, kinds: tuple[str, ...]
) -> Iterator[Finding]:
    found = diagram.ids.get(target.rpartition(":")[2])
    if found is None:
        yield diagram.find(DANGLING, element, attribute=attribute, target=target)
    elif local(found) not in kinds:
        yield diagram.find(WRONG_KIND, element, attribute=attribute, target=target, wanted=kinds[0], found=local(found))


def _association(diagram: Diagram, association: etree._Element) -> Iterator[Finding]:
    ends = [child for child in association.iterchildren() if local(child) in ("sourceRef", "targetRef")]
    for end in ends:
        target = (end.text or "").strip()
        found = diagram.ids.get(target)
        if target and (found is None or local(found) not in _DATA):
            yield diagram.find(DATA, end, target=target)
    if not ends:
        yield diagram.find(DATA, association, target="–")
