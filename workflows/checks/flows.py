"""Sequence flows and gateways: splits, conditions, defaults, reachability, joins in loops."""

from collections.abc import Iterator

from workflows.checks.constructs import is_event_subprocess
from workflows.checks.cycles import components, successors
from workflows.checks.diagram import ACTIVITIES, EVENTS, Diagram, Flow, Node, Scope
from workflows.checks.findings import Finding, error, warning
from workflows.xml import texts_of

SPLIT = error(
    "flow.implicit_split",
    ("“{name}”有 {count} 条流出的顺序流，却没有网关。", '"{name}" has {count} outgoing flows without a gateway.'),
    (
        "在它之后加一个网关：并行网关同时走，排他网关择一走。",
        "Put a gateway behind it: parallel to take all, exclusive to take one.",
    ),
)
CONDITION_PLACE = error(
    "flow.condition_ignored",
    (
        "从“{name}”流出的顺序流带有条件：条件会被忽略；只有这一条路时，不成立案件就停在这里。",
        'The condition of the flow out of "{name}" would be ignored, or stop the case where it is the only way.',
    ),
    (
        "把条件放到排他或包容网关之后，且该网关至少有两条流出。",
        "Put it behind an exclusive or inclusive gateway that has at least two outgoing flows.",
    ),
)
NO_CONDITION = error(
    "flow.no_condition",
    (
        "网关“{name}”之后的顺序流没有条件，也不是默认流。",
        'A flow out of gateway "{name}" has no condition and is not the default.',
    ),
    ("写条件（以 = 开头的 FEEL），或设为默认流。", "Write a condition (FEEL after =) or make it the default flow."),
)
DEFAULT_CONDITION = error(
    "flow.default_with_condition",
    ("“{name}”的默认流带有条件，条件会被忽略。", 'The default flow of "{name}" has a condition that would be ignored.'),
    ("删去默认流的条件。", "Remove the condition of the default flow."),
)
BAD_DEFAULT = error(
    "flow.unknown_default",
    ("“{name}”的默认流 {flow} 不是它的流出顺序流。", 'The default flow {flow} of "{name}" does not leave it.'),
    ("重新选择默认流。", "Choose the default flow again."),
)
NO_DEFAULT = warning(
    "gateway.no_default",
    (
        "网关“{name}”没有默认流；若无条件成立，流程停在此处。",
        'Gateway "{name}" has no default flow; when no condition holds, the case stops there.',
    ),
    ("把其中一条设为默认流。", "Make one of the flows the default."),
)
EVENT_TARGET = error(
    "gateway.event_target",
    (
        "事件网关“{name}”之后的“{target}”不能作为等待的事件。",
        '"{target}" behind event-based gateway "{name}" cannot be waited for.',
    ),
    (
        "事件网关之后只能是定时、消息中间捕获事件或接收任务，且只有一条流入。",
        "Only timer and message catch events and receive tasks with one incoming flow may follow.",
    ),
)
FEW_EVENTS = error(
    "gateway.event_count",
    ("事件网关“{name}”之后少于两个事件。", 'Fewer than two events follow event-based gateway "{name}".'),
    ("补充事件，或直接使用中间捕获事件。", "Add events, or use an intermediate catch event alone."),
)
DOUBLE = error(
    "flow.double",
    (
        "从“{source}”到网关“{name}”有两条顺序流，汇合时只算一条。",
        'Two flows lead from "{source}" to gateway "{name}"; the join would count them as one.',
    ),
    ("删去一条，或在其中一条上加任务。", "Remove one of them or put a task on it."),
)
INCLUSIVE_LOOP = error(
    "gateway.inclusive_join_in_loop",
    (
        "包容网关“{name}”与{others}在同一个回路里汇合，可能互相等待。",
        'Inclusive gateway "{name}" joins in the same loop as {others}: they may wait for each other.',
    ),
    (
        "一个回路里只留一处包容汇合：其余移出回路，或放进子流程、改用并行网关。",
        "Leave one inclusive join in a loop: move the others out of it, into a subprocess, or use parallel gateways.",
    ),
)
NO_INCOMING = error(
    "flow.never_reached",
    ("“{name}”没有流入的顺序流，永远不会执行。", 'No flow leads to "{name}"; it would never be reached.'),
    ("从前一步连一条顺序流，或删去它。", "Connect it with the step before, or remove it."),
)
DEAD_END = error(
    "flow.dead_end",
    ("“{name}”之后没有顺序流，流程到此没有结束事件。", 'Nothing follows "{name}" and it is not an end event.'),
    ("连到下一步或结束事件。", "Connect it with the next step or an end event."),
)
END_OUTGOING = error(
    "flow.after_end",
    ("结束事件“{name}”之后还有顺序流。", 'A sequence flow leaves end event "{name}".'),
    ("删去它，或改用中间抛出事件。", "Remove it, or use an intermediate throw event."),
)
BEFORE_START = error(
    "flow.before_start",
    ("有顺序流进入开始事件“{name}”。", 'A sequence flow leads into start event "{name}".'),
    ("把它连到开始事件之后的一步。", "Connect it with the step after the start event."),
)

