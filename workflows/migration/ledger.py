"""What becomes of what a case holds in the ledger when it goes on from where it stands (policy §2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.checks.diagram import Node, Scope
from workflows.checks.held import HOLDS, NOTHING, Holding, States, inside

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Ahead:
    """`lost`: ends to which the case may come with what it holds neither occupied nor released, by id; `unheld`:
    operations to which it may come without the hold that they take up, by name."""

    lost: Mapping[str, Node]
    unheld: Mapping[str, Node]


def ahead(holding: Holding, main: Scope, entries: Sequence[Entry], holds: bool) -> Ahead:
    """What lies before the tokens of a case that holds something or nothing."""
    walk = _Walk(holding, frozenset({HOLDS if holds else NOTHING}))
    before = walk.through(main, entries)
    return Ahead({node.id: node for node in _ends(main) if HOLDS in before.get(node.id, ())}, walk.unheld)


@dataclass
class _Walk:
    holding: Holding
    states: States
    unheld: dict[str, Node] = field(default_factory=dict)
    seen: set[tuple[str, States]] = field(default_factory=set)

    def through(self, scope: Scope, entries: Sequence[Entry]) -> dict[str, States]:
        """What may be true before each node that tokens may still come to; what runs inside them goes first."""
        begins: dict[str, States] = {}
        within: dict[str, States] = {}
        for entry in entries:
            node = scope.nodes[entry["element"]]
            if "arrivals" in entry:
                continue
            begins[node.id] = self.states
            inner = inside(node, self.holding.processes)
            ended = [self._ended(inner, one) for one in running(entry)] if inner else []
            if ended:
                within[node.id] = frozenset().union(*ended)
        before = self.holding.before(scope, begins, within)
        for name, states in before.items():
            self._look(scope.nodes[name], states, fresh=name not in within or loops(scope.nodes[name]))
        return before

    def _ended(self, inner: Scope, entries: Sequence[Entry]) -> States:
        before = self.through(inner, entries)
        return frozenset().union(*(before.get(end.id, frozenset()) for end in _ends(inner))) or self.states

    def _look(self, node: Node, states: States, *, fresh: bool) -> None:
        operation = self.holding.operation(node)
        if operation is not None and operation.ledger == "occupies" and NOTHING in states:
            self.unheld.setdefault(operation.name, node)
        inner = inside(node, self.holding.processes)
        if inner is not None and fresh and (inner.id, states) not in self.seen:
            self.seen.add((inner.id, states))
            for name, then in self.holding.from_start(inner, states).items():
                self._look(inner.nodes[name], then, fresh=True)


def running(entry: Entry) -> Iterator[Sequence[Entry]]:
    """The tokens inside an activity, of each of its iterations that has begun."""
    if entry.get("tokens"):
        yield entry["tokens"]
    yield from (one["tokens"] for one in entry.get("instances", ()) if one.get("tokens"))


def _ends(scope: Scope) -> Iterable[Node]:
    return [node for node in scope.nodes.values() if node.kind == "endEvent"]


def loops(node: Node) -> bool:
    """Whether an activity is done once for each of several."""
    return any(child.tag.endswith("LoopCharacteristics") for child in node.element.iterchildren())
