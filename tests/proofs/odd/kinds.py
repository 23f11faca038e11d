"""Diagrams that refer in circles, to nothing or to the wrong kind; ids twice, none or strange; figures without sense."""

from collections.abc import Iterator

from tests.proofs.odd.drawn import OUTSIDE, document, flow, process, row

USER = '<bpmn:userTask id="a"/>'
STRANGE = (
    "", " ", "a b", "1a", "a:b", "a/b", "a.b", "Start", "End", "Root", "p", "s", "审核", "😀", "__proto__", "constructor",
    "a" * 201, "'", "{x}", "%s", "${x}", "../../x", "None", "null", "true", "a.EndJoin", "a-e", "definitions",
)  # fmt: skip


def extended(inside: str) -> str:
    """Extension elements."""
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def called(target: str) -> str:
    """A call activity."""
    return f'<bpmn:callActivity id="a">{extended(f"<zeebe:calledElement processId={target!r}/>")}</bpmn:callActivity>'


def references() -> Iterator[tuple[str, bytes]]:
    """What names something."""
    yield "calls-itself.bpmn", document(row(called("p")))
    chain = (
        row(called(f"p{n + 1}"), "a").replace('<bpmn:process id="p"', f'<bpmn:process id="p{n}"') for n in range(9)
    )
    yield "calls-round.bpmn", document(*(part.partition("<bpmn:process")[1] + part.partition("<bpmn:process")[2]
                                         for part in chain))  # fmt: skip
    for target in ("", "=p", "p p", "gone", "a", "s-a"):
        yield f"calls-{target or 'nothing'}.bpmn".replace("=", "eq"), document(row(called(target)))
    for attribute, kind in (("messageRef", "message"), ("errorRef", "error"), ("signalRef", "signal"),
                            ("escalationRef", "escalation"), ("operationRef", "message")):  # fmt: skip
        for target in ("a", "p", "definitions", "b:m", "a:b:c", "", " ", "def"):
            inside = (
                f'<bpmn:intermediateCatchEvent id="a"><bpmn:{kind}EventDefinition id="def" {attribute}="{target}"/>'
            )
            name = f"{attribute}-{target}.bpmn".replace(":", "_").replace(" ", "space")
            yield name, document(row(f"{inside}</bpmn:intermediateCatchEvent>"))


def ends() -> Iterator[tuple[str, bytes]]:
    """What is attached, connected or lies in a lane."""
    for host in ("a", "b", "s", "p", "gone", "s-a", ""):
        yield (
            f"attached-{host}.bpmn",
            document(
                row(
                    f'{USER}<bpmn:boundaryEvent id="b" attachedToRef="{host}"><bpmn:timerEventDefinition/></bpmn:boundaryEvent>'
                )
            ),
        )
    for default in ("a", "s-a", "gone", ""):
        yield f"default-{default}.bpmn", document(row(f'<bpmn:exclusiveGateway id="a" default="{default}"/>'))
    for ends in (("a", "a"), ("e", "s"), ("s", "s"), ("a", "a-a"), ("", ""), ("p", "definitions")):
        yield f"flow-{'-'.join(ends)}.bpmn", document(row(USER + flow(*ends)))


def elsewhere() -> Iterator[tuple[str, bytes]]:
    """What refers beyond its own level, or in a circle."""
    yield "association-circle.bpmn", document(row(
        f'{USER}<bpmn:association id="x" sourceRef="y" targetRef="x"/><bpmn:association id="y" sourceRef="x" targetRef="y"/>'
    ))  # fmt: skip
    yield "data-of-another.bpmn", document(row(
        '<bpmn:subProcess id="a"><bpmn:startEvent id="s2"/><bpmn:task id="t"><bpmn:dataInputAssociation id="d">'
        "<bpmn:sourceRef>gone</bpmn:sourceRef><bpmn:targetRef>t</bpmn:targetRef></bpmn:dataInputAssociation></bpmn:task>"
        f'<bpmn:endEvent id="e2"/>{flow("s2", "t")}{flow("t", "e2")}</bpmn:subProcess>'
    ))  # fmt: skip
    yield "flow-into-sub.bpmn", document(row(
        f'<bpmn:subProcess id="a"><bpmn:startEvent id="s2"/><bpmn:endEvent id="e2"/>{flow("s", "e2")}</bpmn:subProcess>'
    ))  # fmt: skip
    lanes = '<bpmn:laneSet id="l"><bpmn:lane id="l1"><bpmn:flowNodeRef>{}</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    for node in ("gone", "", "l1", "a</bpmn:flowNodeRef><bpmn:flowNodeRef>a"):
        yield f"lane-{len(node)}.bpmn", document(row(lanes.format(node) + USER))


def identities() -> Iterator[tuple[str, bytes]]:
    """Ids."""
    for number, name in enumerate(STRANGE):
        quoted = name.replace("'", "&apos;")
        yield f"id{number}.bpmn", document(row(f'<bpmn:userTask id="{quoted}"/>', quoted))
        yield f"key{number}.bpmn", document(row(USER).replace('id="p"', f'id="{quoted}"'))
    yield "id-none.bpmn", document(row("<bpmn:userTask/>"))
    yield "id-of-all.bpmn", document(row(USER)).replace(b'id="s-a"', b'id="a"').replace(b'id="e"', b'id="a"')
    yield "process-twice.bpmn", document(row(USER), process(USER))
    yield "process-none.bpmn", document(OUTSIDE)
    yield "process-empty.bpmn", document(process())
    yield "process-no-id.bpmn", document(row(USER).replace(' id="p"', ""))
    yield "process-not-executable.bpmn", document(row(USER).replace('isExecutable="true"', 'isExecutable="maybe"'))
    yield "nested-definitions.bpmn", document(row("<bpmn:definitions/>" + USER))
    yield "nested-process.bpmn", document(row(process(USER, name="inner") + USER))


