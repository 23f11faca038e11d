"""Every element and attribute of BPMN 2.0 somewhere, most where it may stand and some where it may not."""

from collections.abc import Iterator

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
 xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn"
 xmlns:activiti="http://activiti.org/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 id="definitions" targetNamespace="t">
"""
EVENTS = (
    "message", "timer", "error", "escalation", "signal", "cancel", "compensate", "conditional", "link", "terminate",
)  # fmt: skip
TASKS = (
    "task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess", "choreographyTask", "subChoreography",
    "callChoreography",
)  # fmt: skip
GATEWAYS = ("exclusive", "inclusive", "parallel", "complex", "eventBased")
PLACES = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
          "implicitThrowEvent", "event")  # fmt: skip
LOOPS = (
    "<bpmn:standardLoopCharacteristics testBefore='true' loopMaximum='3'><bpmn:loopCondition>x</bpmn:loopCondition>"
    "</bpmn:standardLoopCharacteristics>",
    "<bpmn:multiInstanceLoopCharacteristics isSequential='true' behavior='Complex' oneBehaviorEventRef='ed'>"
    "<bpmn:loopCardinality>3</bpmn:loopCardinality><bpmn:loopDataInputRef>d1</bpmn:loopDataInputRef>"
    "<bpmn:inputDataItem id='it'/><bpmn:complexBehaviorDefinition><bpmn:condition>x</bpmn:condition>"
    "</bpmn:complexBehaviorDefinition><bpmn:completionCondition>=x</bpmn:completionCondition>"
    "</bpmn:multiInstanceLoopCharacteristics>",
)
OUTSIDE = """<bpmn:import importType="x" location="../a.xsd" namespace="n"/>
<bpmn:extension mustUnderstand="true" definition="z:d"/>
<bpmn:message id="m" name="M" itemRef="item"/><bpmn:error id="err" name="E" errorCode="E"/>
<bpmn:escalation id="esc" name="S" escalationCode="S"/><bpmn:signal id="sig" name="G"/>
<bpmn:itemDefinition id="item" structureRef="xs:string" isCollection="true"/>
<bpmn:correlationProperty id="cp"><bpmn:correlationPropertyRetrievalExpression messageRef="m">
<bpmn:messagePath>x</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>
<bpmn:interface id="i" name="I"><bpmn:operation id="op" name="O"><bpmn:inMessageRef>m</bpmn:inMessageRef>
<bpmn:outMessageRef>m</bpmn:outMessageRef><bpmn:errorRef>err</bpmn:errorRef></bpmn:operation></bpmn:interface>
<bpmn:endPoint id="ep"/><bpmn:resource id="res" name="R"><bpmn:resourceParameter id="rp" name="p"/></bpmn:resource>
<bpmn:category id="cat"><bpmn:categoryValue id="cv" value="v"/></bpmn:category>
<bpmn:dataStore id="ds" name="Store" capacity="5" isUnlimited="false"/>
<bpmn:partnerRole id="pr" name="P"><bpmn:participantRef>pa</bpmn:participantRef></bpmn:partnerRole>
<bpmn:partnerEntity id="pe"/><bpmn:timerEventDefinition id="ed"/>
<bpmn:globalTask id="gt" name="g"/><bpmn:globalUserTask id="gu"/><bpmn:globalScriptTask id="gs"/>
<bpmn:globalManualTask id="gm"/><bpmn:globalBusinessRuleTask id="gb"/>
<bpmn:globalConversation id="gc"/><bpmn:globalChoreographyTask id="gch"/>
"""
DATA = """<bpmn:ioSpecification id="io"><bpmn:dataInput id="di"/><bpmn:dataOutput id="do"/><bpmn:inputSet id="is">
<bpmn:dataInputRefs>di</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet id="os"><bpmn:dataOutputRefs>do
</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification><bpmn:property id="prop"/>
<bpmn:dataInputAssociation id="dia"><bpmn:sourceRef>dref</bpmn:sourceRef><bpmn:targetRef>di</bpmn:targetRef>
<bpmn:transformation>x</bpmn:transformation><bpmn:assignment><bpmn:from>a</bpmn:from><bpmn:to>b</bpmn:to>
</bpmn:assignment></bpmn:dataInputAssociation><bpmn:dataOutputAssociation id="doa"><bpmn:sourceRef>do
</bpmn:sourceRef><bpmn:targetRef>sref</bpmn:targetRef></bpmn:dataOutputAssociation>"""
POOLS = """<bpmn:collaboration id="co" isClosed="true"><bpmn:participant id="pa" name="A" processRef="p">
<bpmn:participantMultiplicity minimum="0" maximum="9"/></bpmn:participant><bpmn:participant id="pb" name="Black box"/>
<bpmn:participant id="pc" processRef="q"/><bpmn:messageFlow id="mf" sourceRef="a" targetRef="pb" messageRef="m"/>
<bpmn:messageFlow id="mf2" sourceRef="pb" targetRef="s"/><bpmn:messageFlow id="mf3" sourceRef="gone" targetRef="mf"/>
<bpmn:conversation id="cv1"><bpmn:participantRef>pa</bpmn:participantRef><bpmn:messageFlowRef>mf</bpmn:messageFlowRef>
<bpmn:correlationKey id="ck"><bpmn:correlationPropertyRef>cp</bpmn:correlationPropertyRef></bpmn:correlationKey>
</bpmn:conversation><bpmn:subConversation id="cv2"/><bpmn:callConversation id="cv3"/>
<bpmn:conversationLink id="cl" sourceRef="pa" targetRef="cv1"/><bpmn:conversationAssociation innerConversationNodeRef="x"
 outerConversationNodeRef="y"/><bpmn:messageFlowAssociation innerMessageFlowRef="mf" outerMessageFlowRef="mf2"/>
