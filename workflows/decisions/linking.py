"""Connects the elements of models with what they require, in their own file and in those they import."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflows.decisions.decision import Decision, Requirement, given
from workflows.decisions.faults import Faults
from workflows.decisions.kinds import ANYTHING, Kind
from workflows.decisions.knowledge import Knowledge, ServiceModel
from workflows.decisions.source import Source, children, name_of, spaced, type_of
from workflows.decisions.typing import kind_of_reference
from workflows.errors import Fault


@dataclass(eq=False)
class Model:
    """One file: its decisions, business knowledge models and decision services by id; none when it is no DMN."""

    file: str
    name: str
    namespace: str
    source: Source
    found: Faults
    decisions: dict[str, Decision] = field(default_factory=dict)
    knowledge: dict[str, Knowledge] = field(default_factory=dict)
    services: dict[str, ServiceModel] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong in the file, in words; empty when all of it can be evaluated."""
        return tuple(self.found.found)

    def named(self, name: str) -> "Decision | Knowledge | ServiceModel | None":
        """The decision, service or business knowledge model of a name."""
        wanted = spaced(name)
        listed: list[Decision | Knowledge | ServiceModel] = [*self.decisions.values(), *self.services.values()]
        return next((element for element in [*listed, *self.knowledge.values()] if element.name == wanted), None)


Models = dict[str, Model]


@dataclass(frozen=True)
class Target:
    """The element that a reference points to: its model, its id, and the import under which it is seen."""

    model: Model
    id: str
    element: etree._Element
    prefix: str


def connect(model: Model, models: Mapping[int, Model]) -> None:
    """Give the decisions, functions and services of a model what they require; `models` by id() of their source."""
    linker = _Linker(model, models)
    for element in children(model.source.root, "decision"):
        decision = model.decisions[element.get("id", "")]
        decision.requirements = decision.requirements or tuple(linker.requirements(element))
    for element in children(model.source.root, "businessKnowledgeModel"):
        knowledge = model.knowledge[element.get("id", "")]
        knowledge.requirements = tuple(linker.requirements(element))
    for element in children(model.source.root, "decisionService"):
        linker.fill(model.services[element.get("id", "")], element)


@dataclass(frozen=True)
class _Linker:
    model: Model
    models: Mapping[int, Model]

    def requirements(self, element: etree._Element) -> Iterator[Requirement]:
        for holder in children(element, "knowledgeRequirement", "informationRequirement"):
            for link in children(holder, "requiredKnowledge", "requiredDecision", "requiredInput"):
                target = self.target(link)
                found = self._requirement(target) if target is not None else None
                if found is not None:
                    yield found

    def _requirement(self, target: Target) -> Requirement | None:
        name, model = name_of(target.element), target.model
        if target.id in model.decisions:
            decision = model.decisions[target.id]
            return Requirement(name, decision.provide, target.prefix, decision)
        function = model.knowledge.get(target.id) or model.services.get(target.id)
        if function is not None:
            return Requirement(name, function.provide, target.prefix)
        return Requirement(name, given(name, self._kind(target)), target.prefix)

    def _kind(self, target: Target) -> Kind:
        return kind_of_reference(target.model.source, target.element, type_of(target.element))

    def fill(self, service: ServiceModel, element: etree._Element) -> None:
        """The parameters and results of a decision service: its input data, then its input decisions."""
        inputs: list[tuple[str, Kind, Decision | None]] = []
        for target in self._targets(element, "inputData"):
            inputs.append((name_of(target.element), self._kind(target), None))
        for target in self._targets(element, "inputDecision"):
            decision = target.model.decisions.get(target.id)
            inputs.append((name_of(target.element), decision.kind if decision is not None else ANYTHING, decision))
        service.inputs = tuple(inputs)
        found = (target.model.decisions.get(target.id) for target in self._targets(element, "outputDecision"))
        service.outputs = [decision for decision in found if decision is not None]
        if not service.outputs:
            self.model.source.faults.add(element, "decision.service", service=service.name)

    def _targets(self, element: etree._Element, name: str) -> Iterator[Target]:
        found = (self.target(link) for link in children(element, name))
        return (target for target in found if target is not None)

    def target(self, link: etree._Element) -> Target | None:
        """The element that an href points to; a fault when it is neither in the file nor in what it imports."""
        href = link.get("href", "")
        namespace, _, key = href.rpartition("#")
        for prefix, source in self._places(namespace):
            element = source.by_id.get(key)
            if element is not None:
                return Target(self.models[id(source)], key, element, prefix)
        self.model.source.faults.add(link, "decision.reference", href=href)
        return None

    def _places(self, namespace: str) -> Iterator[tuple[str, Source]]:
        """Where to look: the model that has the namespace, else the file itself and its imports in turn."""
        own = self.model.source
        if namespace and namespace != own.namespace:
            yield from (place for place in own.imports if place[1].namespace == namespace)
        else:
            yield "", own
        yield from own.imports
