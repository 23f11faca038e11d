"""A user task that became ready: its assignment, properties and item as plain values."""

from typing import Any

import orjson

from workflows.case import Token, owners
from workflows.diagram.values import Value
from workflows.errors import Invalid
from workflows.failures import EngineFault
from workflows.nodes.activities import PersonTask
from workflows.step import OpenedTask


def opened_task(token: Token) -> OpenedTask:
    """What the task layer is told. Raises EngineFault `task.assignment` when FEEL gives no usable value."""
    node = token.task_spec
    assert isinstance(node, PersonTask)
    element, assignment = node.element, node.assignment
    evaluate = token.workflow.case.environment.evaluate
    try:
        return OpenedTask(
            token=token.id,
            element_id=element.id,
            name=element.name,
            form_id=element.form_id,
            assignee=text_of(evaluate(token, assignment.assignee)),
            candidate_users=names_of(evaluate(token, assignment.candidate_users)),
            candidate_groups=names_of(evaluate(token, assignment.candidate_groups)),
            due_date=text_of(evaluate(token, assignment.due_date)),
            priority=_priority(evaluate(token, assignment.priority)),
            properties={name: _property(token, value) for name, value in assignment.properties},
            item=item_of(token),
        )
    except Invalid as error:
        raise EngineFault("task.assignment", element.id, error) from error


def item_of(token: Token) -> Any:
    """The item of the innermost multi-instance iteration around a token; None outside of any."""
    case = token.workflow.case
    for owner in owners(token):
        loop = owner.node.loop
        if loop is not None and loop.item:
            return case.scopes[owner.id].get(loop.item)
    return None


def _property(token: Token, value: Value) -> str:
    found = token.workflow.case.environment.evaluate(token, value)
    if isinstance(found, str):
        return found
    return "" if found is None else orjson.dumps(found).decode()


def text_of(value: Any) -> str | None:
    """A text or nothing; Invalid("task.not_a_text")."""
    if value is None or isinstance(value, str):
        return value or None
    raise Invalid("task.not_a_text", found=value)


def names_of(value: Any) -> tuple[str, ...]:
    """A list of names, or a text with commas between them."""
    parts = value.split(",") if isinstance(value, str) else [] if value is None else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise Invalid("task.not_names", found=value)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _priority(value: Any) -> int:
    """0 to 100, 50 when nothing is said."""
    if value is None:
        return 50
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid("task.not_a_number", found=value)
    return max(0, min(100, round(value)))
