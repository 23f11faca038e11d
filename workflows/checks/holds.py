"""What is reserved in the ledger: every way that reserves ends by occupying or releasing it (policy §2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node, Scope
from workflows.checks.findings import Finding, error
from workflows.checks.held import HOLDS, NOTHING, SETTLED, Holding
from workflows.checks.ways import Ways, words

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


def check(diagrams: Mapping[str, Diagram], settings: Mapping[str, Any], context: GateContext) -> Iterator[Finding]:
    """Ends that are reached with something held. `[ledger] held` of flow.toml names processes that begin so."""
    ledger = settings.get("ledger")
    held = ledger.get("held") if isinstance(ledger, Mapping) else None
    begins = frozenset(held) if isinstance(held, list) else frozenset()
    processes = {process.id: process for diagram in diagrams.values() for process in diagram.processes}
    holding = Holding(context.operations, processes)
    settling = sorted(name for name, one in context.operations.items() if one.ledger in ("settles", "occupies"))
    for diagram in diagrams.values():
        for process in diagram.running():
            first = HOLDS if process.id in begins else NOTHING
            for end, way in _unsettled(holding, process, first):
                yield diagram.find(HELD, end, name=end.name, path=words(way), settling=settling)


def _unsettled(holding: Holding, scope: Scope, first: str) -> Iterator[tuple[Node, list[Node]]]:
    """The end events that a token may come to while something is held, with a way there."""
    reached = holding.from_start(scope, frozenset({first}))
    start = next(one for one in scope.nodes.values() if one.kind == "startEvent")
    sources = [start] if first == HOLDS else [n for n in scope.nodes.values() if holding.effect(n) == HOLDS]
    ways, to_source = Ways(sources, lambda one: holding.effect(one) == SETTLED), Ways([start])
    for node in scope.nodes.values():
        if node.kind == "endEvent" and HOLDS in reached.get(node.id, ()):
            way = ways.to(node)
            yield node, [*to_source.to(way[0])[:-1], *way]
