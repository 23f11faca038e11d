"""What may come while an activity is open: the events attached to it, and where the case goes then."""

from collections.abc import Sequence

from workflows.feel import Scope
from workflows.nodes.base import Activity, Flow, Node
from workflows.nodes.events import TIMER, Boundary, End, Waiting
from workflows.outlook.known import Known
from workflows.outlook.steps import PARALLEL, WAIT, Step

NEAR = 12
"""Nodes that are looked at behind an event for the first that people have words for."""


def beside(node: Node, known: Known, scope: Scope) -> tuple[Step, ...]:
    """A step for each attached event, `among` what comes first behind it; side by side where it interrupts nothing."""
    return tuple(_step(event, known, scope) for event in node.events if isinstance(event, Boundary))


def _step(event: Boundary, known: Known, scope: Scope) -> Step:
    rule, certain = known.value(event.text, scope) if event.trigger == TIMER else (None, False)
    told = str(rule) if certain and rule is not None else None
    how = "" if event.cancel_activity else PARALLEL
    return Step(WAIT, event.element.id, event.element.name, rule=told, how=how, among=_first(event.flows))


def _first(flows: Sequence[Flow]) -> tuple[str, ...]:
    """The first activities, waits and ends behind some flows; gateways between are passed whatever they ask."""
    found: dict[str, None] = {}
    todo, left = [flow.target for flow in flows], NEAR
    while todo and left:
        node, left = todo.pop(0), left - 1
        if isinstance(node, Activity | Waiting | End):
            found[node.element.id] = None
        else:
            todo += [flow.target for flow in node.flows]
    return tuple(found)
