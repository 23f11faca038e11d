"""Variables that elements write, and elements that may write one variable at the same time: who comes last wins."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

from workflows.checks import game
from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node
from workflows.checks.findings import Finding, warning
from workflows.xml import zeebe

AT_ONCE = warning(
    "data.written_at_once",
    (
        "“{first}”和“{second}”可能同时进行，又都写变量 {names}：后写的会盖掉先写的。",
        '"{first}" and "{second}" can be active at once and both write {names}: who comes last overwrites the other.',
    ),
    (
        "各写各的变量（用 result 或 ioMapping 的 output 改名），汇合之后再合并。",
        "Let each write a variable of its own (result, or an output of ioMapping) and bring them together after the "
        "join.",
    ),
)

_WRITE = re.compile(r"([\w.\-]+)\s*:\s*(?:write|required)")


def written(node: Node, context: GateContext) -> frozenset[str]:
    """The variables of the case that an element writes: its outputs, or its result and what is filled in or set."""
    outputs = [output.get("target", "") for output in node.element.iterfind(f".//{zeebe('output')}")]
    names = set(outputs) if outputs and node.body is None else {*outputs, *results(node, context)}
    names |= {loop.get("outputCollection", "") for loop in node.element.iterfind(f".//{zeebe('loopCharacteristics')}")}
    return frozenset(name.partition(".")[0] for name in names if name)


def results(node: Node, context: GateContext) -> Iterator[str]:
    """The variables that an element sets by itself, before output mappings rename them."""
    for name in ("script", "calledDecision"):
        for extension in node.extensions(name):
            yield extension.get("resultVariable", "")
    definition = node.extension("taskDefinition")
    if definition is not None and definition.get("type") in context.operations:
        yield from context.operations[definition.get("type", "")].writes
    if node.kind == "userTask":
        found = {name: element.get("value", "") for name, element in node.properties().items()}
        yield found.get("result") or node.id
        yield from _WRITE.findall(found.get("fields", ""))


def check(diagram: Diagram, context: GateContext) -> Iterator[Finding]:
    """Every element that writes a variable which one of a different branch writes, with the first such one."""
    for scope in diagram.scopes():
        net = game.Net(scope, frozenset(), frozenset())
        writes = {node.id: written(node, context) for node in net.nodes}
        found: dict[str, str] = {}
        for first, second in _pairs(net, writes):
            if first != second:
                found[second] = min(first, found.get(second, first))
        for second, first in sorted(found.items()):
            names = sorted(writes[first] & writes[second])
            nodes = net.scope.nodes
            yield diagram.find(AT_ONCE, nodes[second], first=nodes[first].name, second=nodes[second].name, names=names)


def _pairs(net: game.Net, writes: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Of each variable and each two sides that write it, the first of one side with all of the other, in order."""
    writers: dict[str, set[str]] = {}
    for node, names in writes.items():
        for name in names:
            writers.setdefault(name, set()).add(node)
    several = [nodes for nodes in writers.values() if len(nodes) > 1]
    for one, other in (sides for fork in game.forks(net) for sides in fork.sides()) if several else ():
        for nodes in several:
            here, there = sorted(one & nodes), sorted(other & nodes)
            for first, second in (*product(here[:1], there), *product(here, there[:1])):
                yield min(first, second), max(first, second)
