"""What a typeRef means: FEEL's types, the item definitions of a model and of the models that it imports."""

from functools import partial
from typing import Any

from lxml import etree

from workflows.decisions.kinds import ANYTHING, Kind, function_kind, simple_kind
from workflows.decisions.source import Source, child, children, is_feel, spaced, text_of
from workflows.xml import local


def kind_of_reference(source: Source, element: etree._Element | None, reference: str | None) -> Kind:
    """The kind that a typeRef at an element names; every value (and a fault) when there is no such type."""
    name = spaced(reference)
    if not name or element is None:
        return ANYTHING
    found = _named(source, element, name)
    if found is None:
        source.faults.add(element, "decision.type", type=name)
        return ANYTHING
    return found


def kind_at(source: Source, element: etree._Element | None) -> Kind:
    """The kind of an element's own typeRef."""
    return kind_of_reference(source, element, element.get("typeRef") if element is not None else None)


def declare_types(source: Source) -> None:
    """Give FEEL the item definitions of a model, and of its imports under their prefix, for `instance of`."""
    for prefix, model in [("", source), *source.imports]:
        for definition in children(model.root, "itemDefinition"):
            name = spaced(definition.get("name"))
            shown = f"{prefix}.{name}" if prefix else name
            source.types.setdefault(shown, partial(_conforms, model, name))


def _conforms(source: Source, name: str, value: Any) -> bool:
    kind = _defined(source, name)
    return kind is not None and kind.conforms(value)


def _named(source: Source, element: etree._Element, name: str) -> Kind | None:
    own = _defined(source, name)
    if own is not None:
        return own
    prefix, colon, rest = name.partition(":")
    if colon:
        return _qualified(source, element.nsmap.get(prefix), rest)
    for prefix, model in source.imports:
        if prefix and name.startswith(prefix + "."):
            return _defined(model, name[len(prefix) + 1 :].strip())
        if not prefix and (found := _defined(model, name)) is not None:
            return found
    return simple_kind(name)


def _qualified(source: Source, namespace: str | None, name: str) -> Kind | None:
    """A type written as DMN 1.1 does, with the prefix of a namespace."""
    if namespace is None or is_feel(namespace):
        return simple_kind(name)
    models = [source, *(model for _, model in source.imports)]
    found = next((model for model in models if model.namespace == namespace), None)
    return (_defined(found, name) if found is not None else None) or simple_kind(name)


def _defined(source: Source, name: str) -> Kind | None:
    """The kind of an item definition, read once; one that refers to itself gets its parts while it is read."""
    if name in source.kinds:
        return source.kinds[name]
    definition = next((d for d in children(source.root, "itemDefinition") if spaced(d.get("name")) == name), None)
    if definition is None:
        return None
    kind = source.kinds[name] = Kind(name)
    source.being_read.add(name)
    _fill(source, kind, definition)
    source.being_read.discard(name)
    return kind


def _fill(source: Source, kind: Kind, definition: etree._Element) -> None:
    kind.collection = definition.get("isCollection") in ("true", "1")
    allowed = child(definition, "allowedValues")
    kind.allowed, kind.allowed_text = source.unary(allowed), text_of(allowed)
    kind.constraint = source.unary(child(definition, "typeConstraint"))
    reference = _reference(definition)
    if reference and reference not in source.being_read:
        base = kind_of_reference(source, definition, reference)
        kind.of = None if base.anything else base
    for component in children(definition, "itemComponent"):
        label = spaced(component.get("name"))
        kind.fields[label] = _component(source, component, label)
    function = child(definition, "functionItem")
    if function is not None:
        results = kind_of_reference(source, function, function.get("outputTypeRef"))
        kind.of = function_kind(kind.name, len(list(children(function, "parameters"))), results)


def _reference(definition: etree._Element) -> str:
    element = child(definition, "typeRef")
    return spaced(element.text if element is not None else definition.get("typeRef"))


def _component(source: Source, component: etree._Element, label: str) -> Kind:
    name = _reference(component)
    limited = any(local(inner) in ("allowedValues", "typeConstraint") for inner in component.iterchildren())
    if name in source.being_read and not limited and component.get("isCollection") not in ("true", "1"):
        return source.kinds[name]
    kind = Kind(label)
    if name in source.being_read:
        kind.of = source.kinds[name]
    _fill(source, kind, component)
    return kind
