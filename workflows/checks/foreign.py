"""Extensions of other engines, recognised by namespace, with what to write instead (design §4)."""

from collections.abc import Iterator

from lxml import etree

from workflows.checks.diagram import Diagram
from workflows.checks.findings import Finding, error, warning
from workflows.xml import BPMN, local, namespace

FOREIGN = error(
    "dialect.foreign",
    (
        "“{element}”使用 {vendor} 的扩展：{names}。这里不会执行。",
        '"{element}" uses extensions of {vendor}: {names}. They would not be carried out here.',
    ),
    ("{instead}", "{instead}"),
)
UNUSED = warning(
    "dialect.foreign_unused",
    (
        "文件使用 {vendor} 的扩展：{names}，不在任何会执行的元素上。",
        "The file uses extensions of {vendor}: {names}, on no element that is executed.",
    ),
    ("可以保留，不起作用；建议删去。", "They do no harm and have no effect; better remove them."),
)

VENDORS = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    "http://www.camunda.com/fox": "Camunda fox",
    "http://activiti.org/bpmn": "Activiti / Flowable",
    "http://flowable.org/bpmn": "Flowable",
    "http://flowable.org/design": "Flowable Design",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.bonitasoft.org/studio/connector/definition/6.0": "Bonita",
}
_FORM = (
    "把字段画进 .form 文件，用 zeebe:formDefinition formId 引用。",
    "Draw the fields in a .form file and name it with zeebe:formDefinition formId.",
)
_OPERATION = (
    "改用 zeebe:taskDefinition type，写已登记操作的名称。",
    "Use zeebe:taskDefinition type with the name of a registered operation.",
)
_DECISION = (
    "改用 zeebe:calledDecision 的 decisionId 和 resultVariable。",
    "Use decisionId and resultVariable of zeebe:calledDecision.",
)
_LOOP = (
    "改用 zeebe:loopCharacteristics 的 inputCollection 和 inputElement。",
    "Use inputCollection and inputElement of zeebe:loopCharacteristics.",
)
_INPUT = ("改用 zeebe:ioMapping 的 input（FEEL）。", "Use zeebe:ioMapping with input (FEEL).")
_OUTPUT = ("改用 zeebe:ioMapping 的 output（FEEL）。", "Use zeebe:ioMapping with output (FEEL).")
_SCRIPT = (
    "改用 zeebe:taskDefinition type（操作）或 zeebe:script（FEEL）。",
    "Use zeebe:taskDefinition type (an operation) or zeebe:script (FEEL).",
)
_SKIP = ("在它之前画一个排他网关，绕过它。", "Draw an exclusive gateway before it and a flow that leads round it.")
_PAYLOAD = (
    "等待消息的事件用 zeebe:ioMapping 的 output 取内容；发送的用 input 写内容。",
    "Take what a message brings with outputs of zeebe:ioMapping; what is sent with inputs.",
)
_CORRELATION = (
    "改用消息上的 zeebe:subscription correlationKey。",
    "Use correlationKey of zeebe:subscription on the message.",
)
INSTEAD: dict[str, tuple[str, str]] = {
    **{
        name: (f"改用 zeebe:assignmentDefinition 的 {name}。", f"Use {name} of zeebe:assignmentDefinition.")
        for name in ("assignee", "candidateUsers", "candidateGroups")
    },
    **dict.fromkeys(("formKey", "formRef", "formData", "formProperty"), _FORM),
    **dict.fromkeys(("class", "delegateExpression", "type", "topic", "connector"), _OPERATION),
    **dict.fromkeys(("decisionRef", "calledDecisionId", "decisionTableReferenceKey"), _DECISION),
    **dict.fromkeys(("collection", "elementVariable"), _LOOP),
    **dict.fromkeys(("field", "resource", "operationId", "serviceTaskOperator", "eventType"), _OPERATION),
    **dict.fromkeys(("mapDecisionResult", "decisionRefBinding"), _DECISION),
    **dict.fromkeys(("messageVariable", "messagePayload", "payloadExpression", "variableName"), _PAYLOAD),
    **dict.fromkeys(("processVariableCorrelation", "eventCorrelationParameter", "correlationKeys"), _CORRELATION),
    "skipExpression": _SKIP,
    "initiator": (
        "删去：变量 initiator 总是发起人。",
        "Remove it: the variable initiator is always who started the case.",
    ),
    "caseDefinitionKey": (
        "改用 zeebe:calledElement 调用流程。",
        "Call a process with zeebe:calledElement.",
    ),
    "followUpDate": ("改用 zeebe:taskSchedule followUpDate。", "Use followUpDate of zeebe:taskSchedule."),
    **dict.fromkeys(
        ("instructionsForEndUser", "guestConfirmation"),
        ("写进 flow.toml 的 [asks]。", "Write it into [asks] of flow.toml."),
    ),
    **dict.fromkeys(
        ("failedJobRetryTimeCycle", "retry"),
        (
            "删去：失败的步骤成为事故，由管理员重试。",
            "Remove it: a step that fails becomes an incident, which an admin retries.",
        ),
    ),
    **dict.fromkeys(("in", "inputOutput", "preScript"), _INPUT),
    **dict.fromkeys(("out", "postScript"), _OUTPUT),
    **dict.fromkeys(("expression", "script", "resultVariable", "resultVariableName"), _SCRIPT),
    **dict.fromkeys(
        ("executionListener", "taskListener"),
        (
            "改为画出服务任务；提醒用属性 remindBefore。",
            "Draw a service task; for reminders use the property remindBefore.",
        ),
    ),
    "dueDate": (
        "改用 zeebe:taskSchedule dueDate 或属性 dueIn。",
        "Use zeebe:taskSchedule dueDate or the property dueIn.",
    ),
    "priority": ("改用 zeebe:priorityDefinition。", "Use zeebe:priorityDefinition."),
    "properties": ("改用 zeebe:properties。", "Use zeebe:properties."),
}
_OTHERWISE = (
    "删去它们，改用 Camunda 8（zeebe:）的扩展元素，见 docs/flow-format.md。",
    "Remove them and use Camunda 8 (zeebe:) extension elements; see docs/flow-format.md.",
)
_NOT_EXECUTED = frozenset(
    [
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "laneSet",
        "lane",
    ]
)
# What has no effect on execution, whatever the engine.
HARMLESS = frozenset(
    [
        "versionTag",
        "historyTimeToLive",
        "asyncBefore",
        "asyncAfter",
        "async",
        "exclusive",
        "modelerTemplate",
        "isStartableInTasklist",
        "jobPriority",
        "taskPriority",
        "candidateStarterGroups",
        "candidateStarterUsers",
        "diagramRelationId",
        "asyncLeave",
        "noWaitStatesAsyncLeave",
        "historyLevel",
        "sameDeployment",
        "fallbackToDefaultTenant",
        "category",
        "palette",
        "creationdate",
        "modificationdate",
        "stencilid",
        "stencilsuperid",
        "rotation",
        "labelrotation",
        "display_ref_in_diagram",
        "sourceDockerX",
        "sourceDockerY",
        "targetDockerX",
        "targetDockerY",
        "work-form-field-validation",
        "formFieldValidation",
        "task-candidates-type",
        "unitTests",
    ]
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding for each BPMN element and vendor; attributes and elements that change nothing are left alone."""
    executed = {id(part.element) for parts in (diagram.nodes(), diagram.flows(), diagram.scopes()) for part in parts}
    used: dict[tuple[int, str], tuple[etree._Element, list[str]]] = {}
    for element in diagram.root.iter(etree.Element):
        for uri, name in _foreign_names(element):
            owner = _owner(element, executed)
            used.setdefault((id(owner), VENDORS[uri]), (owner, []))[1].append(name)
    for (_, vendor), (owner, names) in used.items():
        relevant = list(dict.fromkeys(name for name in names if name not in HARMLESS))
        if relevant:
            rule = FOREIGN if id(owner) in executed else UNUSED
            yield diagram.find(rule, owner, vendor=vendor, names=relevant, instead=_instead(relevant))


def _instead(names: list[str]) -> tuple[str, str]:
    """What to write for each of the names, once."""
    told = list(dict.fromkeys(INSTEAD.get(name, _OTHERWISE) for name in names))
    return "".join(zh for zh, _ in told), " ".join(en for _, en in told)


def _foreign_names(element: etree._Element) -> Iterator[tuple[str, str]]:
    if namespace(element) in VENDORS:
        parent = element.getparent()
        if parent is not None and namespace(parent) == BPMN:
            yield namespace(element), local(element)
        return
    for name in element.attrib:
        uri, _, plain = str(name)[1:].partition("}")
        if uri in VENDORS:
            yield uri, plain


def _owner(element: etree._Element, executed: set[int]) -> etree._Element:
    """The executed element that an extension belongs to, else the annotation, lane or data object, else the root."""
    while id(element) not in executed and local(element) not in _NOT_EXECUTED:
        parent = element.getparent()
        if parent is None:
            return element
        element = parent
    return element
