"""Whether a live token may stand on an element as another version draws it: a code says why not."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.catalogue import Definition
from workflows.diagram.elements import Element

SEATS = ("signing", "quorum", "ratio", "secret", "anonymous", "collective", "confidential", "recuse")
"""Properties of a user task by which its seats were made or its contents sealed: neither is made anew."""
DUTY = ("owedBy", "onExpiry")
"""Properties that say whose an open step's deadline is and what its passing does: that was told when it began."""
CHOICES = ("decisions", "fields", "paper", "final", "escalateTo")
"""Properties by which somebody decides at a step: they may change until the first has acted there."""
SECRECY = ("confidential", "anonymous", "result")
"""Properties that say what of a done step may be read, and in which variable it stands."""

Elements = Mapping[str, Element]


def changed(
    old: Definition, new: Definition, process: str, before: Element, after: Element, mapping: Mapping[str, str]
) -> str | None:
    """Why a token on `before` must not stand on `after`; None when it may. `mapping` says what stands for what."""
    if before.kind != after.kind or _event(before)[:2] != _event(after)[:2]:
        return "migrate.kind_changed"
    if mapping.get(before.scope, before.scope) != after.scope:
        return "migrate.scope_changed"
    if before.loop != after.loop:
        return "migrate.loop_changed"
    if _event(before) != _event(after):
        return "migrate.message_changed"
    if _inputs(before) != _inputs(after):
        return "migrate.inputs_changed"
    if before.zeebe.get("calledElement") != after.zeebe.get("calledElement"):
        return "migrate.called_changed"
    if before.kind == "eventBasedGateway":
        same = _awaited(old, process, before, mapping) == _awaited(new, process, after, {})
        return None if same else "migrate.waits_changed"
    return _task_changed(before, after) if before.kind == "userTask" else None


def _task_changed(before: Element, after: Element) -> str | None:
    if before.zeebe.get("assignmentDefinition") != after.zeebe.get("assignmentDefinition"):
        return "migrate.holders_changed"
    if _properties(before, SEATS) != _properties(after, SEATS):
        return "migrate.signing_changed"
    return None if _properties(before, DUTY) == _properties(after, DUTY) else "migrate.duty_changed"


def redrawn(old: Definition, new: Definition, before: Element, after: Element) -> tuple[str, ...]:
    """What is different of how somebody decides at a user task: names of properties, `form`, `words` of decisions."""
    if before.kind != "userTask":
        return ()
    was, now = _properties(before, CHOICES), _properties(after, CHOICES)
    names = [name for name, *pair in zip(CHOICES, was, now, strict=True) if pair[0] != pair[1]]
    if _form(old, before) != _form(new, after):
        names.append("form")
    if _words(old, before) != _words(new, after):
        names.append("words")
    return tuple(names)


def _properties(element: Element, names: tuple[str, ...]) -> list[str | None]:
    """Properties as they count: without spaces, full commas as plain ones; the order stays, the first agrees."""
    found = (element.properties.get(name) for name in names)
    return [value and "".join(value.replace("，", ",").split()) for value in found]


def _words(definition: Definition, element: Element) -> Any:
    return definition.settings.get("decisions", {}).get(element.id)


def _form(definition: Definition, element: Element) -> Any:
    form_id = element.zeebe.get("formDefinition", {}).get("formId", "")
    return definition.forms.get(form_id, form_id)


def same_event(before: Element, after: Element | None) -> bool:
    """Whether an armed boundary event goes on waiting as it does on its host: its row stays the truth about when."""
    return after is not None and _event(before) == _event(after)


def attached(elements: Elements, host: str) -> dict[str, Element]:
    """The boundary events of an activity by id."""
    return {element.id: element for element in elements.values() if element.attached_to == host}


def unveiled(old: Elements, new: Elements, seen: frozenset[str], mapping: Mapping[str, str]) -> Iterator[Element]:
    """Elements that a case has been on and whose secrecy another version would lift."""
    for element in old.values():
        secret = element.properties.get("confidential") or element.properties.get("anonymous")
        if element.id in seen and secret:
            after = new.get(mapping.get(element.id, element.id))
            names = [each.properties.get(name) for name in SECRECY for each in (element, after or element)]
            if after is None or names[::2] != names[1::2]:
                yield element


def _event(element: Element) -> tuple[str, ...]:
    """Kind and kind of timer first; of messages, errors and escalations what they wait for. Not the rule of a timer."""
    event = element.event
    text = () if event.kind == "timer" else (event.text, event.correlation_key)
    return (event.kind, event.timer, *text)


def _inputs(element: Element) -> Any:
    return element.zeebe.get("ioMapping", {}).get("inputs") or []


def _awaited(
    definition: Definition, process: str, gateway: Element, mapping: Mapping[str, str]
) -> frozenset[tuple[str, ...]]:
    elements = definition.spec.processes[process].elements
    targets = [elements[elements[flow].target] for flow in gateway.outgoing]
    return frozenset((mapping.get(target.id, target.id), *_event(target)) for target in targets)