<bpmn:participantAssociation><bpmn:innerParticipantRef>pa</bpmn:innerParticipantRef><bpmn:outerParticipantRef>pb
</bpmn:outerParticipantRef></bpmn:participantAssociation><bpmn:group id="gr" categoryValueRef="cv"/>
<bpmn:textAnnotation id="ta"><bpmn:text>note</bpmn:text></bpmn:textAnnotation>
<bpmn:association id="as" sourceRef="ta" targetRef="a" associationDirection="Both"/></bpmn:collaboration>
"""
CHOREOGRAPHY = """<bpmn:choreography id="ch"><bpmn:participant id="c1"/><bpmn:participant id="c2"/>
<bpmn:messageFlow id="cmf" sourceRef="c1" targetRef="c2"/><bpmn:startEvent id="chs"/>
<bpmn:choreographyTask id="cht" initiatingParticipantRef="c1"><bpmn:participantRef>c1</bpmn:participantRef>
<bpmn:participantRef>c2</bpmn:participantRef><bpmn:messageFlowRef>cmf</bpmn:messageFlowRef></bpmn:choreographyTask>
<bpmn:endEvent id="che"/><bpmn:sequenceFlow id="chf" sourceRef="chs" targetRef="cht"/></bpmn:choreography>"""
LANES = """<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="One"><bpmn:flowNodeRef>s</bpmn:flowNodeRef><bpmn:childLaneSet>
<bpmn:lane id="l2"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>
<bpmn:lane id="l3" partitionElementRef="res"/></bpmn:laneSet>"""
STORES = """<bpmn:dataObject id="dobj"/><bpmn:dataObjectReference id="dref" dataObjectRef="dobj"><bpmn:dataState name="x"/>
</bpmn:dataObjectReference><bpmn:dataStoreReference id="sref" dataStoreRef="ds"/>"""
RESOURCES = """<bpmn:potentialOwner><bpmn:resourceRef>res</bpmn:resourceRef><bpmn:resourceParameterBinding
 parameterRef="rp"><bpmn:formalExpression>x</bpmn:formalExpression></bpmn:resourceParameterBinding>
