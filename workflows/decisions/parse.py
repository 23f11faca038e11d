"""A DMN file → its decisions, connected to what they require."""

from lxml import etree

from workflows.decisions.boxes import box_in, read_box, read_function
from workflows.decisions.faults import Faults
from workflows.decisions.kinds import ANYTHING
from workflows.decisions.model import Decision, Requirement, Trace
from workflows.decisions.reading import read_table
from workflows.decisions.source import Source, child, children, name_of, type_of
from workflows.decisions.tables import evaluate_table
from workflows.errors import Invalid
from workflows.feel import Function
from workflows.feel.frame import Frame
from workflows.xml import local, parse_xml

_NAMESPACES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")


def parse_decisions(xml: bytes, file: str = "") -> dict[str, Decision]:
    """The decisions of a DMN file by id.

    Raises Invalid `xml.…` for a file that is no safe XML, and `decision.file` with faults (path: element id; params:
    element_id, line, file, message_en, remedy, remedy_en) for one that cannot be evaluated.
    """
    root = parse_xml(xml, file)
    faults = Faults(file)
    if local(root) != "definitions" or not root.tag.lstrip("{").startswith(_NAMESPACES):
        faults.add(root, "decision.namespace")
        raise Invalid("decision.file", faults=tuple(faults.found), file=file)
    decisions = _Model(Source(root, faults)).decisions()
    if faults.found:
        raise Invalid("decision.file", faults=tuple(faults.found), file=file)
    return decisions


class _Model:
    """All decisions and functions of one file, made before they are connected."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.elements = {element.get("id", ""): element for element in children(source.root, "decision")}
        self.made: dict[str, Decision] = {}
        self.functions: dict[str, _Knowledge] = {}

    def decisions(self) -> dict[str, Decision]:
        listed = list(children(self.source.root, "decision"))
        for element in listed:
            if not element.get("id") or self.elements[element.get("id", "")] is not element:
                self.source.faults.add(element, "decision.id", id=element.get("id", ""))
        for model in children(self.source.root, "businessKnowledgeModel"):
            self.functions[model.get("id", "")] = _Knowledge(self.source, model)
        self.made = {key: self._decision(key, element) for key, element in self.elements.items()}
        for key, element in self.elements.items():
            self.made[key].requirements = tuple(self._requirements(element))
        for knowledge in self.functions.values():
            knowledge.needs = self._functions(knowledge.element)
        self._refuse_circles()
        return self.made

    def _decision(self, key: str, element: etree._Element) -> Decision:
        name = element.get("name") or key
        decision = Decision(key, name, self.source.kind(type_of(element)), name_of(element))
        box = box_in(element)
        if box is None:
            kinds = [
                local(inner) for inner in element.iterchildren() if local(inner) in ("invocation", "for", "filter")
            ]
            self.source.faults.add(element, "decision.empty", table=name, kind=(kinds or ["-"])[0])
        elif local(box) == "decisionTable":
            table = decision.table = read_table(self.source, box)
            decision.logic = lambda frame, trace: evaluate_table(table, frame, trace)
        else:
            decision.logic = read_box(self.source, box)
        return decision

    def _target(self, holder: etree._Element, *names: str) -> tuple[str, etree._Element] | None:
        """The id and element that a requirement points to; a fault when it is not in the file."""
        link = next(children(holder, *names), None)
        href = link.get("href", "") if link is not None else ""
        key = href.rpartition("#")[2]
        target = self.source.by_id.get(key)
        if target is None:
            self.source.faults.add(holder, "decision.reference", href=href)
            return None
        return key, target

    def _requirements(self, element: etree._Element) -> list[Requirement]:
        found = list(self._functions(element))
        for holder in children(element, "informationRequirement"):
            target = self._target(holder, "requiredDecision", "requiredInput")
            if target is None:
                continue
            key, required = target
            if key in self.made:
                found.append(Requirement(name_of(required), ANYTHING, self.made[key]))
            else:
                found.append(Requirement(name_of(required), self.source.kind(type_of(required))))
        return found

    def _functions(self, element: etree._Element) -> list[Requirement]:
        found: list[Requirement] = []
        for holder in children(element, "knowledgeRequirement"):
            target = self._target(holder, "requiredKnowledge")
            if target is not None and target[0] in self.functions:
                knowledge = self.functions[target[0]]
                found.append(Requirement(knowledge.name, ANYTHING, function=knowledge.function))
        return found

    def _refuse_circles(self) -> None:
        done: set[str] = set()
        for key in self.made:
            self._walk(key, done)

    def _walk(self, start: str, done: set[str]) -> None:
        """Depth first without recursion: files may chain thousands of decisions."""
        stack: list[tuple[str, bool]] = [(start, False)]
        path: set[str] = set()
        while stack:
            key, leaving = stack.pop()
            if leaving:
                path.discard(key)
                done.add(key)
            elif key in path:
                self.source.faults.add(self.elements[key], "decision.circle", table=self.made[key].name)
                done |= path
                return
            elif key not in done:
                path.add(key)
                stack.append((key, True))
                stack += [(need.decision.id, False) for need in self.made[key].requirements if need.decision]


class _Knowledge:
    """A business knowledge model: a function that sees only its parameters and the functions it requires."""

    def __init__(self, source: Source, element: etree._Element) -> None:
        self.element = element
        self.name = name_of(element)
        self.needs: list[Requirement] = []
        logic = child(element, "encapsulatedLogic")
        self._make = read_function(source, logic) if logic is not None else None

    def function(self, frame: Frame) -> Function:
        """The function value, for one evaluation."""
        variables: dict[str, object] = {}
        home = Frame(variables, [], frame.scope, frame.meter)
        frame.meter.enter()
        for need in self.needs:
            if need.function is not None and need.name != self.name:
                variables[need.name] = need.function(frame)
        frame.meter.leave()
        made = self._make(home, Trace()) if self._make is not None else None
        found = made if isinstance(made, Function) else Function((), lambda _frame, _arguments: None)
        variables[self.name] = found
        return found
