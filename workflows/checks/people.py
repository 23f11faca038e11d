"""User tasks: somebody can reach them, their form exists, their settings are understood (design §4)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from workflows.calendar_rules import REMEDY, Rule, parse_rule, reminds
from workflows.checks import papers, votes
from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node, properties_of
from workflows.checks.findings import Finding, error, warning
from workflows.checks.texts import constant_of, is_feel, roles_in
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
MEASURES = error(
    "property.measures",
    (
        "“{name}”的 remindBefore“{before}”与 dueIn“{due}”不能相减，不会提醒。",
        'remindBefore "{before}" of "{name}" cannot be taken from dueIn "{due}": nobody would be reminded.',
    ),
    (
        "两者用同一种计法（都是工作日、日历日或工作小时），且提醒较短；或写截止日下班前几小时（1 workhour）。",
        "Count both in the same measure (working days, calendar days or hours of work), the reminder shorter; or say "
        "how many hours of work before the last day ends (1 workhour).",
    ),
)

SILENCE = error(
    "property.silence_decides",
    (
        "“{name}”由主管部门办理，逾期不能由系统代为决定（onExpiry={value}）。",
        '"{name}" is owed by an authority: its silence decides nothing (onExpiry={value}).',
    ),
    (
        "写 remind 或 escalate；由申请人办理的步骤写 owedBy=applicant；备案逾期视为备案写 decide:deemed_filed。",
        "Write remind or escalate; owedBy=applicant where the applicant owes it; decide:deemed_filed for a filing that "
        "counts as made.",
    ),
)

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "signing": ("single", "all", "any", "sequence", "vote"),
    "owedBy": ("applicant", "authority"),
    "final": ("true", "false"),
    "pauseOnHolidays": ("true", "false"),
    "confidential": ("health",),
    "paper": ("allowed", "bureau"),
    "bulk": ("no",),
    "anonymous": ("true",),
    "apart": ("true",),
    "collective": ("ordinary", "appointment"),
}
_PATTERNS: Mapping[str, tuple[str, list[str]]] = {
    "onExpiry": (
        r"none|remind|escalate|decide:[\w.\-]+",
        ["none", "remind", "escalate", "decide:<value>"],
    ),
    "result": (r"[^\W\d]\w*", ["name"]),
    "decisions": (r"[\w.\-]+(\s*[,，]\s*[\w.\-]+)*", ["approve, return, reject"]),
    "recuse": (r"[\w\-]+(\.[\w\-]+)+", ["hiring.candidates"]),
    "fields": (
        r"\s*[\w.\-]+\s*:\s*(read|write|required|hidden)(\s*[,，]\s*[\w.\-]+\s*:\s*(read|write|required|hidden))*\s*",
        ["name:read", "name:write", "name:required", "name:hidden"],
    ),
}
RETURN_WORDS = ("initiator", "previous", "any", "none")
DEEMED_FILED = "decide:deemed_filed"
_DEADLINES = ("dueIn", "remindBefore")
TASK_PROPERTIES = frozenset({*_CHOICES, *_PATTERNS, *_DEADLINES, "returnTo", "escalateTo", "about"})
"""What something reads; every other name has no effect and is reported."""


def check(
    diagram: Diagram, context: GateContext, known: Mapping[str, frozenset[str]], lanes: Mapping[str, Any]
) -> Iterator[Finding]:
    """All rules about user tasks; `lanes` is [lanes] of flow.toml (lane id or name → role)."""
    lane_of = _lanes(diagram)
    for node in diagram.nodes():
        if node.kind == "userTask":
            yield from _assignment(diagram, node, context, [lanes.get(name) for name in lane_of.get(node.id, ())])
            yield from _form(diagram, node, known["form"])
            yield from _properties(diagram, node, context)


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
    if not assigned and not lane_roles:
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


def _properties(diagram: Diagram, node: Node, context: GateContext) -> Iterator[Finding]:
    found = properties_of(node.element)
    constants: dict[str, str] = {}
    vote = votes.is_vote(found)
    yield from votes.check(diagram, node, found)
    yield from papers.check(diagram, node, found)
    for name, element in found.items():
        value = constant_of(element.get("value", ""))
        if vote and name in votes.PROPERTIES:
            continue
        if name not in TASK_PROPERTIES:
            yield diagram.find(UNKNOWN, element, name=node.name, property=name, known=sorted(TASK_PROPERTIES))
        elif value is not None:
            constants[name] = value
            yield from _value(diagram, node, element, name, value)
    yield from _reminder(diagram, node, found, constants)
    expiry = constants.get("onExpiry", "")
    if expiry.startswith("decide:") and expiry != DEEMED_FILED and _owner(found, constants) == "authority":
        yield diagram.find(SILENCE, found["onExpiry"], name=node.name, value=expiry)
    role = constants.get("escalateTo")
    if role is not None and role not in context.roles:
        known = sorted(context.roles) or ["–"]
        yield diagram.find(UNKNOWN_ROLE, found["escalateTo"], name=node.name, role=role, known=known)


def _owner(found: Mapping[str, etree._Element], constants: Mapping[str, str]) -> str | None:
    """Who owes the task; without the property an authority, None when an expression will say."""
    return constants.get("owedBy") if "owedBy" in found else "authority"


def _value(diagram: Diagram, node: Node, element: etree._Element, name: str, value: str) -> Iterator[Finding]:
    if name in _CHOICES and value not in _CHOICES[name]:
        yield diagram.find(VALUE, element, name=node.name, property=name, value=value, allowed=list(_CHOICES[name]))
    if name in _PATTERNS and not re.fullmatch(_PATTERNS[name][0], value):
        yield diagram.find(VALUE, element, name=node.name, property=name, value=value, allowed=_PATTERNS[name][1])
    if name == "returnTo":
        yield from _return_to(diagram, node, element, value)
    if name in _DEADLINES and _parsed(value) is None:
        yield diagram.find(DEADLINE, element, name=node.name, property=name, value=value)


def _return_to(diagram: Diagram, node: Node, element: etree._Element, value: str) -> Iterator[Finding]:
    """Where a task may be returned to: words, or other user tasks of the file by their ids."""
    steps = sorted(other.id for other in diagram.nodes() if other.kind == "userTask" and other.id != node.id)
    named = {part.strip() for part in value.replace("，", ",").split(",")}
    allowed = [*RETURN_WORDS, *steps]
    if not named <= set(allowed):
        yield diagram.find(VALUE, element, name=node.name, property="returnTo", value=value, allowed=allowed)


def _reminder(
    diagram: Diagram, node: Node, found: Mapping[str, etree._Element], constants: Mapping[str, str]
) -> Iterator[Finding]:
    """A reminder is a span taken from the deadline's span; both must be known before they can be compared."""
    due, before = constants.get("dueIn"), constants.get("remindBefore")
    if due is None or before is None:
        return
    rules = _parsed(due), _parsed(before)
    if rules[0] and rules[1] and not reminds(rules[0], rules[1]):
        yield diagram.find(MEASURES, found["remindBefore"], name=node.name, before=before, due=due)


def _parsed(text: str) -> Rule | None:
    try:
        return parse_rule(text)
    except Invalid:
        return None
