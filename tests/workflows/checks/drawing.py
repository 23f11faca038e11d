"""Small diagrams for the tests of the gate: one element on one line, so that a line is an element."""

from dataclasses import dataclass, field
from itertools import pairwise

from workflows.checks import GateContext, Operation

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:flowable="http://flowable.org/bpmn" xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="t">
"""
START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
CONTEXT = GateContext(
    operations={
        "ledger.reserve": Operation("ledger.reserve", {"count": "number", "note": "string"}, frozenset({"count"})),
        "hold.begin": Operation("hold.begin", ledger="reserves"),
        "hold.end": Operation("hold.end", ledger="settles", writes=("settled",)),
        "grade.look": Operation("grade.look", reads=("grade",)),
    },
    roles=frozenset({"hr", "principal"}),
    held_roles=frozenset({"hr"}),
    decisions=frozenset({"known_decision"}),
    processes=frozenset({"known_process"}),
    parameters=frozenset({"review_workdays", "lock_years"}),
    trial=False,
)
FORM = b'{"id": "known_form", "type": "default", "components": [{"type": "textfield", "key": "name", "id": "f1"}]}'


@dataclass(frozen=True)
class Example:
    """A folder that one rule refuses (`bad`) and its neighbour that passes (`good`).

    `element` is the id that the finding names, `mark` a text of the line that it names (default: the id attribute).
    """

    rule: str
    element: str
    bad: bytes
    good: bytes
    mark: str = ""
    file: str = "flow.bpmn"
    beside: dict[str, bytes] = field(default_factory=dict)

    def folder(self, content: bytes) -> dict[str, bytes]:
        plain = {"flow.bpmn": process(START, task("a"), END, chain("s", "a", "e"))}
        return {**plain, "known.form": FORM, **self.beside, self.file: content}

    @property
    def line(self) -> int:
        mark = (self.mark or f'id="{self.element}"').encode()
        return next(number for number, text in enumerate(self.bad.split(b"\n"), 1) if mark in text)


def process(*lines: str, outside: str = "", name: str = "p", attributes: str = 'isExecutable="true"') -> bytes:
    """One process; `outside` are elements beside it (messages, errors, more processes)."""
    inside = "\n".join(lines)
    opening = f'<bpmn:process id="{name}" {attributes}>'
    return f"{HEAD}{outside}\n{opening}\n{inside}\n</bpmn:process>\n</bpmn:definitions>\n".encode()


def chain(*ids: str) -> str:
    """Sequence flows from each id to the next, named a-b."""
    return "\n".join(flow(source, target) for source, target in pairwise(ids))


def flow(source: str, target: str, condition: str | None = None, name: str = "") -> str:
    """One sequence flow on one line."""
    head = f'<bpmn:sequenceFlow id="{name or f"{source}-{target}"}" sourceRef="{source}" targetRef="{target}"'
    if condition is None:
        return f"{head}/>"
    kind = 'xsi:type="bpmn:tFormalExpression"'
    return f"{head}><bpmn:conditionExpression {kind}>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>"


def element(kind: str, identity: str, content: str = "", /, **attributes: str) -> str:
    """Any element on one line."""
    text = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{kind} id="{identity}"{text}>{content}</bpmn:{kind}>'


def extended(content: str) -> str:
    """Extension elements."""
    return f"<bpmn:extensionElements>{content}</bpmn:extensionElements>"


def task(name: str, **attributes: str) -> str:
    """A manual task: nothing is asked of it."""
    return element("manualTask", name, **attributes)


def user(name: str, content: str = "", role: str = "hr", inside: str = "") -> str:
    """A user task of a role."""
    assigned = f'<zeebe:assignmentDefinition candidateGroups="{role}"/>'.replace('""', '"') if role else ""
    return element("userTask", name, extended(assigned + content) + inside)


def properties(**values: str) -> str:
    """Our settings."""
    inside = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<zeebe:properties>{inside}</zeebe:properties>"


def event(kind: str, name: str, definition: str, content: str = "", **attributes: str) -> str:
    """An event with one event definition ("timer", "message", …)."""
    inside = f"<bpmn:{definition}EventDefinition>{content}</bpmn:{definition}EventDefinition>"
    return element(kind, name, inside, **attributes)


def around(*middle: str, ids: tuple[str, ...]) -> bytes:
    """Start, the elements, end, in a row of `ids`."""
    return process(START, *middle, END, chain("s", *ids, "e"))
