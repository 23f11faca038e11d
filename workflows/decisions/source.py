"""A DMN file while it is read: its elements by id, the models it imports, the names it declares, its faults."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from workflows.decisions.faults import Faults
from workflows.decisions.kinds import Kind
from workflows.feel import Expression, FeelSyntaxError, UnaryTests, compile_expression, compile_unary
from workflows.feel.types import Conforms
from workflows.xml import local

_NAMED = frozenset(
    ("inputData", "decision", "businessKnowledgeModel", "decisionService", "variable", "formalParameter",
     "itemComponent", "output", "column", "parameter", "contextEntry", "import")
)  # fmt: skip
_FEEL_SPACE = ("http://www.omg.org/spec/", "https://www.omg.org/spec/")


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


def spaced(name: str | None) -> str:
    """A name with single spaces between its words."""
    return " ".join((name or "").split())


def is_feel(language: str | None) -> bool:
    """Whether an expressionLanguage or a namespace is FEEL's, of any edition of the standard."""
    found = (language or "").strip().lower()
    return found in ("", "feel") or (found.startswith(_FEEL_SPACE) and "feel" in found.lower())


@dataclass
class Source:
    """State of reading one file.

    names: all names that the model and its imports declare, so that those with spaces can be read; imports: the name
    under which an imported model is seen → its source ("" for what is seen without a prefix); types: item definitions
    as FEEL asks for them; kinds: types read so far.
    """

    root: etree._Element
    faults: Faults
    names: frozenset[str] = frozenset()
    types: dict[str, Conforms] = field(default_factory=dict)
    by_id: dict[str, etree._Element] = field(default_factory=dict)
    imports: list[tuple[str, "Source"]] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    being_read: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        elements = [element for element in self.root.iter() if isinstance(element.tag, str)]
        declared = {spaced(element.get("name")) for element in elements if local(element) in _NAMED}
        declared |= {spaced(element.get("iteratorVariable")) for element in elements}
        self.names = frozenset(declared - {""})
        for element in elements:
            self.by_id.setdefault(element.get("id", ""), element)

    @property
    def namespace(self) -> str:
        """The namespace under which other models import this one."""
        return str(self.root.get("namespace") or self.root.get("targetNamespace") or "")

    @property
    def default_language(self) -> str | None:
        """The expression language of the whole file, when it names one."""
        return self.root.get("expressionLanguage")

    def expression(self, element: etree._Element, text: str) -> Expression | None:
        """Compile an expression; notes a fault and gives None when it is wrong."""
        language = element.get("expressionLanguage") or self.default_language
        if not is_feel(language):
            self.faults.add(element, "decision.language", language=language)
            return None
        try:
            return compile_expression(text, self.names, self.types)
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


def name_of(element: etree._Element) -> str:
    """The name of an element's variable, or its own, with single spaces."""
    variable = child(element, "variable")
    name = (variable.get("name") if variable is not None else None) or element.get("name") or element.get("id")
    return spaced(name)


def type_of(element: etree._Element) -> str | None:
    """The typeRef of an element's variable, or its own."""
    variable = child(element, "variable")
    found = variable.get("typeRef") if variable is not None else None
    return found or element.get("typeRef")


def unique(names: Iterable[str]) -> bool:
    """Whether no name is empty or occurs twice."""
    found = list(names)
    return all(found) and len(set(found)) == len(found)
