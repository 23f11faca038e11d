"""Deadlines and who owes them: the applicant's silence ends the step, an authority's is urged and decides nothing."""

from collections.abc import Iterator, Mapping

from workflows.calendar_rules import COUNTED, WORKHOURS, parse_rule
from workflows.checks.diagram import Diagram, Node
from workflows.checks.findings import Finding, error, warning
from workflows.checks.texts import constant_of, is_feel
from workflows.errors import Invalid
from workflows.xml import truth

NO_EXPIRY = error(
    "deadline.applicant_without_expiry",
    (
        "“{name}”由申请人办理并有期限，但逾期以后没有出路：案件会一直停在这里。",
        'The applicant owes "{name}" by a deadline, but nothing follows when it has passed: the case would stand here.',
    ),
    (
        "写 onExpiry=decide:expire 并从网关画出逾期的路，或加一个中断的定时边界事件。",
        "Set onExpiry=decide:expire and draw the way of that decision, or attach an interrupting timer event.",
    ),
)
NOT_URGED = warning(
    "deadline.authority_not_urged",
    (
        "“{name}”由主管部门办理并有期限，却没有{missing}。",
        'An authority owes "{name}" by a deadline, but there is no {missing}.',
    ),
    (
        "写 remindBefore（如 1 workday）和 onExpiry=escalate（逾期向上报告）。",
        "Set remindBefore (such as 1 workday) and onExpiry=escalate (a role above is told).",
    ),
)
CUT_SHORT = warning(
    "deadline.authority_cut_short",
    (
        "“{name}”由主管部门办理，期满时“{event}”直接把它中断：主管部门的沉默不能作为决定。",
        'An authority owes "{name}", but "{event}" takes it away when its time is over: silence decides nothing.',
    ),
    (
        "把边界事件改为不中断的，或用 remindBefore 和 onExpiry=escalate。",
        "Make the event non-interrupting, or use remindBefore and onExpiry=escalate.",
    ),
)

_REMINDER, _ESCALATION = ("提醒", "reminder"), ("逾期升级", "escalation")


def check(diagram: Diagram) -> Iterator[Finding]:
    """All rules about deadlines of user tasks; without `owedBy` an authority owes one, a vote ends by its own rules."""
    for node in diagram.nodes():
        values = {name: element.get("value", "") for name, element in node.properties().items()}
        if node.kind != "userTask" or "dueIn" not in values or constant_of(values.get("signing", "")) == "vote":
            continue
        owner = values.get("owedBy", "authority")
        if owner == "applicant":
            yield from _applicant(diagram, node, values)
        elif owner == "authority":
            yield from _authority(diagram, node, values)


def _applicant(diagram: Diagram, node: Node, values: Mapping[str, str]) -> Iterator[Finding]:
    expiry = values.get("onExpiry", "")
    if not (expiry.startswith("decide:") or is_feel(expiry) or _cutting_timer(node)):
        yield diagram.find(NO_EXPIRY, node, name=node.name)


def _authority(diagram: Diagram, node: Node, values: Mapping[str, str]) -> Iterator[Finding]:
    expiry = values.get("onExpiry", "")
    if timer := _cutting_timer(node):
        yield diagram.find(CUT_SHORT, node, name=node.name, event=timer.name)
    if "remindBefore" not in values and _is_span(values["dueIn"]):
        yield diagram.find(NOT_URGED, node, name=node.name, missing=_REMINDER)
    if not (expiry == "escalate" or expiry.startswith("decide:") or is_feel(expiry)):
        yield diagram.find(NOT_URGED, node, name=node.name, missing=_ESCALATION)


def _is_span(due: str) -> bool:
    """Whether a deadline counts days or hours, as far as is written: nobody can be reminded before a date."""
    constant = constant_of(due)
    if constant is None:
        return any(unit in due for unit in ("day", "hour", "日", "天", "小时"))
    try:
        return parse_rule(constant).measure in (*COUNTED, WORKHOURS)
    except Invalid:
        return False


def _cutting_timer(node: Node) -> Node | None:
    """The timer event that takes a task away."""
    for event in node.scope.nodes.values():
        attached = event.kind == "boundaryEvent" and event.element.get("attachedToRef") == node.id
        if attached and event.event == "timer" and truth(event.element.get("cancelActivity"), default=True):
            return event
    return None
