"""What the rooms of the translation share: reading what another engine wrote, writing ours, keeping notes."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from workflows.checks.foreign import HARMLESS, VENDORS
from workflows.foreign.juel import Untranslatable, feel
from workflows.foreign.notes import OPEN, Note
from workflows.xml import bpmn, local, namespace, zeebe

_WITHOUT_EFFECT = HARMLESS | {"failedJobRetryTimeCycle", "retry", "followUpDate", "decisionRefBinding", "priority"}
COUNTERS = {
    "nrOfInstances": "numberOfInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
    "loopCounter": "(loopCounter - 1)",
}
"""What a multi-instance counts, as it is called here; `loopCounter` begins with 1 here and with 0 there.

Where nothing is done several times they are variables like any other."""


class Scene:
    """One diagram under translation; `names` are variables that are called otherwise here, `files` forms it gave."""

    def __init__(self, file: str, root: etree._Element, taken: frozenset[str]) -> None:
        self.file, self.root, self.taken = file, root, taken
        self.names: dict[str, str] = {}
        self.notes: list[Note] = []
        self.files: dict[str, bytes] = {}

    def note(self, state: str, code: str, element: etree._Element, **params: Any) -> None:
        """Tell something about an element."""
        owner: Any = element
        while owner is not None and not owner.get("id"):
            owner = owner.getparent()
        told = {name: value for name, value in params.items() if value is not None}
        place: Any = element.sourceline or 1
        found = "" if owner is None else str(owner.get("id"))
        self.notes.append(Note(state, code, self.file, int(place), found, told))

    def take(self, element: etree._Element, name: str) -> str | None:
        """An attribute of another engine, taken away from the element; None without one."""
        for key in list(element.attrib):
            uri, _, plain = str(key)[1:].partition("}")
            if uri in VENDORS and plain == name:
                return str(element.attrib.pop(key))
        return None

    def has(self, element: etree._Element, name: str) -> bool:
        """Whether an element has an attribute of another engine."""
        return any(
            str(key).endswith(f"}}{name}") and str(key)[1:].partition("}")[0] in VENDORS for key in element.attrib
        )

    def extensions(self, element: etree._Element, *names: str) -> list[etree._Element]:
        """Extension elements of other engines directly on an element."""
        box = element.find(bpmn("extensionElements"))
        found = [] if box is None else list(box)
        return [one for one in found if namespace(one) in VENDORS and local(one) in names]

    def remove(self, element: etree._Element) -> None:
        """Take an element away."""
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)

    def value(self, element: etree._Element, text: str) -> str | None:
        """A text of another engine as ours; None, with a note, where FEEL cannot say it."""
        try:
            return feel(text.strip(), {**self.names, **COUNTERS} if _repeated(element) else self.names)
        except Untranslatable as refused:
            self.note(OPEN, "foreign.expression", element, text=text.strip()[:200], part=str(refused))
            return None

    def write(self, element: etree._Element, name: str, **attributes: str) -> etree._Element:
        """Our extension element on an element, with more attributes when it is there already."""
        box = element.find(bpmn("extensionElements"))
        if box is None:
            box = etree.Element(bpmn("extensionElements"))
            element.insert(1 if len(element) and local(element[0]) == "documentation" else 0, box)
        found = box.find(zeebe(name))
        if found is None:
            found = etree.SubElement(box, zeebe(name))
        for key, value in attributes.items():
            found.set(key, value)
        return found

    def mapping(self, element: etree._Element, way: str, target: str, source: str) -> None:
        """An input or output mapping."""
        etree.SubElement(self.write(element, "ioMapping"), zeebe(way), source=source, target=target)

    def set_property(self, element: etree._Element, name: str, value: str) -> None:
        """One of our settings."""
        etree.SubElement(self.write(element, "properties"), zeebe("property"), name=name, value=value)

    def is_harmless(self, name: str) -> bool:
        """Whether something has no effect on what would run here."""
        return name in _WITHOUT_EFFECT

    def told(self, state: str) -> list[Mapping[str, Any]]:
        """The parameters of the notes in a state."""
        return [note.params for note in self.notes if note.state == state]


def _repeated(element: etree._Element) -> bool:
    """Whether an element is, or lies in, an activity that is done several times."""
    several = bpmn("multiInstanceLoopCharacteristics")
    return any(one.tag == several or one.find(several) is not None for one in (element, *element.iterancestors()))
