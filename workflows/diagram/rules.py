"""What a single element must look like to be executed; everything else is refused with a remedy."""

from collections.abc import Iterator

from workflows.diagram.elements import Element, Model
from workflows.diagram.faults import fault
from workflows.errors import Fault

RESERVED = frozenset({"Start", "End", "Root"})
TASKS = frozenset(
    {"userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "task", "manualTask"}
)
SCOPES = frozenset({"subProcess", "callActivity"})
ACTIVITIES = TASKS | SCOPES
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
CATCHES = frozenset({"intermediateCatchEvent", "receiveTask"})
EVENTS = {
    "startEvent": {"none"},
    "endEvent": {"none", "message", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"timer", "message"},
    "intermediateThrowEvent": {"none", "message", "escalation"},
    "boundaryEvent": {"timer", "message", "error", "escalation"},
}
OUTCOMES = frozenset({"completed", "rejected", "withdrawn", "cancelled", "expired"})
KINDS = ACTIVITIES | GATEWAYS | EVENTS.keys()
_CONDITIONAL = frozenset({"exclusiveGateway", "inclusiveGateway"})
_LISTENERS = frozenset({"executionListeners", "taskListeners"})
_LISTENER = ("把监听器要做的事画成服务任务", "draw what the listener does as a service task")
_INSTEAD = {
    "executionListeners": _LISTENER,
    "taskListeners": _LISTENER,
    "complexGateway": ("用排他、并行或包容网关表达", "use exclusive, parallel or inclusive gateways"),
    "eventSubProcess": ("改用边界事件", "use boundary events"),
    "transaction": ("改用普通子流程和错误边界事件", "use a sub process with an error boundary event"),
    "adHocSubProcess": ("改用普通子流程", "use a plain sub process"),
    "standardLoop": ("用网关画出循环，或用多实例", "draw the loop with a gateway, or use multi-instance"),
    "signal": ("改用消息事件", "use a message event"),
    "link": ("直接连线", "connect the elements directly"),
    "compensate": ("用服务任务撤回", "undo with a service task"),
    "conditional": ("用排他网关判断", "decide with an exclusive gateway"),
    "multiple": ("拆成几个事件", "draw several events"),
    "cancel": ("改用错误事件", "use an error event"),
    "an event without a definition": (
        "选择定时、消息、错误或升级事件",
        "choose a timer, message, error or escalation event",
    ),
    "timer": ("把定时开始事件画在主流程里", "draw a timer start event in the main process only"),
    "message": ("由接口发起", "start it through the API"),
}
_OTHERWISE = ("删除它，或用受支持的元素代替", "remove it or use a supported element")


def shape(model: Model) -> Iterator[Fault]:
    """Faults of form: kinds, events, connections. Texts are looked at when they are compiled."""
    yield from _starts(model, model.process)
    for element in model.elements.values():
        if element.kind == "sequenceFlow":
            yield from _flow(element, model)
            continue
        if element.id in RESERVED or element.id.endswith((" [child]", ".EndJoin")):
            yield fault("diagram.reserved_id", element, id=element.id)
        yield from _kind(element)
        yield from _wiring(element, model)
        if element.kind == "subProcess":
            yield from _starts(model, element)


def _kind(element: Element) -> Iterator[Fault]:
    if element.kind not in KINDS:
        yield _unsupported(element, element.kind)
    elif element.kind != "startEvent" and element.event.kind not in EVENTS.get(element.kind, {element.event.kind}):
        undefined = element.event.kind == "none"
        yield _unsupported(element, "an event without a definition" if undefined else element.event.kind)
    if element.kind == "endEvent" and element.properties.get("outcome", "completed") not in OUTCOMES:
        yield fault("diagram.outcome", element, text=element.properties["outcome"])
    for name in _LISTENERS & element.zeebe.keys():
        yield _unsupported(element, name)
    if element.loop and "standard" in element.loop:
        yield _unsupported(element, "standardLoop")
    elif element.loop is not None and element.kind not in ACTIVITIES:
        yield _unsupported(element, "multiInstance")


def _unsupported(element: Element, construct: str) -> Fault:
    chinese, english = _INSTEAD.get(construct, _OTHERWISE)
    return fault("diagram.unsupported", element, construct=construct, instead_zh=chinese, instead=english)


def _starts(model: Model, scope: Element) -> Iterator[Fault]:
    starts = [element for element in model.within(scope.id) if element.kind == "startEvent"]
    for start in starts:
        by_itself = start.event.kind == "timer" and scope.kind == "process"
        if start.event.kind != "none" and not by_itself:
            yield _unsupported(start, start.event.kind)
    if len(starts) != 1:
        yield fault("diagram.start_event", scope, count=len(starts))


def _flow(flow: Element, model: Model) -> Iterator[Fault]:
    source = model.elements.get(flow.source)
    if source is None or flow.condition is None:
        return
    if source.kind not in _CONDITIONAL:
        yield fault("diagram.conditional_flow", flow)


def _wiring(element: Element, model: Model) -> Iterator[Fault]:
    if element.kind in ("startEvent", "boundaryEvent") and element.incoming:
        yield fault("diagram.incoming", element, kind=element.kind)
    if element.kind == "endEvent" and element.outgoing:
        yield fault("diagram.outgoing", element)
    elif len(element.outgoing) > 1 and element.kind not in GATEWAYS:
        yield fault("diagram.implicit_split", element, count=len(element.outgoing))
    if element.kind in _CONDITIONAL and len(element.outgoing) > 1:
        for name in element.outgoing:
            if name != element.default and not model.elements[name].condition:
                yield fault("diagram.no_condition", element, flow=name)
    if element.kind in ("parallelGateway", "inclusiveGateway"):
        sources = [model.elements[name].source for name in element.incoming]
        if len(set(sources)) < len(sources):
            yield fault("diagram.double_flow", element)
    if element.kind == "boundaryEvent":
        host = model.elements.get(element.attached_to or "")
        if host is None or host.scope != element.scope or host.kind not in ACTIVITIES:
            yield fault("diagram.attached", element)
    if element.kind == "eventBasedGateway":
        yield from _choices(element, model)


def _choices(gateway: Element, model: Model) -> Iterator[Fault]:
    targets = [model.elements[model.elements[name].target] for name in gateway.outgoing]
    if not targets or any(target.kind not in CATCHES or len(target.incoming) != 1 for target in targets):
        yield fault("diagram.event_gateway", gateway)
