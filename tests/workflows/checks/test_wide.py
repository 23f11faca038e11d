"""Very wide and very dense diagrams are answered at once: what the gate cannot look through it says."""

import time

import pytest

from tests.workflows.checks.drawing import CONTEXT, END, START, element, flow, process, user
from workflows.checks import check

WIDE = 400
CPU_SECONDS = 6.0
"""Of any size that a file may have; a tenth of it is what they take, minutes were what they took."""


def wide(kind: str, join: str, condition: str | None = None) -> bytes:
    """A gateway with very many branches of a step each."""
    names = [f"t{number}" for number in range(WIDE)]
    flows = [flow("a", name, condition) + flow(name, join) for name in names]
    joined = element(kind, "b") + flow("b", "e") if join == "b" else ""
    return process(START, element(kind, "a"), *map(user, names), END, flow("s", "a"), *flows, joined)


def dense(kind: str, size: int) -> bytes:
    """Gateways that all lead to all others."""
    names = [f"g{number}" for number in range(size)]
    flows = [
        flow(one, other, None if kind == "parallelGateway" else "=x")
        for one in names
        for other in names
        if one < other or (kind != "parallelGateway" and one != other)
    ]
    ends = [flow(name, "e", name=f"last_{name}") for name in names]
    gates = [element(kind, name, default=f"last_{name}") for name in names]
    return process(START, *gates, END, flow("s", names[0]), *flows, *ends)


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (wide("parallelGateway", "b"), None),
        (wide("parallelGateway", "e"), "sound.twice"),
        (wide("inclusiveGateway", "b", "=x"), "sound.not_explored"),
        (dense("inclusiveGateway", 60), None),
        (dense("parallelGateway", 40), "sound.not_explored"),
        (dense("exclusiveGateway", 60), None),
    ],
    ids=["parallel", "parallel-ends", "inclusive", "dense-inclusive", "dense-parallel", "dense-exclusive"],
)
def test_a_very_wide_or_dense_diagram_is_answered_at_once(xml: bytes, rule: str | None) -> None:
    began = time.process_time()
    found = {finding.rule.id for finding in check({"flow.bpmn": xml}, CONTEXT)}
    assert time.process_time() - began < CPU_SECONDS
    assert rule is None or rule in found
