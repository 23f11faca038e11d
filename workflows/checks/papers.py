"""Decisions on paper (paper=allowed): not where the contents of a step are nobody else's business."""

from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.checks.diagram import Diagram, Node
from workflows.checks.findings import Finding, error

CONFIDENTIAL = error(
    "paper.confidential",
    (
        "“{name}”涉及健康，不能代录书面决定：代录人会看到内容。",
        '"{name}" is confidential: a decision on paper cannot be recorded, since its recorder would read it.',
    ),
    ("删去 paper 或 confidential。", "Take out paper or confidential."),
)


def check(diagram: Diagram, node: Node, found: Mapping[str, etree._Element]) -> Iterator[Finding]:
    """What does not go together with a decision on paper; `found` are the properties of one user task."""
    if "paper" in found and "confidential" in found:
        yield diagram.find(CONFIDENTIAL, found["paper"], name=node.name)
