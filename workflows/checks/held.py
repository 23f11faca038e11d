"""What may be held in the ledger at each step of a diagram, followed along its flows (policy §2)."""

from collections.abc import Mapping

from workflows.checks import game
from workflows.checks.context import Operation
from workflows.checks.diagram import Node, Scope

NOTHING, HOLDS, SETTLED = "nothing", "holds", "settled"
States = frozenset[str]
"""What may be true of a case where a token stands: nothing was held yet, something is, what was held is settled."""
_EFFECTS = {"reserves": HOLDS, "settles": SETTLED, "occupies": SETTLED}
_RUNNING: Mapping[str, States] = {}


class Holding:
    """Follows what may be held along the flows of each scope; `processes` are those of the folder by id."""

    def __init__(self, operations: Mapping[str, Operation], processes: Mapping[str, Scope]) -> None:
        self.operations = operations
        self.processes = processes
        self._busy: set[str] = set()

    def before(
        self, scope: Scope, begins: Mapping[str, States], running: Mapping[str, States] = _RUNNING
    ) -> dict[str, States]:
        """Node id → what may be true before it, of tokens that begin at nodes; to a fixed point, as there are loops.

        `running` says of activities in which something runs already what will be true when that has ended.
        """
        net = game.Net(scope, frozenset(), frozenset())
        before = dict(begins)
        left = dict(running)
        todo = [scope.nodes[name] for name in begins]
        while todo:
            node = todo.pop()
            after = left.pop(node.id, None) or self.after(node, before[node.id])
            for following in net.after(node):
                states = before[node.id] | after if following.kind == "boundaryEvent" else after
                known = before.get(following.id)
                joined = self._joined(net, following, before) if following.id in net.joins else None
                new = joined if joined is not None else (known or frozenset()) | states
                if new != known:
                    before[following.id] = new
                    todo.append(following)
        return before

    def from_start(self, scope: Scope, first: States) -> dict[str, States]:
        """Node id → what may be true before it, in a scope that begins with `first`."""
        start = next(node for node in scope.nodes.values() if node.kind == "startEvent")
        return self.before(scope, {start.id: first})

    def after(self, node: Node, states: States) -> States:
        """What may be true behind a node."""
        effect = self.effect(node)
        if effect == SETTLED:
            return frozenset({NOTHING if state == NOTHING else SETTLED for state in states})
        return frozenset({HOLDS}) if effect == HOLDS else states

    def effect(self, node: Node) -> str:
        """What a node does: begins to hold, settles, or nothing. What is called outside the folder is trusted."""
        operation = self.operation(node)
        if operation is not None:
            return _EFFECTS.get(operation.ledger, NOTHING)
        inner = inside(node, self.processes)
        if inner is None:
            return SETTLED if node.kind == "callActivity" else NOTHING
        return self._inner_effect(inner)

    def operation(self, node: Node) -> Operation | None:
        """The registered operation that a service task runs."""
        definition = node.extension("taskDefinition")
        return self.operations.get(definition.get("type", "")) if definition is not None else None

    def _joined(self, net: game.Net, join: Node, before: Mapping[str, States]) -> States | None:
        """At a parallel join it is enough that one branch has settled what is held."""
        if join.kind != "parallelGateway":
            return None
        sources = [flow.source for flow in join.incoming if flow.source and flow.source.id in before]
        coming = [self.after(source, before[source.id]) for source in sources]
        if any(states == {SETTLED} for states in coming):
            return frozenset({SETTLED})
        return frozenset().union(*coming)

    def _inner_effect(self, scope: Scope) -> str:
        if scope.id in self._busy:
            return NOTHING
        self._busy.add(scope.id)
        reached = self.from_start(scope, frozenset({HOLDS}))
        self._busy.discard(scope.id)
        ends = [reached[n.id] for n in scope.nodes.values() if n.kind == "endEvent" and n.id in reached]
        if ends and all(states == {SETTLED} for states in ends):
            return SETTLED
        effects = {self.effect(node) for node in scope.nodes.values()}
        return HOLDS if HOLDS in effects else NOTHING


def inside(node: Node, processes: Mapping[str, Scope]) -> Scope | None:
    """What runs inside an activity: its sub process, or the process that it calls, where that is at hand."""
    called = node.extension("calledElement")
    return node.body or (processes.get(called.get("processId", "")) if called is not None else None)