</bpmn:potentialOwner><bpmn:humanPerformer><bpmn:resourceAssignmentExpression><bpmn:formalExpression>user(x)
</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:humanPerformer><bpmn:performer/>
<bpmn:rendering/>"""


def process(*inside: str, outside: str = "", name: str = "p", executable: str = "true") -> str:
    """The text of one process."""
    return (
        f'{outside}<bpmn:process id="{name}" isExecutable="{executable}">\n' + "\n".join(inside) + "\n</bpmn:process>\n"
    )


def document(*parts: str) -> bytes:
    """The definitions around it."""
    return (HEAD + "".join(parts) + "</bpmn:definitions>\n").encode()


def flow(source: str, target: str, more: str = "") -> str:
    """A sequence flow."""
    return f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}" {more}/>'


def row(inside: str, name: str = "a") -> str:
    """Start, one element, end."""
    return process(
        '<bpmn:startEvent id="s"/>', inside, '<bpmn:endEvent id="e"/>', flow("s", name), flow(name, "e"),
        outside=OUTSIDE,
    )  # fmt: skip


def definition(kind: str, named: bool = True) -> str:
    """An event definition with what it may refer to."""
    reference = {"message": "messageRef='m'", "error": "errorRef='err'", "escalation": "escalationRef='esc'",
                 "signal": "signalRef='sig'", "compensate": "activityRef='a'", "link": "name='l'"}  # fmt: skip
    inner = {"timer": "<bpmn:timeDuration>P1D</bpmn:timeDuration>", "conditional": "<bpmn:condition>x</bpmn:condition>",
             "link": "<bpmn:source>x</bpmn:source><bpmn:target>y</bpmn:target>"}  # fmt: skip
    said = reference.get(kind, "") if named else ""
    return f"<bpmn:{kind}EventDefinition id='def' {said}>{inner.get(kind, '')}</bpmn:{kind}EventDefinition>"


def files() -> Iterator[tuple[str, bytes]]:
    """Each kind of element by itself, then all of them together."""
    for kind in TASKS:
        yield f"task-{kind}.bpmn", document(row(f'<bpmn:{kind} id="a" name="A" startQuantity="2">{DATA}</bpmn:{kind}>'))
        for number, loop in enumerate(LOOPS):
            yield f"loop{number}-{kind}.bpmn", document(row(f'<bpmn:{kind} id="a">{loop}</bpmn:{kind}>'))
    for place in PLACES:
        for event in EVENTS:
            for named in (True, False):
                host = ' attachedToRef="h"' if place == "boundaryEvent" else ""
                inside = f'<bpmn:{place} id="a"{host}>{definition(event, named)}</bpmn:{place}><bpmn:task id="h"/>'
                yield f"event-{place}-{event}-{named}.bpmn", document(row(inside))
    for gate in GATEWAYS:
        inside = (
            f'<bpmn:{gate}Gateway id="a" gatewayDirection="Mixed" default="a-e" instantiate="true" eventGatewayType='
        )
        yield (
            f"gateway-{gate}.bpmn",
            document(row(f'{inside}"Parallel"><bpmn:activationCondition/></bpmn:{gate}Gateway>')),
        )
    whole = process(
        LANES, STORES, DATA, '<bpmn:startEvent id="s"/>', f'<bpmn:userTask id="a">{RESOURCES}</bpmn:userTask>',
        '<bpmn:auditing/><bpmn:monitoring/><bpmn:correlationSubscription id="cs" correlationKeyRef="ck"/>',
        '<bpmn:endEvent id="e"/>', flow("s", "a"), flow("a", "e", 'isImmediate="false"'),
    )  # fmt: skip
    second = process('<bpmn:startEvent id="s9"/>', name="q", executable="false")
    yield "everything.bpmn", document(OUTSIDE, POOLS, CHOREOGRAPHY, whole, second)
    yield "choreography.bpmn", document(CHOREOGRAPHY)
    yield "collaboration.bpmn", document(POOLS)
