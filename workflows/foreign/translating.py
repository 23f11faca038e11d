"""Translates one diagram of another engine in place, element by element; nothing in it is run or fetched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflows.checks.foreign import VENDORS
from workflows.foreign import conditions, forms, loops, tasks
from workflows.foreign.notes import CHANGED, DROPPED, OPEN, Note
from workflows.foreign.reading import Scene
from workflows.references import kind_of
from workflows.xml import BPMN, ZEEBE, bpmn, local, namespace, parse_xml


@dataclass(frozen=True)
class Translated:
    """The files as they are taken, those that were made of form fields in the diagram among them, and what was done."""

    files: Mapping[str, bytes]
    notes: tuple[Note, ...] = field(default_factory=tuple)


def translate(files: Mapping[str, bytes]) -> Translated:
    """Translate the diagrams among files that use extensions of another engine; the others stay byte by byte.

    Raises Invalid `xml.…` for a diagram that cannot be read.
    """
    result, notes = dict(files), []
    for name, content in files.items():
        if kind_of(name) == "bpmn" and any(vendor.encode() in content for vendor in VENDORS):
            root = parse_xml(content, name)
            scene = Scene(name, root, frozenset(result))
            _diagram(scene)
            if scene.notes:
                result[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
                result |= scene.files
                notes += scene.notes
    return Translated(result, tuple(notes))


def _diagram(scene: Scene) -> None:
    for process in scene.root.iterchildren(bpmn("process")):
        _process(scene, process)
    for element in list(scene.root.iter(f"{{{BPMN}}}*")):
        _element(scene, element)
    _left(scene)
    etree.cleanup_namespaces(scene.root, top_nsmap={"zeebe": ZEEBE}, keep_ns_prefixes=["xsi", "zeebe"])


def _process(scene: Scene, process: etree._Element) -> None:
    """A process runs unless it says that it does not; who starts it is called initiator here."""
    if process.get("isExecutable") is None:
        process.set("isExecutable", "true")
        scene.note(CHANGED, "foreign.executable", process)
    starters = [scene.take(process, name) for name in ("candidateStarterGroups", "candidateStarterUsers")]
    if any(starters):
        scene.note(OPEN, "foreign.starters", process, names=", ".join(filter(None, starters)))
    for start in process.iter(bpmn("startEvent")):
        name = scene.take(start, "initiator")
        if name and name != "initiator":
            scene.names[name] = "initiator"
            scene.note(CHANGED, "foreign.initiator", start, name=name)


def _element(scene: Scene, element: etree._Element) -> None:
    kind = local(element)
    forms.translate(scene, element)
    if kind in tasks.KINDS:
        tasks.KINDS[kind](scene, element)
    if kind == "multiInstanceLoopCharacteristics":
        loops.translate(scene, element)
    if kind in conditions.TEXTS:
        conditions.translate(scene, element)


def _left(scene: Scene) -> None:
    """What is left of other engines: harmless things go, the rest stays for the gate to name and a person to finish."""
    for element in list(scene.root.iter(etree.Element)):
        for name in list(element.attrib):
            uri, _, plain = str(name)[1:].partition("}")
            if uri in VENDORS and scene.is_harmless(plain):
                del element.attrib[name]
                scene.note(DROPPED, "foreign.dropped", element, name=plain)
            elif uri in VENDORS:
                scene.note(OPEN, "foreign.open", element, name=plain)
    for element in list(_extensions(scene.root)):
        owner = _owner(element)
        if scene.is_harmless(local(element)):
            _remove(element)
            scene.note(DROPPED, "foreign.dropped", owner, name=local(element))
        else:
            scene.note(OPEN, "foreign.open", owner, name=local(element))


def _extensions(root: etree._Element) -> Iterator[etree._Element]:
    """Extension elements of other engines, without those inside them."""
    for element in root.iter(etree.Element):
        parent = element.getparent()
        if namespace(element) in VENDORS and (parent is None or namespace(parent) not in VENDORS):
            yield element


def _owner(element: etree._Element) -> etree._Element:
    """The element of the diagram that an extension belongs to."""
    found = element
    while found.getparent() is not None and (namespace(found) != BPMN or local(found) == "extensionElements"):
        found = found.getparent()  # type: ignore[assignment]
    return found


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if local(parent) == "extensionElements" and not len(parent):
        holder = parent.getparent()
        if holder is not None:
            holder.remove(parent)
