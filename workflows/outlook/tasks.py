"""How a task would open by what is known, and what is known after the nodes on the way."""

from collections.abc import Iterable
from typing import Any

from workflows.errors import LecternError
from workflows.feel import Scope
from workflows.nodes import activities, containers, events
from workflows.nodes.base import Node
from workflows.opening import names_of, text_of
from workflows.outlook.known import Known
from workflows.outlook.steps import Guide
from workflows.step import OpenedTask


def opened(node: activities.PersonTask, known: Known, scope: Scope) -> OpenedTask:
    """The task as it would open; what is not certain yet is left out."""
    element, assignment = node.element, node.assignment
    local = known
    for name, value in node.takes:
        local = _mapped(local, name, value, scope)

    def certain(value: Any, read: Any, otherwise: Any) -> Any:
        found, sure = local.value(value, scope)
        try:
            return read(found) if sure else otherwise
        except LecternError:
            return otherwise

    properties = {name: certain(value, _property, "") for name, value in assignment.properties}
    return OpenedTask(
        token="",
        element_id=element.id,
        name=element.name,
        form_id=element.form_id,
        assignee=certain(assignment.assignee, text_of, None),
        candidate_users=certain(assignment.candidate_users, names_of, ()),
        candidate_groups=certain(assignment.candidate_groups, names_of, ()),
        due_date=certain(assignment.due_date, text_of, None),
        properties={name: value for name, value in properties.items() if value},
    )


def agreed(node: activities.PersonTask, guide: Guide, known: Known) -> Known:
    """After a task whose signers let the case go on; what they fill in is not known."""
    return decided(node, guide.agrees(node.element.id, node.element.properties), guide, known)


def decided(node: activities.PersonTask, decision: str, guide: Guide, known: Known) -> Known:
    """After a task that was decided so."""
    if node.gives is not None:
        return known.without(name.partition(".")[0] for name, _ in node.gives)
    left = known.without(guide.fills(node.element.id))
    return left.with_value(result_of(node), {"decision": decision}, assumed=True)


def result_of(node: activities.PersonTask) -> str:
    """The variable that tells how a task was decided."""
    return str(node.element.properties.get("result") or node.element.id)


def after(node: Node, guide: Guide, known: Known, scope: Scope) -> Known:
    """What is known behind a node that no person decides."""
    if node.gives is not None:
        return known.without(name.partition(".")[0] for name, _ in node.gives)
    if isinstance(node, activities.WorkTask):
        return _worked(node.work, guide, known, scope)
    if isinstance(node, events.Throw) and node.work is not None:
        return known.without(guide.writes.get(node.work.operation, ()))
    if isinstance(node, containers.Called):
        return known.without(_written(node.inner, guide)) if node.returns_all else known
    if isinstance(node, containers.Embedded):
        return known.without(_written(node.inner, guide))
    return known


def _worked(work: activities.Work, guide: Guide, known: Known, scope: Scope) -> Known:
    if work.script is not None:
        value, sure = known.value(work.script, scope)
        return known.with_value(work.result, value) if sure else known.without((work.result,))
    return known.without(guide.writes.get(work.operation, ()) if work.operation else (work.result,))


def _written(spec: Any, guide: Guide) -> Iterable[str]:
    """Every variable that something inside a process or sub process may write."""
    found: set[str] = set()
    for node in spec.task_specs.values():
        body = node.body if isinstance(node, containers.Loop) else node
        if isinstance(node, containers.Loop) and node.output:
            found.add(node.output)
        if not isinstance(body, Node):
            continue
        found.update(name.partition(".")[0] for name, _ in body.gives or ())
        if isinstance(body, activities.PersonTask):
            found |= {result_of(body), *guide.fills(body.element.id)}
        elif isinstance(body, activities.WorkTask):
            work = body.work
            found.update(guide.writes.get(work.operation, ()) if work.operation else (work.result,))
        elif isinstance(body, containers.Embedded | containers.Called):
            found.update(_written(body.inner, guide))
    return found


def _mapped(known: Known, name: str, value: Any, scope: Scope) -> Known:
    found, sure = known.value(value, scope)
    head = name.partition(".")[0]
    return known.with_value(name, found) if sure and head == name else known.without((head,))


def _property(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value).lower()