_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """All rules about flows and gateways."""
    for scope in diagram.scopes():
        for node in scope.nodes.values():
            yield from _ends(diagram, node)
            yield from _outgoing(diagram, node)
            if node.kind in _CHOOSING and len(node.outgoing) > 1:
                yield from _choices(diagram, node)
            if node.kind == "eventBasedGateway":
                yield from _events(diagram, node)
            if node.kind in ("parallelGateway", "inclusiveGateway"):
                yield from _doubles(diagram, node)
        yield from _inclusive_joins(diagram, scope)


def _ends(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if node.kind == "startEvent" and node.incoming:
        yield diagram.find(BEFORE_START, node, name=node.name)
    if node.kind == "endEvent" and node.outgoing:
        yield diagram.find(END_OUTGOING, node, name=node.name)
    if is_event_subprocess(node) or node.scope.kind == "adHocSubProcess":
        return
    if node.element.get("isForCompensation") in ("true", "1") or node.event in ("compensate", "link"):
        return
    if not node.incoming and node.kind not in ("startEvent", "boundaryEvent"):
        yield diagram.find(NO_INCOMING, node, name=node.name)
    if not node.outgoing and node.kind != "endEvent":
        yield diagram.find(DEAD_END, node, name=node.name)


def _outgoing(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if len(node.outgoing) > 1 and node.kind in ACTIVITIES | EVENTS and node.kind != "endEvent":
        yield diagram.find(SPLIT, node, name=node.name, count=len(node.outgoing))
    default = node.element.get("default")
    if default and default not in {flow.id for flow in node.outgoing}:
        yield diagram.find(BAD_DEFAULT, node, name=node.name, flow=default)
    for flow in node.outgoing:
        if not _conditional(flow):
            continue
        if default == flow.id:
            yield diagram.find(DEFAULT_CONDITION, flow, name=node.name)
        elif node.kind not in _CHOOSING or len(node.outgoing) < 2:
            yield diagram.find(CONDITION_PLACE, flow, name=node.name)


def _choices(diagram: Diagram, node: Node) -> Iterator[Finding]:
    default = node.element.get("default")
    for flow in node.outgoing:
        if flow.id != default and not _conditional(flow):
            yield diagram.find(NO_CONDITION, flow, name=node.name)
    if not default:
        yield diagram.find(NO_DEFAULT, node, name=node.name)


def _events(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if len(node.outgoing) < 2:
        yield diagram.find(FEW_EVENTS, node, name=node.name)
    for flow in node.outgoing:
        target = flow.target
        if target is None:
            continue
        waits = target.kind == "receiveTask" or (
            target.kind == "intermediateCatchEvent" and target.event in ("timer", "message")
        )
        if not waits or len(target.incoming) != 1:
            yield diagram.find(EVENT_TARGET, node, name=node.name, target=target.name)


def _doubles(diagram: Diagram, node: Node) -> Iterator[Finding]:
    seen: set[str] = set()
    for flow in node.incoming:
        if flow.source is None:
            continue
        if flow.source.id in seen:
            yield diagram.find(DOUBLE, flow, name=node.name, source=flow.source.name)
        seen.add(flow.source.id)


def _inclusive_joins(diagram: Diagram, scope: Scope) -> Iterator[Finding]:
    """Inclusive joins on one circle: each may wait for what the other holds back (BPMN 2.0.2 §13.4.3)."""
    joins = [n for n in scope.nodes.values() if n.kind == "inclusiveGateway" and len(n.incoming) > 1]
    if len(joins) < 2:
        return
    for circle in components(successors(scope)):
        around = [node for node in joins if node.id in circle]
        for node in around if len(around) > 1 else ():
            others = [other.name for other in around if other is not node]
            yield diagram.find(INCLUSIVE_LOOP, node, name=node.name, others=others)


def _conditional(flow: Flow) -> bool:
    return flow.condition is not None and bool(texts_of(flow.condition).strip())
