"""Gateways: flows are chosen in the order of the file, joins count arrivals by sequence flow."""

# mypy: allow-subclassing-any

from collections.abc import Collection

from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, InclusiveGateway, ParallelGateway

from workflows.case import FUTURE, WAITING, Scope, Token
from workflows.diagram.values import NOTHING
from workflows.failures import EngineFault
from workflows.nodes.base import Flow, Node


class Exclusive(Node, ExclusiveGateway):
    """The first flow whose condition is true, else the default."""

    def exits(self, token: Token) -> tuple[Flow, ...]:
        """One flow; EngineFault `gateway.no_flow` when no condition is true and there is no default."""
        if len(self.flows) < 2 and all(flow.condition is NOTHING for flow in self.flows):
            return self.flows
        holds = token.workflow.case.environment.holds
        default = None
        for flow in self.flows:
            if flow.is_default:
                default = flow
            elif holds(token, flow.condition):
                return (flow,)
        if default is None:
            raise EngineFault("gateway.no_flow", self.element.id)
        return (default,)


class Join(Node):
    """Arrivals wait in one token that counts them by sequence flow; going on uses up one of each that it needs."""

    def arrive(self, scope: Scope, flow_id: str = "", parent: Token | None = None) -> Token:
        """Count an arrival; with a single incoming flow there is nothing to wait for."""
        if len(self.incoming) < 2:
            return super().arrive(scope, flow_id, parent)
        token = self.waiting(scope)
        if token is None:
            token = scope.task_tree._add_child(self, WAITING)
            token.internal_data["arrivals"] = {}
        arrivals = token.internal_data["arrivals"]
        arrivals[flow_id] = arrivals.get(flow_id, 0) + 1
        self.counted(scope, token)
        return token

    def waiting(self, scope: Scope) -> Token | None:
        """The token that holds the arrivals so far."""
        return next((t for t in scope.tasks.values() if t.task_spec is self and t._state == WAITING), None)

    def counted(self, scope: Scope, token: Token) -> None:
        """Called after each arrival."""

    def fire(self, scope: Scope, waiting: Token) -> None:
        """Use up one arrival of every flow that has one; the rest keeps waiting."""
        arrivals = waiting.internal_data.pop("arrivals")
        rest = {flow: count - 1 for flow, count in arrivals.items() if count > 1}
        token = waiting
        if rest:
            waiting.internal_data["arrivals"] = rest
            token = scope.task_tree._add_child(self, FUTURE)
        token._ready()


class Parallel(Join, ParallelGateway):
    """Goes on when every incoming flow has an arrival; takes every outgoing flow."""

    def counted(self, scope: Scope, token: Token) -> None:
        """Go on as soon as no flow is missing."""
        if len(token.internal_data["arrivals"]) == len(self.incoming):
            self.fire(scope, token)


class Inclusive(Join, InclusiveGateway):
    """Every flow whose condition is true, else the default; joins as BPMN 2.0.2 §13.4.3 says.

    `reaching` tells for each incoming flow the nodes from which a token could still come through it without
    visiting this gateway.
    """

    reaching: dict[str, frozenset[Node]]

    def exits(self, token: Token) -> tuple[Flow, ...]:
        """At least one flow; EngineFault `gateway.no_flow` when there is none and no default."""
        if len(self.flows) < 2:
            return self.flows
        holds = token.workflow.case.environment.holds
        taken = tuple(flow for flow in self.flows if not flow.is_default and holds(token, flow.condition))
        taken = taken or tuple(flow for flow in self.flows if flow.is_default)
        if not taken:
            raise EngineFault("gateway.no_flow", self.element.id)
        return taken

    def open(self, scope: Scope) -> bool:
        """Go on unless some other token may still come through an empty flow, and through no other."""
        token = self.waiting(scope)
        if token is None:
            return False
        arrivals = token.internal_data["arrivals"]
        if any(self._may_come(other.node, arrivals) for other in scope.top() if other is not token):
            return False
        self.fire(scope, token)
        return True

    def _may_come(self, node: Node, arrivals: Collection[str]) -> bool:
        if any(node in self.reaching[flow] for flow in self.incoming if flow in arrivals):
            return False
        return any(node in self.reaching[flow] for flow in self.incoming if flow not in arrivals)
