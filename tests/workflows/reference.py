"""SpiffWorkflow as it comes: stock parser, stock specs, the whole tree; only its wrong joins are replaced."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, MultipleEventDefinition
from SpiffWorkflow.util.task import TaskState

from tests.workflows.conditions import Condition
from workflows.feel import compile_expression, plain

FINISHED = TaskState.FINISHED_MASK
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC).isoformat()


class CountingJoin(defaults.ParallelGateway):
    """Goes on when every incoming element has an arrival that was not used before."""

    def _unused(self, task: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for other in task.workflow.tasks.values():
            arrived = other.task_spec is self and other.parent.state == TaskState.COMPLETED
            if arrived and "used" not in other.internal_data:
                found.setdefault(other.parent.task_spec.name, other)
        return found

    def _check_threshold_unstructured(self, task: Any) -> bool:
        return len(self._unused(task)) == len(self._inputs)

    def _run_hook(self, task: Any) -> bool:
        for other in self._unused(task).values():
            other.internal_data["used"] = True
        task.internal_data["used"] = True
        return True


class PatientJoin(defaults.InclusiveGateway):
    """Waits for every live token from which a path leads here: right where no loop leads round the gateway.

    The stock rule overlooks tokens inside sub processes and those that are just being passed on.
    """

    def _check_threshold_unstructured(self, task: Any) -> bool:
        live = [
            other
            for other in task.workflow.tasks.values()
            if other.has_state(TaskState.DEFINITE_MASK) and other.parent and other.parent.has_state(FINISHED)
        ]
        return not any(other.task_spec is not self and self._leads_here(other.task_spec) for other in live)

    def _leads_here(self, spec: Any) -> bool:
        seen, todo = set(), [spec]
        while todo:
            found = todo.pop()
            if found is self:
                return True
            if found.name not in seen:
                seen.add(found.name)
                todo.extend(found.outputs)
        return False


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("parallelGateway"): (GatewayParser, CountingJoin),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, PatientJoin),
    }


class Engine:
    """Conditions by what they mean in Python, keys of messages by FEEL, over one dictionary."""

    def __init__(self, variables: dict[str, Any], meanings: Mapping[str, Condition]) -> None:
        self.variables = variables
        self.meanings = meanings
        self.environment = self

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        if expression.startswith("P"):
            return expression
        if expression in self.meanings:
            return self.meanings[expression].holds(self.variables)
        return plain(compile_expression(expression.removeprefix("=")).evaluate(self.variables))


class Reference:
    """One case on the stock engine."""

    def __init__(self, diagram: bytes, variables: dict[str, Any], meanings: Mapping[str, Condition]) -> None:
        parser = Parser()
        parser.add_bpmn_xml(etree.fromstring(diagram), filename="main.bpmn")
        self.engine = Engine(variables, meanings)
        spec = parser.get_spec("main")
        self.workflow = BpmnWorkflow(spec, parser.get_subprocess_specs("main"), script_engine=self.engine)
        self.workflow.do_engine_steps()

    @property
    def completed(self) -> bool:
        return bool(self.workflow.completed)

    def ready(self) -> list[tuple[Any, ...]]:
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(self._key(task) for task in tasks)

    def waits(self) -> list[str]:
        """Element ids of timer and message events that wait; error events wait without being asked for."""
        return sorted(name for task in self._waiting() for name in self._names(task))

    def complete(self, position: int) -> None:
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        sorted(tasks, key=self._key)[position].run()
        self.workflow.do_engine_steps()

    def happen(self, element_id: str) -> None:
        """Let a timer fire or a message arrive, wherever this event waits."""
        for task in self._waiting():
            definitions = self._definitions(task)
            if element_id not in definitions or task.state != TaskState.WAITING:
                continue
            definition = definitions[element_id]
            if isinstance(definition, MessageEventDefinition):
                self.workflow.send_event(BpmnEvent(MessageEventDefinition(definition.name), {}))
                break
            task.internal_data["event_value"] = LONG_AGO
            task.task_spec._update(task)
        self.workflow.do_engine_steps()

    def _waiting(self) -> list[Any]:
        return list(self.workflow.event_manager.tasks.values())

    def _names(self, task: Any) -> list[str]:
        return [name for name, definition in self._definitions(task).items() if not hasattr(definition, "code")]

    def _definitions(self, task: Any) -> dict[str, Any]:
        spec = task.task_spec
        if isinstance(spec.event_definition, MultipleEventDefinition):
            return dict(zip((s.bpmn_id for s in spec.outputs), spec.event_definition.event_definitions, strict=True))
        return {spec.bpmn_id: spec.event_definition}

    def _key(self, task: Any) -> tuple[Any, ...]:
        found: list[Any] = []
        while task is not None:
            index = task.internal_data.get("key_or_index", task.internal_data.get("item"))
            found.append((task.task_spec.bpmn_id or "", -1 if index is None else index))
            host = task.workflow.parent_task_id
            task = self.workflow.get_task_from_id(host) if host is not None else None
        return tuple(reversed(found))
