"""BPMN constructs that the engine gets wrong or does not know (engine-notes.md, "must refuse")."""

from collections.abc import Iterator

from workflows.checks.diagram import FOREIGN, SCOPES, Diagram, Node
from workflows.checks.findings import Finding, Rule, error
from workflows.xml import BPMN, bpmn, local, truth

COMPENSATION = error(
    "construct.compensation",
    ("“{name}”使用补偿，引擎不执行补偿。", '"{name}" uses compensation, which is not carried out.'),
    (
        "改画一条明确的撤销路径：网关之后接执行相反操作的服务任务。",
        "Draw the way back: a gateway and a service task that calls the opposite operation.",
    ),
)
LINK = error(
    "construct.link",
    ("“{name}”是链接事件，引擎不支持。", '"{name}" is a link event, which is not supported.'),
    ("用顺序流把两端直接连起来，或放进子流程。", "Connect both ends with a sequence flow, or use a subprocess."),
)
COMPLEX = error(
    "construct.complex_gateway",
    ("“{name}”是复杂网关，引擎会忽略其条件。", '"{name}" is a complex gateway; its condition would be ignored.'),
    (
        "改用排他、包容或并行网关；多人签署用用户任务的 signing。",
        "Use an exclusive, inclusive or parallel gateway; several signers are the signing of one user task.",
    ),
)
SIGNAL_END = error(
    "construct.signal_end",
    ("结束事件“{name}”抛出信号，引擎不会发出。", 'End event "{name}" throws a signal that would never be sent.'),
    ("在普通结束事件之前加一个信号中间抛出事件。", "Put an intermediate signal throw event before a plain end event."),
)
SIGNAL = error(
    "construct.signal",
    ("“{name}”是信号事件，引擎不支持。", '"{name}" is a signal event, which is not supported.'),
    (
        "改用消息事件；通知其他流程用消息和关联键。",
        "Use a message event; other cases are told by message and correlation key.",
    ),
)
AD_HOC = error(
    "construct.ad_hoc",
    ("“{name}”是临时（ad-hoc）子流程，引擎不支持。", '"{name}" is an ad-hoc subprocess, which is not supported.'),
    ("改用普通子流程并画出顺序。", "Use an embedded subprocess and draw the order."),
)
TRANSACTION = error(
    "construct.transaction",
    ("“{name}”是事务或取消事件，引擎不支持。", '"{name}" is a transaction or a cancel event, which is not supported.'),
    ("改用普通子流程加错误边界事件。", "Use an embedded subprocess with an error boundary event."),
)
CONDITIONAL = error(
    "construct.conditional_event",
    ("“{name}”是条件事件，引擎不支持。", '"{name}" is a conditional event, which is not supported.'),
    (
        "改用消息事件，或在数据变化之后用排他网关判断。",
        "Use a message event, or an exclusive gateway after the step that changes the data.",
    ),
)
MULTIPLE = error(
    "construct.multiple_event",
    ("“{name}”含有多个事件定义，引擎不支持。", '"{name}" has several event definitions, which is not supported.'),
    ("拆成多个事件，或在事件网关后分别画出。", "Split it into single events, or use an event-based gateway."),
)
EVENT_SUBPROCESS = error(
    "construct.event_subprocess",
    (
        "事件子流程“{name}”（{start}，{how}）会被错误执行。",
        'Event subprocess "{name}" ({start}, {how}) would be run wrongly.',
    ),
    (
        "改用边界事件：把主流程放进子流程，在其上附加边界事件。",
        "Use a boundary event: put the main part into a subprocess and attach the event to it.",
    ),
)
STANDARD_LOOP = error(
    "construct.standard_loop",
    ("“{name}”使用标准循环标记，引擎不支持。", '"{name}" has a standard loop marker, which is not supported.'),
    ("用排他网关画出回路，或改用多实例。", "Draw the loop with an exclusive gateway, or use multi-instance."),
)
UNKNOWN = error(
    "construct.unknown",
    ("“{name}”的类型 {kind} 不能执行。", '"{name}" is of type {kind}, which cannot be executed.'),
    ("改用任务、网关、事件或子流程。", "Use a task, a gateway, an event or a subprocess."),
)

_BY_EVENT = {
    "compensate": COMPENSATION,
    "link": LINK,
    "cancel": TRANSACTION,
    "conditional": CONDITIONAL,
    "multiple": MULTIPLE,
}
_BY_KIND = {"complexGateway": COMPLEX, "adHocSubProcess": AD_HOC, "transaction": TRANSACTION}
_INTERRUPTING, _PARALLEL = ("中断", "interrupting"), ("不中断", "non-interrupting")


def check(diagram: Diagram) -> Iterator[Finding]:
    """Every node that is a construct the gate refuses."""
    for node in diagram.nodes():
        for rule in _rules_of(node):
            yield diagram.find(rule, node, name=node.name)
        if is_event_subprocess(node):
            yield from _event_subprocess(diagram, node)
    for scope in diagram.scopes():
        for element in scope.element.iterchildren(f"{{{BPMN}}}*"):
            if local(element) in FOREIGN:
                yield diagram.find(UNKNOWN, element, name=element.get("name") or element.get("id"), kind=local(element))


def is_event_subprocess(node: Node) -> bool:
    """Whether a node is a subprocess that an event starts."""
    return node.kind in SCOPES and truth(node.element.get("triggeredByEvent"))


def _rules_of(node: Node) -> Iterator[Rule]:
    if node.kind in _BY_KIND:
        yield _BY_KIND[node.kind]
    if node.event in _BY_EVENT:
        yield _BY_EVENT[node.event]
    if truth(node.element.get("isForCompensation")):
        yield COMPENSATION
    if node.kind == "endEvent" and node.event == "signal":
        yield SIGNAL_END
    elif node.event == "signal":
        yield SIGNAL
    if node.element.find(bpmn("standardLoopCharacteristics")) is not None:
        yield STANDARD_LOOP


def _event_subprocess(diagram: Diagram, node: Node) -> Iterator[Finding]:
    starts = [n for n in node.body.nodes.values() if n.kind == "startEvent"] if node.body else []
    start = starts[0].event if starts else ""
    interrupting = truth(starts[0].element.get("isInterrupting"), default=True) if starts else True
    how = _INTERRUPTING if interrupting else _PARALLEL
    yield diagram.find(EVENT_SUBPROCESS, node, name=node.name, start=start or "none", how=how)
