"""One scope as places and moves. A place is a node on which a token stands, or a flow whose arrival waits at a join.

A move takes one token from a node and puts tokens behind flows, as `workflows/nodes` does it: an exclusive gateway
takes one flow, a parallel one all, an inclusive one any set of its conditional flows or its default; a boundary event
takes its activity with it or leaves a token beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from workflows.checks.diagram import Flow, Node, Scope
from workflows.xml import truth

MANY, WIDE = 6, 40
"""Up to 6 conditional flows of an inclusive gateway every set of them is tried, beyond: one, two, and all; beyond 40
of each two only neighbours."""
HEAVY = 2_000_000
"""Flows of a scope times flows into its inclusive joins; beyond, the scope is not played and the gate says so."""


@dataclass(frozen=True)
class Move:
    """One way to go on from a node: the flows taken, and the ids passed on the way in words."""

    flows: tuple[Flow, ...]
    passed: tuple[Node, ...]
    stays: bool = False
    ends: bool = False
    throws: bool = False


class Net:
    """What is fixed of a scope: moves by node, joins, which flows a token can still come through, an order of nodes.

    `silent` are ids of boundary events that nothing fires and of activities that never end normally; `passing` are
    ids of nodes that need nobody.
    """

    def __init__(self, scope: Scope, silent: frozenset[str], passing: frozenset[str]) -> None:
        self.scope = scope
        self.silent = silent
        self.nodes = list(scope.nodes.values())
        self.flows = [flow for node in self.nodes for flow in node.outgoing]
        self.place = {node.id: number for number, node in enumerate(self.nodes)}
        self.events: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.kind == "boundaryEvent":
                self.events.setdefault(node.element.get("attachedToRef", ""), []).append(node)
        joins = [n for n in self.nodes if n.kind in ("parallelGateway", "inclusiveGateway") and len(n.incoming) > 1]
        self.joins = frozenset(join.id for join in joins)
        self.arrival: dict[int, int] = {}
        self.waiting_at: dict[int, Node] = {}
        self.flow_at: dict[int, Flow] = {}
        for flow in (flow for join in joins for flow in join.incoming):
            place = len(self.nodes) + len(self.arrival)
            self.arrival[id(flow)] = place
            self.flow_at[place] = flow
            self.waiting_at[place] = flow.target  # type: ignore[assignment]
        self.automatic = [node.id in passing for node in self.nodes]
        self.moves = [list(self._moves(node)) for node in self.nodes]
        self.whole = all(len(_conditional(n)) <= MANY for n in self.nodes if n.kind == "inclusiveGateway")
        self.ending = self._ending()
        self.start = next(node for node in self.nodes if node.kind == "startEvent")
        self.rank = self._ranks()
        inclusive = [join for join in joins if join.kind == "inclusiveGateway"]
        self.heavy = sum(len(join.incoming) for join in inclusive) * len(self.flows) > HEAVY
        self.inclusive = {join.id: {self.arrival[id(flow)] for flow in join.incoming} for join in inclusive}
        self.leads = {} if self.heavy else {join.id: self._leads(join) for join in inclusive}
        self.private = {
            event.id: self._private(event) for found in self.events.values() for event in found if not _cancels(event)
        }

    def node_at(self, place: int) -> Node:
        """The node on which a token stands or at which its arrival waits."""
        return self.nodes[place] if place < len(self.nodes) else self.waiting_at[place]

    def after(self, node: Node) -> Iterator[Node]:
        """Nodes to which a flow or an attached event leads."""
        yield from (flow.target for flow in node.outgoing if flow.target)
        yield from (event for event in self.events.get(node.id, ()) if event.id not in self.silent)

    def reachable(self, start: Node, without: Node | None = None) -> set[str]:
        """The ids of `start` and of all nodes behind it, not going through `without`."""
        seen: set[str] = set()
        todo = [start]
        while todo:
            node = todo.pop()
            if node.id not in seen and node is not without:
                seen.add(node.id)
                todo += self.after(node)
        return seen

    def _moves(self, node: Node) -> Iterator[Move]:
        for event in self.events.get(node.id, ()):
            if event.id not in self.silent:
                yield Move(tuple(event.outgoing), (node, event), stays=not _cancels(event))
        if node.id in self.silent:
            return
        if node.kind == "endEvent":
            yield Move((), (node,), ends=node.event in ("terminate", "error"), throws=node.event == "error")
        elif node.kind == "eventBasedGateway":
            for flow in node.outgoing:
                if flow.target:
                    yield Move(tuple(flow.target.outgoing), (node, flow.target))
        elif node.kind == "exclusiveGateway":
            yield from (Move((flow,), (node,)) for flow in node.outgoing)
        elif node.kind == "inclusiveGateway" and len(node.outgoing) > 1:
            yield from (Move(flows, (node,)) for flows in _subsets(node))
        else:
            yield Move(tuple(node.outgoing), (node,))

    def _ending(self) -> frozenset[int]:
        """The places from which one move, and what follows by itself, may end the whole scope with all other tokens."""
        ends = {name for name, moves in self._by_node() if any(move.ends for move in moves)}
        soon: set[str] = set()
        size = -1
        while size != len(soon):
            size = len(soon)
            led = ends | {name for name in soon if self.automatic[self.place[name]]}
            soon |= {
                name
                for name, moves in self._by_node()
                if any(flow.target and flow.target.id in led for move in moves for flow in move.flows)
            }
        return frozenset(self.place[name] for name in soon | ends)

    def _by_node(self) -> Iterator[tuple[str, list[Move]]]:
        return ((node.id, self.moves[self.place[node.id]]) for node in self.nodes)

    def _ranks(self) -> list[int]:
        """A number for each node: a node comes after those that lead to it, but for flows that lead back."""
        order: list[str] = []
        seen = {self.start.id}
        todo = [(self.start, iter(list(self.after(self.start))))]
        while todo:
            node, rest = todo[-1]
            following = next(rest, None)
            if following is None:
                order.append(node.id)
                todo.pop()
            elif following.id not in seen:
                seen.add(following.id)
                todo.append((following, iter(list(self.after(following)))))
        rank = {name: len(order) - position for position, name in enumerate(order)}
        return [rank.get(node.id, 0) for node in self.nodes]

    def _leads(self, join: Node) -> dict[str, frozenset[int]]:
        """By node the flows of a join, as places, through which a token there can still come."""
        found: dict[str, set[int]] = {}
        for flow in join.incoming:
            for name in self._reaching(flow, join):
                found.setdefault(name, set()).add(self.arrival[id(flow)])
        return {name: frozenset(places) for name, places in found.items()}

    def _reaching(self, flow: Flow, join: Node) -> frozenset[str]:
        """The nodes from which a token can come through a flow without visiting its join (as the engine reads it)."""
        seen: set[str] = set()
        todo = [flow.source]
        while todo:
            node = todo.pop()
            if node is not None and node.id not in seen and node is not join:
                seen.add(node.id)
                todo += (before.source for before in node.incoming)
                todo.append(self.scope.nodes.get(node.element.get("attachedToRef", "")))
        return frozenset(seen)

    def _private(self, event: Node) -> frozenset[int]:
        """The places that only this event can fill: while one is, the event is not fired again in the game."""
        names = self.reachable(event) - self.reachable(self.start, without=event)
        own = {self.place[name] for name in names}
        return frozenset(own | {place for place, node in self.waiting_at.items() if node.id in names})


def _cancels(event: Node) -> bool:
    return truth(event.element.get("cancelActivity"), default=True)


def _conditional(node: Node) -> list[Flow]:
    return [flow for flow in node.outgoing if flow.id != node.element.get("default")]


def _subsets(node: Node) -> Iterable[tuple[Flow, ...]]:
    """The sets of flows that an inclusive gateway may take."""
    chosen = _conditional(node)
    default = tuple(flow for flow in node.outgoing if flow not in chosen)
    if len(chosen) <= MANY:
        yield from (flows for size in range(1, len(chosen) + 1) for flows in combinations(chosen, size))
    else:
        yield from ((flow,) for flow in chosen)
        yield from combinations(chosen, 2) if len(chosen) <= WIDE else pairwise(chosen)
        yield tuple(chosen)
    if default:
        yield default