DI = """<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="{plane}">
<bpmndi:BPMNShape id="sh" bpmnElement="{shape}"><dc:Bounds x="{x}" y="0" width="-5" height="NaN"/></bpmndi:BPMNShape>
<bpmndi:BPMNEdge id="ed" bpmnElement="{edge}"><di:waypoint x="1e400" y="z"/></bpmndi:BPMNEdge></bpmndi:BPMNPlane>
<bpmndi:BPMNLabelStyle id="st"><dc:Font name="A" size="0"/></bpmndi:BPMNLabelStyle></bpmndi:BPMNDiagram>"""


def figures() -> Iterator[tuple[str, bytes]]:
    """DI."""
    for number, values in enumerate((("p", "a", "s-a", "1"), ("gone", "gone", "gone", "x"), ("", "", "", ""),
                                     ("pl", "sh", "ed", "9" * 400))):  # fmt: skip
        said = DI.format(**dict(zip(("plane", "shape", "edge", "x"), values, strict=True)))
        yield f"di{number}.bpmn", document(row(USER), said)
    yield "di-only.bpmn", document(DI.format(plane="p", shape="a", edge="f", x="1"))
    yield "di-before.bpmn", document(DI.format(plane="p", shape="a", edge="f", x="1"), row(USER))


VALUES = (
    "=", "= ", "=1/0", "=((((", '="', "=x.y.z", "=for i in 1..1000000000 return i", "=" + "(" * 500 + "1" + ")" * 500,
    "=" + "1+" * 3000 + "1", "=\u202e", "${x}", "#{y}", "\u0000".encode().decode("latin-1").replace("\0", "?"), "=if",
    "R/PT0S", "R/P0D", "R-1/P1D", "P99999999999Y", "PT1E9H", "2027-99-99", "-P1D", "P", "R", "=date(1)", "5 workdays" * 50,
    "=matches(\"" + "a" * 40 + "\", \"(a+)+b\")", "=" + "[" * 300 + "]" * 300, "1" * 5000, "=10**99999",
)  # fmt: skip


PROPERTIES = (
    "dueIn", "remindBefore", "onExpiry", "escalateTo", "decisions", "returnTo", "fields", "signing", "quorum", "ratio",
    "secret", "about", "recuse", "paper", "collective", "title", "caseNumber",
)  # fmt: skip
TASK = (
    '<zeebe:assignmentDefinition assignee="{0}" candidateGroups="{0}" candidateUsers="{0}"/>'
    '<zeebe:taskSchedule dueDate="{0}" followUpDate="{0}"/><zeebe:formDefinition formId="{0}"/>'
    '<zeebe:priorityDefinition priority="{0}"/><zeebe:ioMapping><zeebe:input source="{0}" target="{0}"/>'
    '<zeebe:output source="{0}" target="x"/></zeebe:ioMapping><zeebe:properties>'
    + "".join(f'<zeebe:property name="{name}" value="{{0}}"/>' for name in PROPERTIES)
    + "</zeebe:properties>"
)
LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
    'inputCollection="{0}" inputElement="{0}" outputCollection="{0}" outputElement="{0}"/></bpmn:extensionElements>'
    "<bpmn:completionCondition>{0}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
)
AUTOMATIC = {
    "serviceTask": '<zeebe:taskDefinition type="{0}" retries="{0}"/>',
    "scriptTask": '<zeebe:script expression="{0}" resultVariable="{0}"/>',
    "businessRuleTask": '<zeebe:calledDecision decisionId="{0}" resultVariable="r"/>',
}
TIMER = (
    '<bpmn:boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><bpmn:timerEventDefinition><bpmn:{1}>{0}</bpmn:{1}>'
    "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
)
CONDITION = (
    '<bpmn:exclusiveGateway id="a" default="a-e"/><bpmn:sequenceFlow id="c" sourceRef="a" targetRef="a">'
    "<bpmn:conditionExpression>{0}</bpmn:conditionExpression></bpmn:sequenceFlow>"
)


def values() -> Iterator[tuple[str, bytes]]:
    """Texts in every place that is read: timers, conditions, settings, mappings, loops."""
    for number, said in enumerate(VALUES):
        text = said.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        inside = extended(TASK.replace("{0}", text)) + LOOP.replace("{0}", text)
        yield f"value{number}-task.bpmn", document(row(f'<bpmn:userTask id="a">{inside}</bpmn:userTask>'))
        yield f"value{number}-condition.bpmn", document(row(CONDITION.replace("{0}", text)))
        for rule in ("timeDate", "timeDuration", "timeCycle"):
            timer = TIMER.replace("{1}", rule).replace("{0}", text)
            yield f"value{number}-{rule}.bpmn", document(row(USER + timer))
        for kind, extension in AUTOMATIC.items():
            inside = extended(extension.replace("{0}", text))
            yield f"value{number}-{kind}.bpmn", document(row(f'<bpmn:{kind} id="a">{inside}</bpmn:{kind}>'))


def files() -> Iterator[tuple[str, bytes]]:
    """All of them by name."""
    yield from references()
    yield from ends()
    yield from elsewhere()
    yield from identities()
    yield from figures()
    yield from values()
