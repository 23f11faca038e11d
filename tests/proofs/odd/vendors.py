"""The way that other tools write: extension elements and attributes of each, in diagrams of our own."""

from collections.abc import Iterator

from tests.proofs.odd.drawn import document, flow, process

SPACES = {
    "camunda": "http://camunda.org/schema/1.0/bpmn", "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn", "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "drools": "http://www.jboss.org/drools", "tns": "http://www.jboss.org/drools", "color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "signavio": "http://www.signavio.com", "bizagi": "http://www.bizagi.com/bpmn20", "ibm": "http://www.ibm.com/xmlns/bpmnx/20100524/BusinessObjectModel",
    "aris": "http://www.software-ag.com/aris", "bonita": "http://www.bonitasoft.org/ns/bpmn", "modeler": "http://camunda.org/schema/modeler/1.0",
    "spiff": "http://spiffworkflow.org/bpmn/schema/1.0/core", "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "oracle": "http://xmlns.oracle.com/bpm/OracleExtensions", "trisotech": "http://www.trisotech.com/2015/triso/modeling",
    "yaoqiang": "http://bpmn.sourceforge.net", "adonis": "http://www.boc-eu.com/boc-is/bpmn2.0.extensions", "xsd": "http://www.w3.org/2001/XMLSchema",
}  # fmt: skip
HEADS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
TASK_SETTINGS = {
    "camunda": ('camunda:assignee="${starter}" camunda:candidateGroups="hr" camunda:formKey="embedded:app:f.html" '
                'camunda:dueDate="${now()}" camunda:asyncBefore="true" camunda:formRefBinding="latest"',
                '<camunda:formData><camunda:formField id="x" label="X" type="enum"><camunda:value id="a"/><camunda:validation>'
                '<camunda:constraint name="required"/></camunda:validation></camunda:formField></camunda:formData>'
                '<camunda:taskListener class="a.B" event="create"/><camunda:inputOutput><camunda:inputParameter name="x">'
                '<camunda:map><camunda:entry key="k">v</camunda:entry></camunda:map></camunda:inputParameter>'
                "</camunda:inputOutput>"),
    "flowable": ('flowable:assignee="$INITIATOR" flowable:candidateUsers="a,b" flowable:formKey="f" '
                 'flowable:category="x" flowable:skipExpression="${true}"',
                 '<flowable:formProperty id="x" type="date" datePattern="dd"/><flowable:taskListener event="all" '
                 'delegateExpression="${b}"/><flowable:customResource flowable:name="x"/>'),
    "activiti": ('activiti:assignee="#{x}" activiti:candidateGroups="g"',
                 '<activiti:formProperty id="x" required="true"/><modeler:initiator-can-complete><![CDATA[false]]>'
                 "</modeler:initiator-can-complete>"),
    "jbpm": ('drools:taskName="t" tns:priority="1"',
             '<drools:metaData name="elementname"><drools:metaValue><![CDATA[T]]></drools:metaValue></drools:metaData>'
             "<drools:onEntry-script scriptFormat=\"http://www.java.com/java\"><drools:script><![CDATA[a();]]>"
             "</drools:script></drools:onEntry-script>"),
    "bonita": ('bonita:actor="x"', "<bonita:form/>"),
    "signavio": ("", '<signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/><signavio:signavioDiagramReferences/>'),
    "bizagi": ("", '<bizagi:BizagiExtensions><bizagi:BizagiProperties><bizagi:BizagiProperty name="x" value="y"/>'
               "</bizagi:BizagiProperties></bizagi:BizagiExtensions>"),
    "ibm": ('ibm:version="1"', "<ibm:userTaskImplementation/>"), "aris": ("", '<aris:attr key="AT_NAME">x</aris:attr>'),
    "oracle": ("", "<oracle:OracleExtensions><oracle:Features/></oracle:OracleExtensions>"),
    "trisotech": ('trisotech:x="1"', "<trisotech:graphic/>"), "yaoqiang": ('yaoqiang:label="x"', ""),
    "adonis": ("", '<adonis:notebook><adonis:attribute name="x" type="y">z</adonis:attribute></adonis:notebook>'),
    "spiff": ("", "<spiff:preScript>import os</spiff:preScript><spiff:instructionsForEndUser>{{ x }}"
              "</spiff:instructionsForEndUser>"),
    "zeebe": ("", '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=x"/><zeebe:formDefinition formKey="k"/>'
              '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="t"/></zeebe:executionListeners>'
              '<zeebe:taskListeners/><zeebe:properties/><zeebe:adHoc activeElementsCollection="=[]"/>'),
}  # fmt: skip
SERVICE = {
    "camunda": 'camunda:class="a.B"', "camunda-topic": 'camunda:type="external" camunda:topic="t"',
    "camunda-expression": 'camunda:expression="${b.c(x)}" camunda:resultVariable="r"', "flowable": 'flowable:type="mail"',
    "flowable-delegate": 'flowable:delegateExpression="${d}" flowable:async="true"', "activiti": 'activiti:type="shell"',
    "jbpm": 'implementation="Java" operationRef="op"', "http": 'flowable:type="http" flowable:parallelInSameTransaction="true"',
}  # fmt: skip
CONDITIONS = (
    "${a == 'x'}", "${a &gt; 1 &amp;&amp; b}", "#{bean.check(x)}", "${execution.getVariable('a') eq 'b'}", "return true;",
    "${", "${}", "${a ? b : c}", "=a", "a = 1", "${empty a or not b}", "${a[0].b['c']}", "${x" * 2000,
)  # fmt: skip
PREFIXES = ("bpmn2", "semantic", "model", "", "ns0", "BPMN")


