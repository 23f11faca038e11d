"""User tasks: somebody can reach them, their form exists, their settings are understood (design §4)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from workflows.calendar_rules import REMEDY, parse_rule
from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node, properties_of
from workflows.checks.findings import Finding, error, warning
from workflows.checks.texts import constant_of, is_feel, listed, roles_in
from workflows.errors import Invalid
from workflows.xml import bpmn

NOBODY = error(
    "assignment.missing",
    (
        "没有人会收到“{name}”：没有指派，泳道也没有角色。",
        'Nobody would get "{name}": no assignment, and no role for its lane.',
    ),
    (
        "填写 candidateGroups（角色）或 assignee，或在 flow.toml 的 [lanes] 里给泳道写角色。",
        "Set candidateGroups (a role) or assignee, or give its lane a role in [lanes] of flow.toml.",
    ),
)
UNKNOWN_ROLE = error(
    "assignment.unknown_role",
    ("“{name}”的角色 {role} 不存在，没有人能担任。", 'The role {role} of "{name}" does not exist; nobody can hold it.'),
    ("改为已有的角色：{known}。", "Use an existing role: {known}."),
)
UNHELD_ROLE = warning(
    "assignment.unheld_role",
    ("今天没有人担任“{name}”的角色 {role}。", 'Nobody holds the role {role} of "{name}" today.'),
    ("在发布前任命一人，或改用别的角色。", "Appoint somebody before publishing, or use another role."),
)
UNKNOWN_FORM = error(
    "form.unknown",
    ("“{name}”的表单 {form} 不存在。", 'The form {form} of "{name}" does not exist.'),
    ("加入相应的 .form 文件，或改为：{known}。", "Add its .form file or use one of: {known}."),
)
FORM_KIND = error(
    "form.not_by_id",
    ("“{name}”的表单不是用 formId 引用的。", 'The form of "{name}" is not named by formId.'),
    (
        "把表单存为 .form 文件，用 zeebe:formDefinition formId 引用。",
        "Save the form as a .form file and name it with zeebe:formDefinition formId.",
    ),
)
VALUE = error(
    "property.value",
    ("“{name}”的属性 {property} 不能是“{value}”。", 'The property {property} of "{name}" cannot be "{value}".'),
    ("可用的值：{allowed}。", "Allowed: {allowed}."),
)
DEADLINE = error(
    "property.deadline",
    ("“{name}”的属性 {property}“{value}”无法识别。", 'The property {property} "{value}" of "{name}" cannot be read.'),
    (REMEDY["zh"], REMEDY["en"]),
)
UNKNOWN = warning(
    "property.unknown",
    ("“{name}”的属性 {property} 不起作用。", 'The property {property} of "{name}" has no effect.'),
    ("核对拼写；可用的属性：{known}。", "Check its spelling; known properties: {known}."),
)
VOTE = error(
    "property.vote",
    ("票决任务“{name}”缺少 {missing}。", 'The vote "{name}" lacks {missing}.'),
    (
        "填写 quorum（最低人数）和 ratio（通过比例，如 2/3）。",
        "Set quorum (how many must vote) and ratio (for example 2/3).",
    ),
)

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "signing": ("single", "all", "any", "sequence", "vote"),
    "owedBy": ("applicant", "authority"),
    "secret": ("true", "false"),
    "paper": ("true", "false"),
}
_PATTERNS: Mapping[str, tuple[str, list[str]]] = {
    "onExpiry": (r"none|escalate|decide:[\w.\-]+", ["none", "escalate", "decide:<value>"]),
    "quorum": (r"\d+|\d+/\d+|0?\.\d+|1\.0|\d+(\.\d+)?\s*%", ["7", "1/2", "50%"]),
    "ratio": (r"\d+/\d+|0?\.\d+|1(\.0)?|\d+(\.\d+)?\s*%", ["2/3", "50%", "0.5"]),
    "result": (r"[^\W\d]\w*", ["name"]),
    "decisions": (r"[\w.\-]+(\s*[,，]\s*[\w.\-]+)*", ["approve, return, reject"]),
    "fields": (
        r"\s*[\w.\-]+\s*:\s*(read|write|required|hidden)(\s*[,，]\s*[\w.\-]+\s*:\s*(read|write|required|hidden))*\s*",
        ["name:read", "name:write", "name:required", "name:hidden"],
    ),
}
_DEADLINES = ("dueIn", "remindBefore")
TASK_PROPERTIES = frozenset(
    {*_CHOICES, *_PATTERNS, *_DEADLINES, "returnTo", "recuse", "signers", "escalateTo", "notice"}
)


def check(
    diagram: Diagram, context: GateContext, known: Mapping[str, frozenset[str]], lanes: Mapping[str, Any]
) -> Iterator[Finding]:
    """All rules about user tasks; `lanes` is [lanes] of flow.toml (lane id or name → role)."""
    lane_of = _lanes(diagram)
    for node in diagram.nodes():
        if node.kind == "userTask":
            yield from _assignment(diagram, node, context, [lanes.get(name) for name in lane_of.get(node.id, ())])
            yield from _form(diagram, node, known["form"])
            yield from _properties(diagram, node)


def _lanes(diagram: Diagram) -> dict[str, list[str]]:
    """Node id → ids and names of the lanes around it; what lies in a subprocess has the lanes of the subprocess."""
    found: dict[str, list[str]] = {}
    for lane in diagram.root.iter(bpmn("lane")):
        names = [lane.get("id", ""), lane.get("name", "")]
        for reference in lane.iterchildren(bpmn("flowNodeRef")):
            found.setdefault((reference.text or "").strip(), []).extend(names)
    for node in diagram.nodes():
        if node.scope.parent and node.id not in found:
            found[node.id] = found.get(node.scope.id, [])
    return found


def _assignment(diagram: Diagram, node: Node, context: GateContext, lanes: list[Any]) -> Iterator[Finding]:
    definition = node.extension("assignmentDefinition")
    given = {} if definition is None else {str(k): str(v) for k, v in definition.attrib.items() if str(v).strip()}
    lane_roles = [str(role) for role in lanes if role]
    assigned = any(name in given for name in ("assignee", "candidateUsers", "candidateGroups"))
    if not assigned and not lane_roles and "signers" not in node.properties():
        yield diagram.find(NOBODY, node, name=node.name)
    for role in dict.fromkeys(
        name for text in (given.get("candidateGroups", ""), *lane_roles) for name in roles_in(text)
    ):
        if role not in context.roles:
            known = sorted(context.roles) or ["–"]
            yield diagram.find(UNKNOWN_ROLE, node, name=node.name, role=role, known=known)
        elif context.held_roles is not None and role not in context.held_roles:
            yield diagram.find(UNHELD_ROLE, node, name=node.name, role=role)


def _form(diagram: Diagram, node: Node, known: frozenset[str]) -> Iterator[Finding]:
    for definition in node.extensions("formDefinition"):
        form = (definition.get("formId") or "").strip()
        if not form or is_feel(form):
            yield diagram.find(FORM_KIND, definition, name=node.name)
        elif form not in known:
            yield diagram.find(UNKNOWN_FORM, definition, name=node.name, form=form, known=sorted(known) or ["–"])
    if node.extensions("userTaskForm"):
        yield diagram.find(FORM_KIND, node, name=node.name)


def _properties(diagram: Diagram, node: Node) -> Iterator[Finding]:
    found = properties_of(node.element)
    for name, element in found.items():
        value = element.get("value", "")
        if name not in TASK_PROPERTIES:
            yield diagram.find(UNKNOWN, element, name=node.name, property=name, known=sorted(TASK_PROPERTIES))
        elif not is_feel(value):
            yield from _value(diagram, node, element, name, value)
        elif name in _DEADLINES and (constant := constant_of(value)) is not None:
            yield from _value(diagram, node, element, name, constant)
    votes = "signing" in found and found["signing"].get("value") == "vote"
    missing = [name for name in ("quorum", "ratio") if name not in found]
    if votes and missing:
        yield diagram.find(VOTE, node, name=node.name, missing=missing)


def _value(diagram: Diagram, node: Node, element: etree._Element, name: str, value: str) -> Iterator[Finding]:
    if name in _CHOICES and value not in _CHOICES[name]:
        yield diagram.find(VALUE, element, name=node.name, property=name, value=value, allowed=list(_CHOICES[name]))
    if name in _PATTERNS and not re.fullmatch(_PATTERNS[name][0], value):
        yield diagram.find(VALUE, element, name=node.name, property=name, value=value, allowed=_PATTERNS[name][1])
    if name in _DEADLINES:
        for part in listed(value):
            try:
                parse_rule(part)
            except Invalid:
                yield diagram.find(DEADLINE, element, name=node.name, property=name, value=part)
