"""Start, end, boundary and waiting events: where they may stand, what they must name, timers that never end."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from lxml import etree

from workflows.calendar_rules import REMEDY, parse_rule
from workflows.checks.constructs import is_event_subprocess
from workflows.checks.diagram import ACTIVITIES, Diagram, Node, Scope, properties_of
from workflows.checks.findings import Finding, error
from workflows.checks.texts import constant_of
from workflows.errors import Invalid
from workflows.series import REMEDY as SERIES
from workflows.series import parse_series
from workflows.xml import bpmn, local, texts_of, truth, zeebe

NO_START = error(
    "event.no_start",
    ("“{name}”没有开始事件。", '"{name}" has no start event.'),
    ("加一个普通（空）开始事件。", "Add a plain start event."),
)
MANY_STARTS = error(
    "event.many_starts",
    ("“{name}”有 {count} 个开始事件：{events}。", '"{name}" has {count} start events: {events}.'),
    ("只保留一个普通开始事件，用排他网关分路。", "Keep one plain start event and branch with an exclusive gateway."),
)
START_KIND = error(
    "event.start_kind",
    (
        "开始事件“{name}”是 {event} 事件，不会被触发。",
        'Start event "{name}" is a {event} event that nothing would fire.',
    ),
    (
        "改为普通开始事件（由人或 API 发起），或在主流程用定时开始事件（按时自行发起）。",
        "Make it a plain start event (a person or the API starts the flow), or a timer start event of the process.",
    ),
)
START_RULE = error(
    "timer.start",
    ("定时开始事件“{name}”的“{rule}”无法识别。", 'The timer "{rule}" of the start event "{name}" cannot be read.'),
    (SERIES["zh"], SERIES["en"]),
)
NO_END = error(
    "event.no_end",
    ("“{name}”没有结束事件。", '"{name}" has no end event.'),
    ("加一个结束事件，把最后一步连到它。", "Add an end event and connect the last step to it."),
)
EVENT_KIND = error(
    "event.kind",
    ("{kind}“{name}”不能是 {event} 事件。", '{kind} "{name}" cannot be a {event} event.'),
    ("可用的类型：{allowed}。", "Use one of: {allowed}."),
)
NO_ATTACHMENT = error(
    "event.boundary_attachment",
    (
        "边界事件“{name}”没有附着在活动上（attachedToRef：{target}）。",
        'Boundary event "{name}" is not attached to an activity (attachedToRef: {target}).',
    ),
    ("把它拖到同一层的任务或子流程的边上。", "Drag it onto the border of a task or subprocess of the same level."),
)
BOUNDARY_INCOMING = error(
    "event.boundary_incoming",
    ("边界事件“{name}”不能有流入的顺序流。", 'Boundary event "{name}" cannot have an incoming sequence flow.'),
    ("删去流入的顺序流。", "Remove the incoming sequence flow."),
)
NO_REFERENCE = error(
    "event.no_reference",
    ("“{name}”没有指定 {event}。", '"{name}" does not say which {event}.'),
    ("在属性面板中选择或新建 {event}。", "Choose or create the {event} in the properties panel."),
)
NO_NAME = error(
    "event.no_name",
    ("“{name}”引用的 {event} 没有名称或代码。", 'The {event} of "{name}" has no name or code.'),
    ("为它填写名称（错误、升级：代码）。", "Give it a name (errors and escalations: a code)."),
)
NO_CORRELATION = error(
    "event.no_correlation",
    ("“{name}”等待消息，但没有关联键。", '"{name}" waits for a message without a correlation key.'),
    (
        "为消息填写 zeebe:subscription 的 correlationKey，如 =case_number。",
        "Give the message a zeebe:subscription with a correlationKey, for example =case_number.",
    ),
)
NO_TIMER = error(
    "timer.missing",
    ("“{name}”没有定时规则。", '"{name}" has no timer rule.'),
    (REMEDY["zh"], REMEDY["en"]),
)
UNREADABLE = error(
    "timer.unreadable",
    ("“{name}”的期限“{rule}”无法识别。", 'The deadline "{rule}" of "{name}" cannot be read.'),
    (REMEDY["zh"], REMEDY["en"]),
)
ZERO_PERIOD = error(
    "timer.zero_period",
    ("“{name}”的周期“{rule}”为零，会无限循环。", 'The period "{rule}" of "{name}" is zero and would never end.'),
    ("写一个大于零的周期，如 R3/P1D。", "Write a period longer than zero, for example R3/P1D."),
)
CYCLE = error(
    "timer.cycle_place",
    (
        "周期“{rule}”只能用在不中断的边界事件上，不能用在“{name}”。",
        'The cycle "{rule}" belongs on a non-interrupting boundary event, not on "{name}".',
    ),
    (
        "改为一个期限（5 workdays、P5D），或用不中断的边界事件。",
        "Write one deadline (5 workdays, P5D), or use a non-interrupting boundary event.",
    ),
)

PAUSE = error(
    "timer.pause",
    (
        "“{name}”的 pauseOnHolidays“{value}”无法识别。",
        'pauseOnHolidays "{value}" of "{name}" cannot be read.',
    ),
    ("写 true（寒暑假不计）或 false。", "Write true (school holidays are not counted) or false."),
)

ANY_ZONE = ZoneInfo("UTC")
_REFERENCES = {"message": "messageRef", "error": "errorRef", "escalation": "escalationRef"}
_ALLOWED = {
    "endEvent": ("", "terminate", "error", "escalation", "message"),
    "intermediateCatchEvent": ("timer", "message"),
    "intermediateThrowEvent": ("", "message", "escalation"),
    "boundaryEvent": ("timer", "message", "error", "escalation"),
}
_REFUSED_ELSEWHERE = ("compensate", "link", "cancel", "conditional", "multiple", "signal")


def check(diagram: Diagram) -> Iterator[Finding]:
    """All rules about events."""
    for scope in diagram.scopes():
        yield from _start_and_end(diagram, scope)
        for node in scope.nodes.values():
            yield from _kind(diagram, node)
            if node.kind == "boundaryEvent":
                yield from _boundary(diagram, node)
            if node.event in _REFERENCES or node.kind == "receiveTask":
                yield from _reference(diagram, node)
            for definition in node.events:
                if local(definition) == "timerEventDefinition":
                    yield from _timer(diagram, node, definition)


def _start_and_end(diagram: Diagram, scope: Scope) -> Iterator[Finding]:
    owner = scope.parent.nodes.get(scope.id) if scope.parent else None
    if scope.kind == "adHocSubProcess":
        return
    name = " ".join((scope.element.get("name") or scope.id).split())
    starts = [node for node in scope.nodes.values() if node.kind == "startEvent"]
    if not starts:
        yield diagram.find(NO_START, scope, name=name)
    if len(starts) > 1:
        yield diagram.find(MANY_STARTS, starts[1], name=name, count=len(starts), events=[n.id for n in starts])
    for node in starts:
        by_itself = node.event == "timer" and scope.kind == "process"
        if node.event and not by_itself and not (owner and is_event_subprocess(owner)):
            yield diagram.find(START_KIND, node, name=node.name, event=node.event)
    if not any(node.kind == "endEvent" for node in scope.nodes.values()):
        yield diagram.find(NO_END, scope, name=name)


def _kind(diagram: Diagram, node: Node) -> Iterator[Finding]:
    allowed = _ALLOWED.get(node.kind)
    if allowed is None or node.event in allowed or node.event in _REFUSED_ELSEWHERE:
        return
    shown = [event for event in allowed if event]
    yield diagram.find(EVENT_KIND, node, kind=node.kind, name=node.name, event=node.event or "none", allowed=shown)


def _boundary(diagram: Diagram, node: Node) -> Iterator[Finding]:
    target = node.element.get("attachedToRef", "")
    host = node.scope.nodes.get(target)
    if host is None or host.kind not in ACTIVITIES:
        yield diagram.find(NO_ATTACHMENT, node, name=node.name, target=target or "–")
    if node.incoming:
        yield diagram.find(BOUNDARY_INCOMING, node, name=node.name)


def _reference(diagram: Diagram, node: Node) -> Iterator[Finding]:
    event = node.event or "message"
    holder = node.events[0] if node.events else node.element
    reference = holder.get(_REFERENCES[event], "").rpartition(":")[2]
    if not reference:
        if not (node.kind == "boundaryEvent" and event in ("error", "escalation")):
            yield diagram.find(NO_REFERENCE, node, name=node.name, event=event)
        return
    target = diagram.ids.get(reference)
    if target is None:
        return
    attribute = {"error": "errorCode", "escalation": "escalationCode"}.get(event, "name")
    if not target.get(attribute):
        yield diagram.find(NO_NAME, node, name=node.name, event=event)
    waits = node.kind in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")
    if event == "message" and waits and not _correlation(target):
        yield diagram.find(NO_CORRELATION, node, name=node.name)


def _correlation(message: etree._Element) -> str:
    subscription = message.find(f"{bpmn('extensionElements')}/{zeebe('subscription')}")
    return "" if subscription is None else subscription.get("correlationKey", "")


def _timer(diagram: Diagram, node: Node, definition: etree._Element) -> Iterator[Finding]:
    found = [child for child in definition.iterchildren() if local(child) in ("timeDate", "timeDuration", "timeCycle")]
    text = texts_of(found[0]).strip() if found else ""
    if not text or text == "=":
        yield diagram.find(NO_TIMER, node, name=node.name)
        return
    if node.kind == "startEvent":
        yield from _series(diagram, node, text)
        return
    pause = properties_of(node.element).get("pauseOnHolidays")
    if pause is not None and pause.get("value", "") not in ("true", "false"):
        yield diagram.find(PAUSE, pause, name=node.name, value=pause.get("value", ""))
    rule = constant_of(text)
    if rule is None:
        return
    repeats = node.kind == "boundaryEvent" and not truth(node.element.get("cancelActivity"), default=True)
    yield from _rule(diagram, node, rule, repeats)


def _series(diagram: Diagram, node: Node, rule: str) -> Iterator[Finding]:
    try:
        parse_series(rule, ANY_ZONE)
    except Invalid:
        yield diagram.find(START_RULE, node, name=node.name, rule=rule)


def _rule(diagram: Diagram, node: Node, rule: str, repeats: bool) -> Iterator[Finding]:
    try:
        unit = parse_rule(rule).unit
    except Invalid:
        period = rule.partition("/")[2]
        zero = rule.startswith("R") and period and not any(digit in "123456789" for digit in period)
        yield diagram.find(ZERO_PERIOD if zero else UNREADABLE, node, name=node.name, rule=rule)
        return
    if unit == "cycle" and not repeats:
        yield diagram.find(CYCLE, node, name=node.name, rule=rule)
