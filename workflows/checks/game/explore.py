"""Every marking of a net that matters, breadth first, so that the way to each is a shortest one.

Tokens only meet at joins. So of the tokens that wait for somebody, one may go on alone while the others stand: each
marking without a further move is found all the same, after as many moves (persistent sets: Godefroid, LNCS 1032).
The one that goes on is the least advanced, so that tokens which can stand on one node together are seen to. Where all
that it leads to is known already, where it may end the scope with all others, or where the order may change what an
inclusive join takes, every token moves.
Automatic nodes go first and inclusive joins when nothing else can, as `workflows/case.py` runs them.
"""

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.checks.diagram import Node
from workflows.checks.game.net import Move, Net

LIMIT = 20_000
"""Markings of a folder; beyond, the rest is not looked at and the gate says so."""
WEIGHT = 400_000
"""Tokens in all markings of a scope together: many hundred branches side by side are no reason to run for minutes."""
MOVES = 300_000
"""Moves of a scope; beyond, nothing more is looked at."""
CROWD = 3
"""Tokens on one place; a marking with more is not followed further."""

Marking = tuple[int, ...]


@dataclass
class Exploration:
    """What was found: ids of nodes that a token reached, markings where nothing can move and that are no end, nodes
    that hold two tokens with the first such marking, whether the scope can end normally, and whether all was seen."""

    net: Net
    reached: set[str] = field(default_factory=set)
    stuck: list[Marking] = field(default_factory=list)
    crowded: dict[str, Marking] = field(default_factory=dict)
    ends: bool = False
    whole: bool = True
    markings: int = 0
    came: dict[Marking, tuple[Marking, tuple[Node, ...]]] = field(default_factory=dict)
    before: dict[Marking, list[Marking]] = field(default_factory=dict)

    def endless(self) -> Marking | None:
        """The first marking from which neither an end nor a standstill can be reached; told only when all was seen."""
        if not self.whole:
            return None
        finite: set[Marking] = set()
        todo: list[Marking] = [(), *self.stuck]
        while todo:
            marking = todo.pop()
            if marking not in finite:
                finite.add(marking)
                todo += self.before.get(marking, ())
        return next((marking for marking in self.came if marking not in finite), None)

    def way(self, marking: Marking) -> list[Node]:
        """The nodes passed on a shortest way to a marking, from the start event."""
        steps: list[tuple[Node, ...]] = []
        while marking in self.came:
            marking, passed = self.came[marking]
            steps.append(passed)
        return [node for passed in reversed(steps) for node in passed]


def explore(net: Net, limit: int = LIMIT, first: Marking | None = None) -> Exploration:
    """Play from the start event, or from the marking `first`, until every marking is known or `limit` of them are."""
    found = Exploration(net, whole=net.whole)
    if net.heavy:
        return found
    if first is None:
        first = (net.place[net.start.id],)
        found.reached.add(net.start.id)
    seen, weight, moves = {first}, len(first), 0
    todo = deque([first])
    while todo and moves < MOVES:
        marking = todo.popleft()
        followers = _follow(found, marking, seen)
        moves += len(followers)
        for follower, passed in followers:
            found.before.setdefault(follower, []).append(marking)
            if follower in seen:
                continue
            if len(seen) >= limit or weight >= WEIGHT:
                found.whole = False
                break
            seen.add(follower)
            weight += len(follower)
            found.came[follower] = (marking, passed)
            if follower:
                todo.append(follower)
    found.whole = found.whole and not todo
    found.markings = len(seen)
    return found


def _follow(found: Exploration, marking: Marking, seen: set[Marking]) -> list[tuple[Marking, tuple[Node, ...]]]:
    """The markings that follow; notes what this one shows."""
    net = found.net
    if not _noted(found, marking):
        return []
    standing = sorted({place for place in marking if place < len(net.nodes)}, key=lambda place: net.rank[place])
    ready = [place for place in standing if net.automatic[place]]
    if ready:
        return list(_moved(found, marking, ready[0]))
    if opened := _open_inclusive(net, marking):
        return [opened]
    if not standing:
        found.stuck.append(marking)
        return []
    followers = list(_moved(found, marking, standing[0]))
    alone = standing[0] not in net.ending and not _order_matters(net, standing)
    if len(standing) > 1 and (not alone or all(marking in seen for marking, _ in followers)):
        followers += [follower for place in standing[1:] for follower in _moved(found, marking, place)]
    return followers


def _noted(found: Exploration, marking: Marking) -> bool:
    """Note nodes with two tokens; False for a marking too crowded to follow."""
    for place, after in itertools.pairwise(marking):
        if place == after:
            found.crowded.setdefault(found.net.node_at(place).id, marking)
    if any(place == after for place, after in zip(marking, marking[CROWD:], strict=False)):
        found.whole = False
        return False
    return True


def _moved(found: Exploration, marking: Marking, place: int) -> Iterator[tuple[Marking, tuple[Node, ...]]]:
    net = found.net
    for move in net.moves[place]:
        event = move.passed[-1]
        if move.stays and any(other in net.private[event.id] for other in marking):
            continue
        found.reached.update(node.id for node in move.passed)
        after = _after(net, marking, place, move)
        found.reached.update(net.nodes[other].id for other in after if other < len(net.nodes))
        found.ends = found.ends or (not after and not move.throws)
        yield after, move.passed


def _after(net: Net, marking: Marking, place: int, move: Move) -> Marking:
    """The marking that one move makes; a parallel join goes on as soon as every flow has an arrival."""
    if move.ends:
        return ()
    tokens = list(marking)
    if not move.stays:
        tokens.remove(place)
    for flow in move.flows:
        assert flow.target is not None
        waits = net.arrival.get(id(flow))
        tokens.append(net.place[flow.target.id] if waits is None else waits)
        if waits is not None and flow.target.kind == "parallelGateway":
            _join(net, tokens, flow.target)
    return tuple(sorted(tokens))


def _join(net: Net, tokens: list[int], join: Node) -> None:
    arrivals, present = [net.arrival[id(flow)] for flow in join.incoming], set(tokens)
    if all(arrival in present for arrival in arrivals):
        for arrival in arrivals:
            tokens.remove(arrival)
        tokens.append(net.place[join.id])


def _open_inclusive(net: Net, marking: Marking) -> tuple[Marking, tuple[Node, ...]] | None:
    """What follows when an inclusive join waits for nothing any more (BPMN 2.0.2 §13.4.3)."""
    present = set(marking)
    for name, places in net.inclusive.items():
        arrived = present & places
        if not arrived:
            continue
        others = {net.node_at(place).id for place in present} - {name}
        ways = (net.leads[name].get(other) for other in others)
        if any(flows and not flows & arrived for flows in ways):
            continue
        tokens = list(marking)
        for place in arrived:
            tokens.remove(place)
        return tuple(sorted([*tokens, net.place[name]])), ()
    return None


def _order_matters(net: Net, standing: list[int]) -> bool:
    """Whether two of the standing tokens may come to an inclusive join by the same flow, or one by several."""
    names = [net.nodes[place].id for place in standing]
    for leads in net.leads.values():
        ways = [flows for name in names if (flows := leads.get(name))]
        if len(ways) > 1 and (any(len(flows) > 1 for flows in ways) or len(frozenset().union(*ways)) < len(ways)):
            return True
    return False
