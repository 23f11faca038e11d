"""A DMN file while it is read: its elements by id, the names and types it declares, its faults."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from workflows.decisions.faults import Faults
from workflows.decisions.kinds import ANYTHING, Kind, simple_kind
from workflows.feel import Expression, FeelSyntaxError, UnaryTests, compile_expression, compile_unary
from workflows.xml import local

_NAMED = frozenset(
    ("inputData", "decision", "businessKnowledgeModel", "decisionService", "variable", "formalParameter",
     "itemComponent", "output", "column", "parameter", "contextEntry")
)  # fmt: skip
_LANGUAGES = ("", "feel", "https://www.omg.org/spec/dmn/20191111/feel/", "https://www.omg.org/spec/dmn/20230324/feel/")


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The child elements of these local names, in order."""
    return (child for child in element.iterchildren() if local(child) in names)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of a local name."""
    return next(children(element, name), None)


def text_of(element: etree._Element | None) -> str:
    """What stands in the <text> of an element."""
    inner = child(element, "text") if element is not None else None
    return (inner.text or "").strip() if inner is not None else ""


@dataclass
class Source:
    """State of reading one file; `names` are all names the model declares, so that those with spaces can be read."""

    root: etree._Element
    faults: Faults
    names: frozenset[str] = frozenset()
    by_id: dict[str, etree._Element] = field(default_factory=dict)
    _kinds: dict[str, Kind] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        elements = [element for element in self.root.iter() if isinstance(element.tag, str)]
        declared = (element.get("name", "") for element in elements if local(element) in _NAMED)
        self.names = frozenset(" ".join(name.split()) for name in declared if name.strip())
        for element in elements:
            self.by_id.setdefault(element.get("id", ""), element)

    def expression(self, element: etree._Element, text: str) -> Expression | None:
        """Compile an expression; notes a fault and gives None when it is wrong."""
        if element.get("expressionLanguage", "").lower() not in _LANGUAGES:
            self.faults.add(element, "decision.language", language=element.get("expressionLanguage"))
            return None
        try:
            return compile_expression(text, self.names)
        except FeelSyntaxError as error:
            self.faults.feel(element, text, error)
            return None

    def unary(self, element: etree._Element | None) -> UnaryTests | None:
        """Compile the unary tests in the <text> of an element; None without text or when they are wrong."""
        text = text_of(element)
        if element is None or not text:
            return None
        try:
            return compile_unary(text, self.names)
        except FeelSyntaxError as error:
            self.faults.feel(element, text, error)
            return None

    def kind(self, reference: str | None) -> Kind:
        """The kind that a typeRef names: an item definition of the file or a FEEL type; else every value."""
        name = (reference or "").strip()
        if name in self._kinds:
            return self._kinds[name]
        definition = next((d for d in children(self.root, "itemDefinition") if d.get("name", "").strip() == name), None)
        if not name or definition is None:
            return simple_kind(name) or ANYTHING
        kind = self._kinds[name] = Kind(name)
        self._open.add(name)
        self._fill(kind, definition)
        self._open.discard(name)
        return kind

    def _fill(self, kind: Kind, definition: etree._Element) -> None:
        kind.collection = definition.get("isCollection") == "true"
        kind.allowed = self.unary(child(definition, "allowedValues"))
        reference = child(definition, "typeRef")
        name = (reference.text or "").strip() if reference is not None else ""
        if name and name not in self._open:
            kind.of = self.kind(name)
        for component in children(definition, "itemComponent"):
            label = " ".join(component.get("name", "").split())
            kind.fields[label] = self._component(component, label)
        if child(definition, "functionItem") is not None:
            kind.of = simple_kind("function")

    def _component(self, component: etree._Element, label: str) -> Kind:
        reference = child(component, "typeRef")
        name = (reference.text or "").strip() if reference is not None else ""
        plain = component.get("isCollection") != "true" and child(component, "allowedValues") is None
        if plain and name in self._open:
            return self._kinds[name]
        kind = Kind(label)
        self._fill(kind, component)
        return kind


def name_of(element: etree._Element) -> str:
    """The name of an element's variable, or its own, with single spaces."""
    variable = child(element, "variable")
    name = (variable.get("name") if variable is not None else None) or element.get("name") or element.get("id")
    return " ".join((name or "").split())


def type_of(element: etree._Element) -> str | None:
    """The typeRef of an element's variable, or its own."""
    variable = child(element, "variable")
    found = variable.get("typeRef") if variable is not None else None
    return found or element.get("typeRef")


def unique(names: Iterable[str]) -> bool:
    """Whether no name is empty or occurs twice."""
    found = list(names)
    return all(found) and len(set(found)) == len(found)
