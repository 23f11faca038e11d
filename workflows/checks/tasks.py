"""Service, script, business rule and call activities: what they name must be fixed, known and allowed."""

from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.checks.context import GateContext, Operation
from workflows.checks.diagram import Diagram, Node
from workflows.checks.findings import Finding, Rule, error, warning
from workflows.checks.texts import is_feel
from workflows.feel import FeelError, compile_expression, plain
from workflows.xml import bpmn, zeebe

NO_OPERATION = error(
    "operation.missing",
    ("“{name}”没有指定操作。", '"{name}" names no operation.'),
    (
        "填写 zeebe:taskDefinition 的 type。已登记：{known}。",
        "Set the type of zeebe:taskDefinition. Registered: {known}.",
    ),
)
UNKNOWN_OPERATION = error(
    "operation.unknown",
    ("“{name}”的操作 {operation} 没有登记。", 'The operation {operation} of "{name}" is not registered.'),
    ("改为已登记的操作：{known}。", "Use a registered operation: {known}."),
)
DYNAMIC = error(
    "reference.dynamic",
    ("“{name}”的 {attribute} 不能是表达式或空。", 'The {attribute} of "{name}" must be a fixed name.'),
    ("写固定的 id；要分情况时用网关。", "Write a fixed id; use a gateway to tell cases apart."),
)
MISSING_PARAMETER = error(
    "operation.parameter_missing",
    (
        "操作 {operation} 需要参数 {parameters}，“{name}”没有提供。",
        'Operation {operation} needs {parameters}, which "{name}" does not give.',
    ),
    ("在 zeebe:ioMapping 中为它们各加一个 input。", "Add an input for each of them to zeebe:ioMapping."),
)
PARAMETER_TYPE = error(
    "operation.parameter_type",
    (
        "操作 {operation} 的参数 {parameter} 应是 {wanted}，“{name}”给的是 {found}。",
        'The parameter {parameter} of operation {operation} is a {wanted}; "{name}" gives a {found}.',
    ),
    ("改成 {wanted}，例如 {example}。", "Give a {wanted}, for example {example}."),
)
UNKNOWN_PARAMETER = warning(
    "operation.parameter_unknown",
    ("操作 {operation} 不认识参数 {parameters}。", "Operation {operation} does not know {parameters}."),
    ("核对名称；它的参数是：{known}。", "Check the names; its parameters are: {known}."),
)
LANGUAGE = error(
    "script.language",
    (
        "脚本任务“{name}”含有 {language} 脚本，拒绝执行。",
        'Script task "{name}" holds a {language} script, which is never run.',
    ),
    (
        "改用 zeebe:script，expression 写 FEEL（= 开头）并填写 resultVariable。",
        "Use zeebe:script with a FEEL expression (after =) and a resultVariable.",
    ),
)
NO_SCRIPT = error(
    "script.missing",
    (
        "脚本任务“{name}”没有 FEEL 表达式或结果变量。",
        'Script task "{name}" has no FEEL expression or no result variable.',
    ),
    (
        "填写 zeebe:script 的 expression（= 开头）和 resultVariable。",
        "Set expression (after =) and resultVariable of zeebe:script.",
    ),
)
UNKNOWN_DECISION = error(
    "decision.unknown",
    ("“{name}”引用的决策 {decision} 不存在。", 'The decision {decision} of "{name}" does not exist.'),
    ("加入相应的 .dmn 文件，或改为：{known}。", "Add its .dmn file or use one of: {known}."),
)
NO_DECISION = error(
    "decision.missing",
    (
        "业务规则任务“{name}”没有指定决策或结果变量。",
        'Business rule task "{name}" names no decision or no result variable.',
    ),
    (
        "填写 zeebe:calledDecision 的 decisionId 和 resultVariable。",
        "Set decisionId and resultVariable of zeebe:calledDecision.",
    ),
)
UNKNOWN_PROCESS = error(
    "process.unknown",
    ("“{name}”调用的流程 {process} 不存在。", 'The process {process} called by "{name}" does not exist.'),
    ("先部署该流程，或改为：{known}。", "Deploy that process first or use one of: {known}."),
)
NO_PROCESS = error(
    "process.missing",
    ("调用活动“{name}”没有指定流程。", 'Call activity "{name}" names no process.'),
    ("填写 zeebe:calledElement 的 processId。", "Set the processId of zeebe:calledElement."),
)
NO_COLLECTION = error(
    "loop.collection_missing",
    ("多实例“{name}”没有 inputCollection。", 'Multi-instance "{name}" has no inputCollection.'),
    (
        "填写 zeebe:loopCharacteristics 的 inputCollection（FEEL 列表）和 inputElement。",
        "Set inputCollection (a FEEL list) and inputElement of zeebe:loopCharacteristics.",
    ),
)
OUTPUT_PAIR = error(
    "loop.output_incomplete",
    (
        "多实例“{name}”的 outputCollection 与 outputElement 只写了一个。",
        'Multi-instance "{name}" has only one of outputCollection and outputElement.',
    ),
    ("两个都写，或都不写。", "Set both or neither."),
)
BINDING = error(
    "reference.binding",
    ("“{name}”的 bindingType {binding} 会随时间变化。", 'The bindingType {binding} of "{name}" changes over time.'),
    (
        "删去 bindingType：发布时把确切版本写入清单。",
        "Remove bindingType: publishing pins the exact version in the manifest.",
    ),
)


