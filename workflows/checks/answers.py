"""Decisions that nothing reads: whoever refuses would find that the case goes on as if everybody had agreed."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node
from workflows.checks.expressions import places
from workflows.checks.findings import Finding, warning
from workflows.checks.texts import constant_of
from workflows.xml import local, zeebe

UNREAD = warning(
    "decision.unread",
    (
        "“{name}”可以选 {decisions}，但没有任何条件看它的结果：选哪一个，案件都照样往下走。",
        '"{name}" offers {decisions}, but nothing reads what was decided: the case goes on alike, whichever it is.',
    ),
    (
        '在它之后画排他网关，条件写 ={result}.decision = "…"；或只留一个决定。',
        'Draw an exclusive gateway behind it with conditions as ={result}.decision = "…", or leave one decision.',
    ),
)
_BALLOTS = ("passed", "failed", "no_quorum")


def check(
    diagrams: Mapping[str, Diagram], decisions: Mapping[str, etree._Element], context: GateContext
) -> Iterator[Finding]:
    """One finding for each user task with several outcomes of which no expression, table or operation reads any."""
    text = "\n".join(_texts(diagrams, decisions, context))
    for diagram in diagrams.values():
        for node in diagram.nodes():
            if node.kind != "userTask":
                continue
            values = {name: found.get("value", "") for name, found in node.properties().items()}
            offered, result = _offered(values), values.get("result") or node.id
            if len(offered) > 1 and not re.search(rf"(?<!\w){re.escape(result)}(?!\w)", text):
                yield diagram.find(UNREAD, node, name=node.name, decisions=offered, result=result)


def _offered(values: Mapping[str, str]) -> list[str]:
    """The decisions that a step offers; of a vote its results."""
    if constant_of(values.get("signing", "")) == "vote":
        return list(_BALLOTS)
    stated = constant_of(values.get("decisions", "")) or ""
    return list(dict.fromkeys(part.strip() for part in stated.replace("，", ",").split(",") if part.strip()))


def _texts(
    diagrams: Mapping[str, Diagram], decisions: Mapping[str, etree._Element], context: GateContext
) -> Iterator[str]:
    """Every text that may read a variable, and the variables that operations read."""
    for diagram in diagrams.values():
        yield from (place.text for place in places(diagram))
        for node in diagram.nodes():
            operation = context.operations.get(_operation(node))
            yield from operation.reads if operation is not None else ()
    for root in decisions.values():
        yield from (element.text for element in root.iter() if local(element) == "text" and element.text)


def _operation(node: Node) -> str:
    found = node.element.find(f".//{zeebe('taskDefinition')}")
    return "" if found is None else str(found.get("type", ""))
