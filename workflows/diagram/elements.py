"""What a diagram says, element by element: plain frozen values, before anything executable is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """What an event waits for or throws.

    `kind` is none | timer | message | error | escalation | terminate. `text` is the rule of a timer (`timer` says
    date | duration | cycle), of a start event when cases begin by themselves, the name of a message, the code of an
    error or escalation ("" catches every code).
    `correlation_key` is the FEEL text of the message's subscription.
    """

    kind: str = "none"
    text: str = ""
    timer: str = ""
    correlation_key: str = ""


@dataclass(frozen=True)
class Element:
    """One element of a diagram: a node, a sequence flow (`kind` sequenceFlow) or the process itself.

    `kind` is the BPMN tag, `zeebe` the Camunda 8 extension data as written (a user task without an assignment has that
    of its lane), `scope` the id of the process or sub process that holds it, `lanes` are ids and names of those around
    it, the innermost first, `incoming` and `outgoing` are ids of sequence flows, `line` counts from 1 in `file`.
    `source`, `target` and `condition` belong to flows; `attached_to` and `interrupting` to boundary events.
    """

    id: str
    kind: str
    name: str
    scope: str
    line: int
    file: str
    lanes: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    form_id: str | None = None
    zeebe: Mapping[str, Any] = field(default_factory=dict)
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    event: Event = Event()
    default: str | None = None
    source: str = ""
    target: str = ""
    condition: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    loop: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Model:
    """One process as read: its own element and everything in it by id, sub processes and flows included."""

    process: Element
    elements: Mapping[str, Element]

    def within(self, scope: str) -> list[Element]:
        """The nodes and flows that lie directly in a process or sub process, in the order of the file."""
        return [element for element in self.elements.values() if element.scope == scope]