_EXAMPLES = {"number": "=5", "string": '="text"', "boolean": "=true"}
_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "list",
    dict: "context",
}


def check(diagram: Diagram, context: GateContext, known: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Automatic tasks; `known` holds the ids of forms, decisions and processes inside and outside the files."""
    for node in diagram.nodes():
        match node.kind:
            case "serviceTask" | "sendTask":
                yield from _operation(diagram, node, context)
            case "scriptTask":
                yield from _script(diagram, node, context)
            case "businessRuleTask":
                yield from _decision(diagram, node, context, known["decision"])
            case "callActivity":
                yield from _called(diagram, node, known["process"])
        if node.element.find(bpmn("multiInstanceLoopCharacteristics")) is not None:
            yield from _loop(diagram, node)
        for name in ("calledDecision", "calledElement", "formDefinition"):
            for extension in node.extensions(name):
                binding = extension.get("bindingType", "deployment")
                if binding != "deployment":
                    yield diagram.find(BINDING, extension, name=node.name, binding=binding)


def _operation(diagram: Diagram, node: Node, context: GateContext) -> Iterator[Finding]:
    if node.kind == "sendTask" and node.element.get("messageRef") and not node.extensions("taskDefinition"):
        return
    definition = node.extension("taskDefinition")
    name = (definition.get("type") or "").strip() if definition is not None else ""
    known = sorted(context.operations)
    if not name:
        yield diagram.find(NO_OPERATION, node, name=node.name, known=known or ["–"])
    elif is_feel(name):
        yield diagram.find(DYNAMIC, node, name=node.name, attribute="taskDefinition type")
    elif name not in context.operations:
        yield diagram.find(UNKNOWN_OPERATION, node, name=node.name, operation=name, known=known or ["–"])
    else:
        yield from _parameters(diagram, node, context.operations[name])


def _parameters(diagram: Diagram, node: Node, operation: Operation) -> Iterator[Finding]:
    given = {(item.get("target") or "").partition(".")[0] for item in node.element.iter(zeebe("input"))}
    given |= {item.get("key", "") for item in node.element.iter(zeebe("header"))}
    if missing := sorted(operation.required - given):
        yield diagram.find(MISSING_PARAMETER, node, name=node.name, operation=operation.name, parameters=missing)
    yield from _types(diagram, node, operation)
    surplus = sorted(given - operation.parameters.keys() - operation.required)
    if surplus and not operation.open_parameters:
        known = sorted({*operation.parameters, *operation.required}) or ["–"]
        yield diagram.find(UNKNOWN_PARAMETER, node, operation=operation.name, parameters=surplus, known=known)


def _types(diagram: Diagram, node: Node, operation: Operation) -> Iterator[Finding]:
    """Inputs that are constants of another type than the operation says."""
    for item in node.element.iter(zeebe("input")):
        parameter = item.get("target", "")
        wanted, found = operation.parameters.get(parameter, ""), _constant_type(item.get("source", ""))
        if wanted in _EXAMPLES and found and found != wanted:
            yield diagram.find(
                PARAMETER_TYPE, item, name=node.name, operation=operation.name, parameter=parameter, wanted=wanted,
                found=found, example=_EXAMPLES[wanted],
            )  # fmt: skip


def _constant_type(source: str) -> str:
    """The FEEL type of an input that reads no variable; empty for one that does and for null."""
    if not is_feel(source):
        return "string" if source else ""
    try:
        expression = compile_expression(source.strip()[1:])
        value = None if expression.names | expression.uncertain else plain(expression.evaluate({}))
    except FeelError:
        return ""
    return next((name for kind, name in _TYPES.items() if isinstance(value, kind)), "")


def _script(diagram: Diagram, node: Node, context: GateContext) -> Iterator[Finding]:
    foreign = node.element.find(bpmn("script"))
    language = node.element.get("scriptFormat")
    if foreign is not None or language:
        yield diagram.find(LANGUAGE, node, name=node.name, language=language or "Python")
        return
    if node.extensions("taskDefinition"):
        yield from _operation(diagram, node, context)
        return
    script = node.extension("script")
    text = script.get("expression", "") if script is not None else ""
    if script is None or not text.strip() or not (script.get("resultVariable") or "").strip():
        yield diagram.find(NO_SCRIPT, node, name=node.name)
    elif not is_feel(text):
        yield diagram.find(LANGUAGE, script, name=node.name, language=("非 FEEL", "non-FEEL"))


def _decision(diagram: Diagram, node: Node, context: GateContext, known: frozenset[str]) -> Iterator[Finding]:
    if node.extensions("taskDefinition"):
        yield from _operation(diagram, node, context)
        return
    called = node.extension("calledDecision")
    name = (called.get("decisionId") or "").strip() if called is not None else ""
    if called is None or not name or not called.get("resultVariable"):
        yield diagram.find(NO_DECISION, node, name=node.name)
    yield from _named(diagram, node, name, known, UNKNOWN_DECISION, "decisionId", "decision")


def _called(diagram: Diagram, node: Node, known: frozenset[str]) -> Iterator[Finding]:
    called = node.extension("calledElement")
    name = (called.get("processId") or "").strip() if called is not None else ""
    if not name:
        yield diagram.find(NO_PROCESS, node, name=node.name)
    yield from _named(diagram, node, name, known, UNKNOWN_PROCESS, "processId", "process")


def _named(
    diagram: Diagram, node: Node, name: str, known: frozenset[str], rule: Rule, attribute: str, key: str
) -> Iterator[Finding]:
    """A reference by fixed id to something known."""
    if is_feel(name):
        yield diagram.find(DYNAMIC, node, name=node.name, attribute=attribute)
    elif name and name not in known:
        yield diagram.find(rule, node, name=node.name, known=sorted(known) or ["–"], **{key: name})


def _loop(diagram: Diagram, node: Node) -> Iterator[Finding]:
    loop = node.element.find(f"{bpmn('multiInstanceLoopCharacteristics')}")
    settings = _loop_settings(loop)
    if settings is None or not settings.get("inputCollection"):
        yield diagram.find(NO_COLLECTION, node, name=node.name)
    elif bool(settings.get("outputCollection")) != bool(settings.get("outputElement")):
        yield diagram.find(OUTPUT_PAIR, node, name=node.name)


def _loop_settings(loop: etree._Element | None) -> etree._Element | None:
    if loop is None:
        return None
    return loop.find(f"{bpmn('extensionElements')}/{zeebe('loopCharacteristics')}")
