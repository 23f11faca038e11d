"""What an activity with an inside may do to the scope around it: wait, throw errors, escalate."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.checks.diagram import Diagram, Node, Scope

AUTOMATIC = frozenset(
    [
        "startEvent", "endEvent", "intermediateThrowEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
        "task", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask",
    ]
)  # fmt: skip
"""What the engine passes without a person, a message or a clock."""
OPERATING = frozenset({"serviceTask", "sendTask", "scriptTask", "businessRuleTask"})
"""What may perform an operation, which may fail with a business error of any code."""


@dataclass(frozen=True)
class Throws:
    """What can come out of an activity: `any_error` when an operation or a process outside may throw whatever it
    likes, else error and escalation codes as they are written at the events inside."""

    errors: frozenset[str] = frozenset()
    escalations: frozenset[str] = frozenset()
    any_error: bool = False
    any_escalation: bool = False

    def fires(self, event: Node, diagram: Diagram) -> bool:
        """Whether an error or escalation event attached to the activity can ever be reached."""
        code = code_of(event, diagram)
        some, any_of = (
            (self.errors, self.any_error) if event.event == "error" else (self.escalations, self.any_escalation)
        )
        return any_of or bool(some if not code else code in some)


def code_of(event: Node, diagram: Diagram) -> str:
    """The code of an error or escalation event; empty for one that catches all."""
    reference = next((d.get(f"{event.event}Ref", "") for d in event.events), "").rpartition(":")[2]
    target = diagram.ids.get(reference)
    return "" if target is None else target.get(f"{event.event}Code", "")


def waits_in(node: Node) -> bool:
    """Whether a token has to stand on a node, for somebody or something outside; what is called may wait."""
    if node.body is None:
        return node.kind not in AUTOMATIC
    return any(waits_in(inner) for inner in node.body.nodes.values())


def throws_of(node: Node, diagram: Diagram, processes: Mapping[str, Scope]) -> Throws:
    """What may come out of a node; `processes` are those of the folder by id."""
    errors: set[str] = set()
    escalations: set[str] = set()
    operates, leaves = node.kind in OPERATING, False
    todo, seen = [node], {id(node)}
    while todo:
        found = todo.pop()
        inside = _inside(found, processes)
        leaves = leaves or (found.kind == "callActivity" and inside is None)
        for inner in inside.nodes.values() if inside else ():
            if id(inner) in seen:
                continue
            seen.add(id(inner))
            todo.append(inner)
            operates = operates or inner.kind in OPERATING
            if inner.kind == "endEvent" and inner.event == "error":
                errors.add(code_of(inner, diagram))
            if inner.kind in ("endEvent", "intermediateThrowEvent") and inner.event == "escalation":
                escalations.add(code_of(inner, diagram))
    return Throws(frozenset(errors), frozenset(escalations), operates or leaves, leaves)


def _inside(node: Node, processes: Mapping[str, Scope]) -> Scope | None:
    if node.kind != "callActivity":
        return node.body
    called = node.extension("calledElement")
    return processes.get(called.get("processId", "")) if called is not None else None
