"""What is reserved in the ledger: every way that reserves ends by occupying or releasing it (policy §2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.checks import game
from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node, Scope
from workflows.checks.findings import Finding, error
from workflows.checks.ways import shortest, words

HELD = error(
    "ledger.not_settled",
    (
        "案件可以在“{name}”结束，而预留的编制岗位既没有占用也没有释放。路径：{path}。",
        'A case can end at "{name}" with what it has reserved neither occupied nor released. A way: {path}.',
    ),
    (
        "在结束之前加一个服务任务：聘用、任命的用占用的操作，其余用释放的操作（{settling}）。",
        "Put a service task before that end: an operation that occupies where somebody is appointed, else one that "
        "releases ({settling}).",
    ),
)

NOTHING, HOLDS, SETTLED = "nothing", "holds", "settled"
States = frozenset[str]


def check(diagrams: Mapping[str, Diagram], settings: Mapping[str, Any], context: GateContext) -> Iterator[Finding]:
    """Ends that are reached with something held. `[ledger] held` of flow.toml names processes that begin so."""
    ledger = settings.get("ledger")
    held = ledger.get("held") if isinstance(ledger, Mapping) else None
    begins = frozenset(held) if isinstance(held, list) else frozenset()
    processes = {process.id: process for diagram in diagrams.values() for process in diagram.processes}
    reading = _Reading(context, processes)
    for diagram in diagrams.values():
        for process in diagram.running():
            first = HOLDS if process.id in begins else NOTHING
            for end, way in reading.unsettled(process, first):
                names = sorted(name for name, one in context.operations.items() if one.ledger == "settles")
                yield diagram.find(HELD, end, name=end.name, path=words(way), settling=names)


class _Reading:
    """Follows what may be held along the flows of each scope."""

    def __init__(self, context: GateContext, processes: Mapping[str, Scope]) -> None:
        self.context = context
        self.processes = processes
        self.inside: set[str] = set()

    def unsettled(self, scope: Scope, first: str) -> Iterator[tuple[Node, list[Node]]]:
        """The end events that a token may come to while something is held, with a way there."""
        reached = self._states(scope, frozenset({first}))
        start = next(one for one in scope.nodes.values() if one.kind == "startEvent")
        sources = [start] if first == HOLDS else [n for n in scope.nodes.values() if self._effect(n) == HOLDS]
        for node in scope.nodes.values():
            if node.kind == "endEvent" and HOLDS in reached.get(node.id, ()):
                ways = [shortest(source, node, self._settles) for source in sources]
                way = min((way for way in ways if len(way) > 1), key=len, default=[node])
                yield node, [*shortest(start, way[0])[:-1], *way]

    def _settles(self, node: Node) -> bool:
        return self._effect(node) == SETTLED

    def _states(self, scope: Scope, first: States) -> dict[str, States]:
        """Node id → what may be true before it; to a fixed point, as there are loops."""
        net = game.Net(scope, frozenset(), frozenset())
        start = net.start
        before: dict[str, States] = {start.id: first}
        todo = [start]
        while todo:
            node = todo.pop()
            after = self._after(node, before[node.id])
            for following in net.after(node):
                states = before[node.id] | after if following.kind == "boundaryEvent" else after
                known = before.get(following.id)
                joined = self._joined(net, following, before) if following.id in net.joins else None
                new = joined if joined is not None else (known or frozenset()) | states
                if new != known:
                    before[following.id] = new
                    todo.append(following)
        return before

    def _joined(self, net: game.Net, join: Node, before: Mapping[str, States]) -> States | None:
        """At a parallel join it is enough that one branch has settled what is held."""
        if join.kind != "parallelGateway":
            return None
        sources = [flow.source for flow in join.incoming if flow.source and flow.source.id in before]
        coming = [self._after(source, before[source.id]) for source in sources]
        if any(states == {SETTLED} for states in coming):
            return frozenset({SETTLED})
        return frozenset().union(*coming)

    def _after(self, node: Node, states: States) -> States:
        effect = self._effect(node)
        if effect == SETTLED:
            return frozenset({NOTHING if state == NOTHING else SETTLED for state in states})
        return frozenset({HOLDS}) if effect == HOLDS else states

    def _effect(self, node: Node) -> str:
        """What a node does: begins to hold, settles, or nothing. What is called outside the folder is trusted."""
        definition = node.extension("taskDefinition")
        operation = self.context.operations.get(definition.get("type", "")) if definition is not None else None
        if operation is not None:
            return {"reserves": HOLDS, "settles": SETTLED}.get(operation.ledger, NOTHING)
        called = node.extension("calledElement")
        inner = node.body or (self.processes.get(called.get("processId", "")) if called is not None else None)
        if inner is None:
            return SETTLED if node.kind == "callActivity" else NOTHING
        return self._inner_effect(inner)

    def _inner_effect(self, scope: Scope) -> str:
        if scope.id in self.inside:
            return NOTHING
        self.inside.add(scope.id)
        reached = self._states(scope, frozenset({HOLDS}))
        self.inside.discard(scope.id)
        ends = [reached[n.id] for n in scope.nodes.values() if n.kind == "endEvent" and n.id in reached]
        if ends and all(states == {SETTLED} for states in ends):
            return SETTLED
        effects = {self._effect(node) for node in scope.nodes.values()}
        return HOLDS if HOLDS in effects else NOTHING
