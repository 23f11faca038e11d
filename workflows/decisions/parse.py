"""DMN files → models whose decisions, functions and services are connected, across the files of one deployment."""

from collections.abc import Mapping
from functools import partial

from lxml import etree

from workflows.decisions import boxes, iterating
from workflows.decisions.boxing import box_in, read_box, typed
from workflows.decisions.circles import refuse_circles
from workflows.decisions.decision import Decision
from workflows.decisions.faults import Faults
from workflows.decisions.kinds import ANYTHING, Kind
from workflows.decisions.knowledge import Knowledge, ServiceModel
from workflows.decisions.linking import Model, Models, connect
from workflows.decisions.model import nothing
from workflows.decisions.reading import read_table
from workflows.decisions.source import Source, child, children, name_of, spaced, type_of
from workflows.decisions.tables import evaluate_table
from workflows.decisions.typing import declare_types, kind_at, kind_of_reference
from workflows.errors import Invalid
from workflows.xml import local, parse_xml

BOX_READERS = (boxes, iterating)
"""Importing them registers what they read."""
_NAMESPACES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")


def parse_decisions(xml: bytes, file: str = "", beside: Mapping[str, bytes] | None = None) -> dict[str, Decision]:
    """The decisions of a DMN file by id; `beside` are the other files of its deployment, which it may import.

    Raises Invalid `xml.…` for a file that is no safe XML, and `decision.file` with faults (path: element id; params:
    element_id, line, file, message_en, remedy, remedy_en) for one that cannot be evaluated.
    """
    model = read_models({**(beside or {}), file: xml})[file]
    if model.faults:
        raise Invalid("decision.file", faults=model.faults, file=file)
    return model.decisions


def read_models(files: Mapping[str, bytes]) -> Models:
    """The models of the DMN files of one deployment by file name, whatever is wrong in them.

    What cannot be read is null when it is evaluated, and told in the `faults` of its model; a file that is no DMN is a
    model without decisions. Raises Invalid `xml.…` for what is no safe XML.
    """
    models = {file: _read(file, xml) for file, xml in files.items()}
    good = {id(model.source): model for model in models.values() if not model.faults}
    for model in good.values():
        _import(model, list(good.values()))
    for make in (_share_names, _declare, _make, lambda model: connect(model, good), refuse_circles):
        for model in good.values():
            make(model)
    return models


def _read(file: str, xml: bytes) -> Model:
    root, faults = parse_xml(xml, file), Faults(file)
    if local(root) != "definitions" or not root.tag.lstrip("{").startswith(_NAMESPACES):
        faults.add(root, "decision.namespace")
    return Model(file, spaced(root.get("name")), root.get("namespace", ""), Source(root, faults), faults)


def _import(model: Model, models: list[Model]) -> None:
    """Find the models that one imports, by namespace; what is no DMN (types, PMML) is not looked for."""
    source = model.source
    for element in children(source.root, "import"):
        if "dmn" not in element.get("importType", "dmn").lower():
            continue
        namespace = element.get("namespace", "")
        found = next((other for other in models if other.namespace == namespace and other is not model), None)
        if found is None:
            source.faults.add(element, "decision.import", namespace=namespace)
        else:
            source.imports.append((spaced(element.get("name")), found.source))


def _share_names(model: Model) -> None:
    """A model also reads the names that its imports declare, and theirs."""
    seen, todo = {id(model.source)}, [source for _, source in model.source.imports]
    while todo:
        source = todo.pop()
        if id(source) not in seen:
            seen.add(id(source))
            model.source.names |= source.names
            todo += [other for _, other in source.imports]


def _declare(model: Model) -> None:
    declare_types(model.source)


def _make(model: Model) -> None:
    source = model.source
    for element in children(source.root, "decision"):
        key = element.get("id", "")
        if not key or key in model.decisions:
            source.faults.add(element, "decision.id", id=key)
        model.decisions.setdefault(key, _decision(source, key, element))
    for element in children(source.root, "businessKnowledgeModel"):
        model.knowledge.setdefault(element.get("id", ""), _knowledge(source, element))
    for element in children(source.root, "decisionService"):
        kind = _result_kind(source, child(element, "variable"))
        model.services.setdefault(element.get("id", ""), ServiceModel(element.get("id", ""), name_of(element), kind))
    for element in children(source.root, "itemDefinition"):
        kind_of_reference(source, element, element.get("name"))


def _decision(source: Source, key: str, element: etree._Element) -> Decision:
    name = spaced(element.get("name")) or key
    kind = kind_of_reference(source, element, type_of(element))
    decision = Decision(key, name, kind, name_of(element))
    content = box_in(element)
    if content is None:
        source.faults.add(element, "decision.empty", table=name, kind=_unknown(element))
    elif local(content) == "decisionTable":
        table = decision.table = read_table(source, content)
        decision.logic = typed(partial(evaluate_table, table, own=True), kind_at(source, content))
    else:
        decision.logic = read_box(source, content)
    return decision


_PLAIN = frozenset(
    ("description", "extensionElements", "question", "allowedAnswers", "variable", "informationRequirement",
     "knowledgeRequirement", "authorityRequirement", "supportedObjective", "impactedPerformanceIndicator",
     "decisionMaker", "decisionOwner", "usingProcess", "usingTask", "")
)  # fmt: skip


def _unknown(element: etree._Element) -> str:
    """What stands where the logic of a decision should be."""
    return next((local(inner) for inner in element.iterchildren() if local(inner) not in _PLAIN), "-")


def _knowledge(source: Source, element: etree._Element) -> Knowledge:
    """A function; its variable's type is that of its results, unless it is the type of the function."""
    logic = child(element, "encapsulatedLogic")
    make = boxes.read_function(source, logic, 0) if logic is not None else nothing
    kind = _result_kind(source, child(element, "variable"))
    if kind.anything and logic is not None:
        kind = _result_kind(source, logic)
    return Knowledge(element.get("id", ""), name_of(element), make, kind)


def _result_kind(source: Source, element: etree._Element | None) -> Kind:
    """The kind of the results of a function, by the typeRef at an element."""
    kind = kind_at(source, element)
    return (kind.results() or ANYTHING) if kind.is_function else kind
