"""Steps that the policy demands on every way: `[mandatory]` of flow.toml says which, before which element."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.checks.diagram import Diagram, Node
from workflows.checks.findings import Finding, error
from workflows.checks.forms import lines_of
from workflows.checks.ways import shortest, words
from workflows.settings import OWN

SKIPPED = error(
    "route.mandatory_skipped",
    (
        "可以绕过必经的“{name}”到达“{target}”：{path}。",
        'The mandatory step "{name}" can be passed by on the way to "{target}": {path}.',
    ),
    ("让每一条到“{target}”的路都经过“{name}”。", 'Lead every way to "{target}" through "{name}".'),
)
ABSENT = error(
    "route.mandatory_absent",
    (
        "必经的步骤“{step}”（在“{target}”之前）不在流程图里。",
        'The mandatory step "{step}" (before "{target}") is in no diagram.',
    ),
    (
        "把它画回来，或经批准后改 flow.toml 的 [mandatory]。",
        "Draw it again, or change [mandatory] of flow.toml if that was decided.",
    ),
)


def check(diagrams: Mapping[str, Diagram], settings: Mapping[str, Any], text: bytes) -> Iterator[Finding]:
    """Mandatory steps that are gone or that some way passes by; `text` is the flow.toml itself, for its lines."""
    mandatory = settings.get("mandatory")
    nodes = {node.id: (diagram, node) for diagram in diagrams.values() for node in diagram.nodes()}
    for target, steps in mandatory.items() if isinstance(mandatory, Mapping) else ():
        for step in steps if isinstance(steps, list) else ():
            missing = [name for name in (target, step) if name not in nodes]
            if missing:
                line = lines_of(text).get(f"mandatory.{target}", 1)
                yield Finding(ABSENT, OWN, line, missing[0], {"step": missing[0], "target": target})
            else:
                yield from _skipped(*nodes[target], nodes[step][1])


def _skipped(diagram: Diagram, target: Node, step: Node) -> Iterator[Finding]:
    """A way from the start to the target without the step; both lie in one scope or the step is never on the way."""
    start = next((node for node in target.scope.nodes.values() if node.kind == "startEvent"), None)
    if start is None:
        return
    way = shortest(start, target, lambda node: node is step)
    if len(way) > 1:
        yield diagram.find(SKIPPED, step, name=step.name, target=target.name, path=words(way))