def whole(task: str, service: str = "", condition: str = "${x}", start: str = "") -> bytes:
    """Start, step, service, choice, end, as a tool would write them."""
    said = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
    xml = document(process(
        f'<bpmn:startEvent id="s" {start}/>', task, f'<bpmn:serviceTask id="v" {service}/>',
        '<bpmn:exclusiveGateway id="g" default="g-e"/><bpmn:endEvent id="e"/>', flow("s", "a"), flow("a", "v"), flow("v", "g"),
        flow("g", "e"), f'<bpmn:sequenceFlow id="back" sourceRef="g" targetRef="a">{said}</bpmn:sequenceFlow>',
    ))  # fmt: skip
    missing = " ".join(part for part in HEADS.split(" ") if part.split("=")[0].encode() + b"=" not in xml)
    return xml.replace(b"<bpmn:definitions", f"<bpmn:definitions {missing}".encode(), 1)


def files() -> Iterator[tuple[str, bytes]]:
    """All of them by name."""
    for vendor, (attributes, inside) in TASK_SETTINGS.items():
        box = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>" if inside else ""
        xml = whole(f'<bpmn:userTask id="a" {attributes}>{box}</bpmn:userTask>', start=f"{attributes} ")
        yield f"vendor-{vendor}.bpmn", xml
        for prefix in PREFIXES:
            opening = f"{prefix}:" if prefix else ""
            said = xml.replace(b"<bpmn:", f"<{opening}".encode()).replace(b"</bpmn:", f"</{opening}".encode())
            yield (
                f"vendor-{vendor}-{prefix}.bpmn",
                said.replace(b"xmlns:bpmn=", f"xmlns{':' + prefix if prefix else ''}=".encode()).replace(
                    b'"bpmn:tFormal', f'"{opening}tFormal'.encode()
                ),
            )
    for vendor, attributes in SERVICE.items():
        yield f"service-{vendor}.bpmn", whole('<bpmn:userTask id="a"/>', attributes)
        yield f"send-{vendor}.bpmn", whole(f'<bpmn:sendTask id="a" {attributes}/>')
        yield f"rule-{vendor}.bpmn", whole(f'<bpmn:businessRuleTask id="a" {attributes} camunda:decisionRef="d"/>')
    for number, condition in enumerate(CONDITIONS):
        yield f"condition{number}.bpmn", whole('<bpmn:userTask id="a"/>', condition=condition)
    for language in ("groovy", "javascript", "python", "juel", "", "text/x-sql"):
        yield (
            f"script-{language.replace('/', '_')}.bpmn",
            whole(
                f'<bpmn:scriptTask id="a" scriptFormat="{language}"><bpmn:script>x = 1 &lt; 2</bpmn:script></bpmn:scriptTask>'
            ),
        )
    for called in ('calledElement="p"', 'calledElement="${x}"', 'calledElement="q" flowable:calledElementType="key"',
                   'camunda:caseRef="c"', 'calledElement="a:b" camunda:calledElementBinding="version"'):  # fmt: skip
        yield f"call-{len(called)}.bpmn", whole(f'<bpmn:callActivity id="a" {called}/>')
    yield (
        "camunda-8-none.bpmn",
        whole(
            '<bpmn:task id="a"><bpmn:extensionElements/><bpmn:incoming>f</bpmn:incoming><bpmn:outgoing/></bpmn:task>'
        ),
    )
