"""What all nodes share: tokens arrive, become ready and leave; nothing is predicted."""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.case import FUTURE, Scope, Token
from workflows.diagram.elements import Element
from workflows.diagram.values import NOTHING, Value

Mapping = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, eq=False)
class Flow:
    """A sequence flow as executed."""

    id: str
    target: "Node"
    condition: Value = NOTHING
    is_default: bool = False


class Node:
    """Mixed in before a SpiffWorkflow spec class; replaces its walks over the tree by work on one token.

    `flows` lead on, `incoming` are the ids of the flows that lead here, `events` are attached boundary events, `loop`
    is the multi-instance activity whose iteration this node is. Input mappings open a local scope, output mappings
    are written when the token leaves.
    """

    flows: tuple[Flow, ...] = ()
    incoming: tuple[str, ...] = ()
    events: tuple["Node", ...] = ()
    loop: Any = None
    manual: bool
    _inputs: list[str]
    _outputs: list[str]
    takes: Mapping = ()
    gives: Mapping | None = None

    def __init__(self, wf_spec: BpmnProcessSpec, element: Element, name: str | None = None, **settings: Any) -> None:
        super().__init__(  # type: ignore[call-arg]
            wf_spec, name or element.id, bpmn_name=element.name, **settings
        )
        self.bpmn_id = element.id
        self.element = element

    def arrive(self, scope: Scope, flow_id: str = "", parent: Token | None = None) -> Token:
        """Put a token on this node."""
        token = (parent or scope.task_tree)._add_child(self, FUTURE)
        self._update(token)
        return token

    def _predict(self, *args: Any, **settings: Any) -> None:
        """Successors are made when a token leaves, never ahead of it."""

    def _update(self, token: Token) -> None:
        token.workflow.case.current = token
        if self._update_hook(token):
            token._ready()

    def _update_hook(self, token: Token) -> bool:
        return True

    def _on_ready(self, token: Token) -> None:
        if not self.manual:
            token.workflow.case.enqueue(token)

    def _run_hook(self, token: Token) -> bool | None:
        return True

    def _on_complete(self, token: Token) -> None:
        scope: Scope = token.workflow
        environment = scope.case.environment
        environment.give(token)
        if self.loop is not None:
            self.loop.merge(token.parent, token)
            return
        environment.journal.passed.append(self.element.id)
        scope.leave(token, self.exits(token))

    def exits(self, token: Token) -> tuple[Flow, ...]:
        """The flows that a finished token takes."""
        return self.flows


class Activity(Node):
    """Something with boundary events and mappings: they are armed and filled before it starts."""

    def _update_hook(self, token: Token) -> bool:
        for event in self.events:
            event.arrive(token.workflow, parent=token)
        if self.takes:
            token.workflow.case.environment.take(token)
        return self.enter(token)

    def enter(self, token: Token) -> bool:
        """Begin; False when the token has to wait for something inside it."""
        return True
