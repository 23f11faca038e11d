"""Tasks: by people, by registered operations, by FEEL, by decisions; and the ones that only stand for something."""

# mypy: allow-subclassing-any

from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import NoneTask, ServiceTask, UserTask

from workflows.case import Token
from workflows.diagram.values import NOTHING, Value
from workflows.failures import BusinessError
from workflows.nodes.base import Activity


@dataclass(frozen=True)
class Assignment:
    """Who may do a user task, until when and how urgently; values that are evaluated when it opens."""

    assignee: Value = NOTHING
    candidate_users: Value = NOTHING
    candidate_groups: Value = NOTHING
    due_date: Value = NOTHING
    priority: Value = NOTHING
    properties: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Work:
    """What an automatic task does: exactly one of operation, script and decision is set."""

    operation: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    script: Value | None = None
    decision: str = ""
    result: str = ""


class PersonTask(Activity, UserTask):
    """A user task: ready until a person completes it."""

    assignment = Assignment()


class PlainTask(Activity, NoneTask):
    """A task without a kind, or a manual one: passed through, as Camunda 8 does."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.manual = False


class WorkTask(Activity, ServiceTask):
    """A service, script, business rule or send task."""

    work = Work()

    def _run_hook(self, token: Token) -> bool | None:
        case = token.workflow.case
        try:
            case.environment.perform(token, self.work)
        except BusinessError as error:
            case.environment.throw_error(token, error.code, error.variables, error)
            return None
        return True
