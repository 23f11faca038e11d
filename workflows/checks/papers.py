"""Decisions on paper and of meetings: not where a step is nobody else's business, nor beside another way to decide."""

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


COLLECTIVE = error(
    "collective.setting",
    (
        "“{name}”由会议集体研究决定，不能同时设 {property}“{value}”。",
        '"{name}" is decided by a meeting, which does not go with {property} "{value}".',
    ),
    (
        "删去：集体研究由秘书录入、主持人确认，不逐人签署，也不另录书面决定。",
        "Take it out: a secretary enters the minutes and the chair confirms them; nobody signs, no other paper counts.",
    ),
)


def check(diagram: Diagram, node: Node, found: Mapping[str, etree._Element]) -> Iterator[Finding]:
    """What does not go together with a decision on paper; `found` are the properties of one user task."""
    if "paper" in found and "confidential" in found:
        yield diagram.find(CONFIDENTIAL, found["paper"], name=node.name)
    if "collective" not in found:
        return
    for name in ("paper", "confidential", "signing"):
        value = found[name].get("value", "") if name in found else "single"
        if value != "single":
            yield diagram.find(COLLECTIVE, found[name], name=node.name, property=name, value=value)
