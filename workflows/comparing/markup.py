"""The parts of diagrams and decision files: each element with an id of its own, without what those inside it say."""

from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.comparing.changes import Part
from workflows.errors import Invalid
from workflows.references import kind_of
from workflows.xml import BPMN, local, namespace, parse_xml

TOLD = frozenset(
    ["process", "participant", "collaboration", "lane", "laneSet", "message", "error", "escalation", "signal",
     "textAnnotation", "association", "dataObject", "dataObjectReference", "dataStoreReference", "group",
     "messageFlow", "sequenceFlow", "subProcess", "transaction", "adHocSubProcess", "callActivity", "task", "userTask",
     "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "startEvent", "endEvent",
     "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "exclusiveGateway", "parallelGateway",
     "inclusiveGateway", "eventBasedGateway", "complexGateway"]
)  # fmt: skip
DECIDED = frozenset(
    ["decision", "inputData", "businessKnowledgeModel", "knowledgeSource", "itemDefinition", "rule", "input", "output"]
)
KEYED = {"property": "name", "header": "key", "input": "target", "output": "target"}
"""Extension elements of which many stand beside each other, and the attribute that tells them apart."""
LISTED = frozenset({"flowNodeRef"})
"""Elements that only name another one; in which order they stand says nothing."""
SILENT = frozenset({"incoming", "outgoing"})


def parts(files: Mapping[str, bytes], kind: str) -> dict[str, Part]:
    """The parts of all files of a kind (bpmn | dmn) by id. What cannot be read is one part, its text."""
    told = TOLD if kind == "bpmn" else DECIDED
    found: dict[str, Part] = {}
    for file, content in files.items():
        if kind_of(file) != kind:
            continue
        try:
            root = parse_xml(content, file)
        except Invalid:
            found[file] = Part(file, "file", file, {"text": content.decode("utf-8", "replace")})
            continue
        drawn = dict(_drawn(root))
        for element in root.iter():
            name = element.get("id") if local(element) in told else None
            if name and _is_own(element, kind):
                found.setdefault(name, _part(file, element, told, drawn.get(name, ())))
    return found


def _is_own(element: etree._Element, kind: str) -> bool:
    """Not an extension element that happens to be called like one of the diagram."""
    return namespace(element) == BPMN if kind == "bpmn" else "dmn" in namespace(element).lower()


def _part(file: str, element: etree._Element, told: frozenset[str], drawn: tuple[str, ...]) -> Part:
    says = {place: text for place, text in _says(element, told, "") if place != "@id"}
    return Part(file, local(element), " ".join((element.get("name") or "").split()), says, drawn)


def _says(element: etree._Element, told: frozenset[str], place: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        yield f"{place}@{etree.QName(name).localname}", str(value)
    if text := (element.text or "").strip():
        yield place or "text", text
    counted: dict[str, int] = {}
    for child in element:
        tag = local(child)
        if not tag or tag in SILENT or (tag in told and child.get("id") and namespace(child) == namespace(element)):
            continue
        key = KEYED.get(tag)
        told_apart = (child.text or "").strip() if tag in LISTED else key and child.get(key)
        name = f"{tag}[{told_apart}]" if told_apart else tag
        counted[name] = counted.get(name, 0) + 1
        step = name if counted[name] == 1 else f"{name}#{counted[name]}"
        inner = place if tag == "extensionElements" else f"{place}{step}/"
        yield from _says(child, told, inner)


def _drawn(root: etree._Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where each element is drawn: bounds of its shape, or the waypoints of its line."""
    for shape in root.iter():
        if local(shape) in ("BPMNShape", "BPMNEdge", "DMNShape", "DMNEdge"):
            name = shape.get("bpmnElement") or shape.get("dmnElementRef") or ""
            points = [child for child in shape if local(child) in ("Bounds", "waypoint")]
            yield name, tuple(_place(one) for one in points)


def _place(point: etree._Element) -> str:
    """Bounds or a waypoint in whole pixels."""
    return " ".join(f"{key!s}={_rounded(str(value))}" for key, value in sorted(point.attrib.items()))


def _rounded(value: str) -> str:
    try:
        return f"{float(value):.0f}"
    except ValueError:
        return value
