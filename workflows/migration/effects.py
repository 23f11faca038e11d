"""Operations that a move would let a case do twice, or leave out because they lie behind it in the new version."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflows.catalogue import Definition
from workflows.diagram.elements import Element

Key = tuple[Any, ...]
"""How an operation is known again: by its element and name, or by what it does, wherever it was drawn."""


def done(versions: Iterable[Definition], passed: frozenset[str]) -> frozenset[Key]:
    """The operations that a case has run, in whatever version of its flow."""
    elements = (version.spec.everything.get(name) for version in versions for name in passed)
    return frozenset(key for element in elements if element is not None for key in keys(element))


def drawn(elements: Iterable[Element]) -> dict[Key, Element]:
    """The operations among elements, by each of their keys."""
    found: dict[Key, Element] = {}
    for element in elements:
        for key in keys(element):
            found.setdefault(key, element)
    return found


def twice(run: frozenset[Key], old: Mapping[Key, Element], new: Mapping[Key, Element]) -> dict[str, Element]:
    """What was run, does not lie ahead, and would lie ahead after the move; by element id."""
    return {element.id: element for key, element in new.items() if key in run and key not in old}


def skipped(
    run: frozenset[Key], old: Mapping[Key, Element], new: Mapping[Key, Element], whole: Mapping[Key, Element]
) -> dict[str, Element]:
    """What lies ahead, was not run, and lies behind the case in the new version, of which `whole` is everything.

    What the new version has no more was taken out on purpose.
    """
    found = {}
    for key, element in old.items():
        if key in run or key in new or key not in whole:
            continue
        if not any(other in new for other in keys(element)):
            found[whole[key].id] = whole[key]
    return found


def keys(element: Element) -> Iterator[Key]:
    """The keys of a service task; none for any other element."""
    task = element.zeebe.get("taskDefinition")
    if element.kind == "serviceTask" and task:
        name = task.get("type", "")
        yield "element", element.id, name
        yield "does", name, _frozen(element.zeebe.get("ioMapping")), _frozen(element.zeebe.get("taskHeaders"))


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((name, _frozen(one)) for name, one in value.items()))
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value
