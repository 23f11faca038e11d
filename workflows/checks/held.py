"""What may be held in the ledger at each step of a diagram, followed along its flows (policy §2)."""

from collections.abc import Iterator, Mapping

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
        self._effects: dict[Scope, str] = {}

    def before(
        self, scope: Scope, begins: Mapping[str, States], running: Mapping[str, States] = _RUNNING
    ) -> dict[str, States]:
        """Node id → what may be true before it, of tokens that begin at nodes; to a fixed point, as there are loops.

        `running` says of activities in which something runs already what will be true when that has ended. A join is
        looked at when nothing else can go on, so that it sees what all its branches bring.
        """
        net = game.Net(scope, frozenset(), frozenset())
        before = dict(begins)
        left = dict(running)
        todo = [scope.nodes[name] for name in begins]
        joins: dict[str, Node] = {}
        while todo or joins:
            if not todo:
                join = joins.pop(next(iter(joins)))
                states = self._joined(join, before)
                if states == before.get(join.id):
                    continue
                before[join.id] = states
                todo.append(join)
            node = todo.pop()
            after = left.pop(node.id, None) or self.after(node, before[node.id])
            for following in net.after(node):
                if following.id in net.joins and following.kind == "parallelGateway":
                    joins[following.id] = following
                    continue
                states = before[node.id] | after if following.kind == "boundaryEvent" else after
                known = before.get(following.id)
                if known is None or not states <= known:
                    before[following.id] = states | (known or frozenset())
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
        if inner not in self._effects:
            self._look_inside(inner)
        return self._effects[inner]

    def operation(self, node: Node) -> Operation | None:
        """The registered operation that a service task runs."""
        definition = node.extension("taskDefinition")
        return self.operations.get(definition.get("type", "")) if definition is not None else None

    def _joined(self, join: Node, before: Mapping[str, States]) -> States:
        """At a parallel join it is enough that one branch has settled what is held."""
        sources = [flow.source for flow in join.incoming if flow.source and flow.source.id in before]
        coming = [self.after(source, before[source.id]) for source in sources]
        return frozenset({SETTLED}) if {SETTLED} in coming else frozenset().union(*coming)

    def _look_inside(self, scope: Scope) -> None:
        """Find what a scope and all within it do, innermost first; twice, as called processes may call each other."""
        order = self._within(scope)
        self._effects |= dict.fromkeys(order, NOTHING)
        for _ in range(2):
            for one in order:
                self._effects[one] = self._inner_effect(one)

    def _within(self, scope: Scope) -> list[Scope]:
        """A scope and what runs inside it and is not known yet, each behind all that run in it, but for circles."""
        order: list[Scope] = []
        seen = {scope}
        todo = [(scope, self._scopes_in(scope))]
        while todo:
            one, rest = todo[-1]
            inner = next((other for other in rest if other not in seen and other not in self._effects), None)
            if inner is None:
                order.append(one)
                todo.pop()
            else:
                seen.add(inner)
                todo.append((inner, self._scopes_in(inner)))
        return order

    def _scopes_in(self, scope: Scope) -> Iterator[Scope]:
        found = (inside(node, self.processes) for node in scope.nodes.values())
        return (one for one in found if one is not None)

    def _inner_effect(self, scope: Scope) -> str:
        reached = self.from_start(scope, frozenset({HOLDS}))
        ends = [reached[n.id] for n in scope.nodes.values() if n.kind == "endEvent" and n.id in reached]
        if ends and all(states == {SETTLED} for states in ends):
            return SETTLED
        effects = {self.effect(node) for node in scope.nodes.values()}
        return HOLDS if HOLDS in effects else NOTHING


def inside(node: Node, processes: Mapping[str, Scope]) -> Scope | None:
    """What runs inside an activity: its sub process, or the process that it calls, where that is at hand."""
    called = node.extension("calledElement")
    return node.body or (processes.get(called.get("processId", "")) if called is not None else None)
