"""Which elements of a scope can be active at once: those of different branches of a fork, before the branches join."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from workflows.checks.diagram import Node
from workflows.checks.game.net import Net

DENSE = 20_000_000
"""Branches of all forks times flows of the scope."""
MANY = 30
"""Branches of which each two are compared."""
Sides = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True)
class Fork:
    """Where tokens part: a parallel or inclusive gateway, or an event that does not interrupt its activity.

    `pairs` are, of each two branches, the ids of the nodes up to the joins to which both lead, of very many branches
    those of each two halves; `late` are what follows an inclusive join, and what the branch that has gone another way
    may still be at.
    """

    node: Node
    pairs: tuple[Sides, ...]
    late: tuple[Sides, ...]

    def shared(self) -> set[str]:
        """The nodes to which more than one branch leads without a join."""
        return {name for first, second in self.pairs for name in first & second}

    def sides(self) -> Iterator[Sides]:
        """Sets of nodes, each of the first active together with each of the second."""
        yield from self.pairs
        yield from self.late


def forks(net: Net) -> Iterator[Fork]:
    """The forks of a scope that a token can come to; none where they are too dense to follow each of their branches."""
    found = [(node, _starts(net, node)) for node in net.nodes]
    if sum(len(starts) for _, starts in found if len(starts) > 1) * len(net.flows) > DENSE:
        return
    for node, starts in found:
        if len(starts) > 1:
            wide = [(start, net.reachable(start, without=node)) for start in starts]
            pairs = list(_each_two(net, node, wide) if len(wide) <= MANY else _halves(net, node, wide))
            yield Fork(node, tuple(pairs), tuple(_late(net, node, pairs)))


def _each_two(net: Net, fork: Node, wide: list[tuple[Node, set[str]]]) -> Iterator[Sides]:
    for (first, before), (second, after) in combinations(wide, 2):
        yield _branch(net, fork, first, after), _branch(net, fork, second, before)


def _halves(net: Net, fork: Node, wide: list[tuple[Node, set[str]]]) -> Iterator[Sides]:
    """Each branch up to the joins to which any other one leads; each two of them lie in different halves once."""
    led = Counter(name for _, names in wide for name in names)
    shared = {name for name, times in led.items() if times > 1}
    todo = [[_branch(net, fork, start, shared) for start, _ in wide]]
    while todo:
        branches = todo.pop()
        halves = branches[: len(branches) // 2], branches[len(branches) // 2 :]
        yield frozenset().union(*halves[0]), frozenset().union(*halves[1])
        todo += [half for half in halves if len(half) > 1]


def _late(net: Net, fork: Node, pairs: list[Sides]) -> Iterator[Sides]:
    """An inclusive join does not wait for a branch that cannot come any more: it may go on while that one goes on."""
    for name in net.inclusive:
        join = net.scope.nodes[name]
        beyond = frozenset(net.reachable(join, without=fork))
        before = net.leads.get(name, {}).keys()
        for branch in {branch for pair in pairs for branch in pair}:
            yield beyond, branch - before - beyond


def _starts(net: Net, node: Node) -> list[Node]:
    if node.kind in ("parallelGateway", "inclusiveGateway"):
        return [flow.target for flow in node.outgoing if flow.target]
    if node.id in net.private and node.id not in net.silent:
        host = net.scope.nodes[node.element.get("attachedToRef", "")]
        return [host, *(flow.target for flow in node.outgoing if flow.target)]
    return []


def _branch(net: Net, fork: Node, start: Node, other: set[str]) -> frozenset[str]:
    """The nodes behind a start, not going through the fork again or into a join to which the other branch leads."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        node = todo.pop()
        if node.id not in seen and node is not fork and not (node.id in net.joins and node.id in other):
            seen.add(node.id)
            todo += net.after(node)
    return frozenset(seen)
