"""From one element to one executable node: class, settings, compiled texts."""

from collections.abc import Callable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.calendar_rules import parse_rule
from workflows.diagram.elements import Element
from workflows.diagram.faults import fault
from workflows.diagram.values import NOTHING, Literal, Texts, Value
from workflows.errors import Invalid
from workflows.nodes import activities, containers, events, gateways
from workflows.nodes.base import Node

CLASSES: Mapping[str, type[Node]] = {
    "userTask": activities.PersonTask,
    "task": activities.PlainTask,
    "manualTask": activities.PlainTask,
    "serviceTask": activities.WorkTask,
    "scriptTask": activities.WorkTask,
    "businessRuleTask": activities.WorkTask,
    "sendTask": activities.WorkTask,
    "receiveTask": events.Receive,
    "subProcess": containers.Embedded,
    "callActivity": containers.Called,
    "exclusiveGateway": gateways.Exclusive,
    "inclusiveGateway": gateways.Inclusive,
    "parallelGateway": gateways.Parallel,
    "eventBasedGateway": events.Choice,
    "startEvent": events.Begin,
    "endEvent": events.End,
    "intermediateCatchEvent": events.Catch,
    "intermediateThrowEvent": events.Throw,
    "boundaryEvent": events.Boundary,
}


class Maker:
    """Makes the nodes of one process; `called` gives the inside of a called process once it is built."""

    def __init__(self, texts: Texts, called: Callable[[str], BpmnProcessSpec]) -> None:
        self.texts = texts
        self.called = called

    def node(self, spec: BpmnProcessSpec, element: Element) -> Node:
        """The node of an element; a multi-instance activity has its body as a node of its own."""
        repeats = element.loop is not None and "standard" not in element.loop
        name = f"{element.id} [child]" if repeats else element.id
        node = self._bare(spec, element, name)
        node.incoming = element.incoming
        mapping = element.zeebe.get("ioMapping", {})
        node.takes = self.texts.mapping(element, mapping.get("inputs", []))
        node.gives = self.texts.mapping(element, mapping["outputs"]) if mapping.get("outputs") else None
        self._settle(node, element)
        return self._loop(spec, element, node) if repeats else node

    def _bare(self, spec: BpmnProcessSpec, element: Element, name: str) -> Node:
        if element.kind == "boundaryEvent":
            return events.Boundary(spec, element, name, interrupting=element.interrupting)
        if element.kind == "sendTask" and element.event.kind == "message":
            return events.Send(spec, element, name)
        return CLASSES[element.kind](spec, element, name)

    def _settle(self, node: Node, element: Element) -> None:
        match node:
            case activities.PersonTask():
                node.assignment = self._assignment(element)
            case activities.WorkTask():
                node.work = self._work(element)
            case containers.Called():
                self._call(node, element)
            case events.Choice():
                pass
            case events.Waiting():
                self._waiting(node, element)
            case events.Throw():
                self._throw(node, element)

    def _assignment(self, element: Element) -> activities.Assignment:
        assignment = element.zeebe.get("assignmentDefinition", {})
        priority = element.zeebe.get("priorityDefinition", {}).get("priority")
        value = self.texts.value
        return activities.Assignment(
            assignee=value(element, assignment.get("assignee")),
            candidate_users=value(element, assignment.get("candidateUsers")),
            candidate_groups=value(element, assignment.get("candidateGroups")),
            due_date=value(element, element.zeebe.get("taskSchedule", {}).get("dueDate")),
            priority=self._priority(element, priority),
            properties=tuple((name, value(element, text)) for name, text in element.properties.items()),
        )

    def _priority(self, element: Element, text: str | None) -> Value:
        if text is None or text.strip().startswith("="):
            return self.texts.value(element, text)
        if not (text.strip().isdecimal() and int(text) <= 100):
            self._refuse("diagram.priority", element, text=text)
            return NOTHING
        return Literal(int(text))

    def _work(self, element: Element) -> activities.Work:
        zeebe = element.zeebe
        if "taskDefinition" in zeebe:
            return activities.Work(
                operation=self._fixed(element, "zeebe:taskDefinition type", zeebe["taskDefinition"].get("type")),
                headers=zeebe.get("taskHeaders", {}),
            )
        if element.kind == "scriptTask" and "script" in zeebe:
            script = zeebe["script"]
            return activities.Work(
                script=self.texts.expression(element, script.get("expression")),
                result=self.texts.name(element, script.get("resultVariable", "")),
            )
        if element.kind == "businessRuleTask" and "calledDecision" in zeebe:
            decision = zeebe["calledDecision"]
            return activities.Work(
                decision=self._fixed(element, "zeebe:calledDecision decisionId", decision.get("decisionId")),
                result=self.texts.name(element, decision.get("resultVariable", "")),
            )
        self._missing(element, _WHAT.get(element.kind, "zeebe:taskDefinition"))
        return activities.Work()

    def _call(self, node: containers.Called, element: Element) -> None:
        called = element.zeebe.get("calledElement", {})
        process = self._fixed(element, "zeebe:calledElement processId", called.get("processId"))
        node.gets_all = called.get("propagateAllParentVariables", "true") == "true"
        node.returns_all = called.get("propagateAllChildVariables", "true") == "true"
        node.find = lambda: self.called(process)

    def _waiting(self, node: events.Waiting, element: Element) -> None:
        event = element.event
        node.trigger = event.kind
        match event.kind:
            case "timer":
                node.text = self._rule(element)
                node.is_cycle = event.timer == "cycle"
            case "message":
                node.text = self._message(element)
                node.correlation_key = self.texts.value(element, event.correlation_key or None)
                if not event.correlation_key:
                    self._missing(element, "zeebe:subscription correlationKey")
            case "error" | "escalation":
                node.code = event.text
            case "none":
                self._missing(element, "messageRef")

    def _throw(self, node: events.Throw, element: Element) -> None:
        node.trigger, node.code = element.event.kind, element.event.text
        if "taskDefinition" in element.zeebe:
            node.work = self._work(element)
        elif element.event.kind == "message":
            node.message = str(self._message(element).evaluate({}))
            node.correlation_key = self.texts.value(element, element.event.correlation_key or None)
        elif element.event.kind == "error" and not element.event.text:
            self._missing(element, "errorCode")

    def _message(self, element: Element) -> Value:
        name = element.event.text
        if not name:
            self._missing(element, "bpmn:message name")
        elif name.startswith("="):
            self._refuse("diagram.dynamic", element, what="bpmn:message name")
        return Literal(name)

    def _rule(self, element: Element) -> Value:
        text = element.event.text
        if not text:
            self._missing(element, "bpmn:timerEventDefinition")
        elif not text.startswith("="):
            self._readable(element, text)
        return self.texts.value(element, text)

    def _readable(self, element: Element, text: str) -> None:
        try:
            rule = parse_rule(text)
        except Invalid:
            rule = None
        if rule is None or (rule.unit == "cycle") != (element.event.timer == "cycle"):
            self._refuse("diagram.timer", element, text=text)

    def _loop(self, spec: BpmnProcessSpec, element: Element, body: Node) -> Node:
        settings = element.loop or {}
        kind = containers.SequentialLoop if settings.get("sequential") == "true" else containers.ParallelLoop
        loop: containers.Loop = kind(spec, element)
        loop.body, body.loop, loop.incoming = body, loop, element.incoming
        if not settings.get("inputCollection"):
            self._missing(element, "zeebe:loopCharacteristics inputCollection")
        loop.collection = self.texts.expression(element, settings.get("inputCollection", "null"))
        loop.item = settings.get("inputElement", "")
        if settings.get("outputCollection"):
            loop.output = self.texts.name(element, settings["outputCollection"])
            loop.output_element = self.texts.expression(element, settings.get("outputElement"))
        if settings.get("completionCondition"):
            loop.until = self.texts.condition(element, settings["completionCondition"])
        return loop

    def _fixed(self, element: Element, what: str, text: str | None) -> str:
        if not text:
            self._missing(element, what)
        elif text.startswith("="):
            self._refuse("diagram.dynamic", element, what=what)
        return text or ""

    def _missing(self, element: Element, what: str) -> None:
        chinese, english = _ADD.get(what, (f"补上 {what}", f"add {what}"))
        self._refuse("diagram.missing", element, what=what, instead_zh=chinese, instead=english)

    def _refuse(self, code: str, element: Element, **params: Any) -> None:
        self.texts.faults.append(fault(code, element, **params))


_WHAT = {"scriptTask": "zeebe:script", "businessRuleTask": "zeebe:calledDecision"}
_ADD = {
    "zeebe:script": (
        "把脚本写成 FEEL（zeebe:script）；不执行其他脚本语言",
        "write the script in FEEL (zeebe:script); no other script language is run",
    ),
    "zeebe:taskDefinition": ("填写任务类型，即已登记的操作名", "fill in the type, the name of a registered operation"),
    "zeebe:calledDecision": ("选择决策表并填写结果变量", "choose a decision table and its result variable"),
    "messageRef": ("选择消息", "choose a message"),
    "errorCode": ("给错误一个代码", "give the error a code"),
}
