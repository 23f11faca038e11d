"""What nobody can beat: SpiffWorkflow as it comes, in memory, and one bare transaction."""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import insert

from benchmarks.measuring import spent
from service.db import transaction
from tests.workflows import diagrams as d
from workflows.base import new_id, table_of
from workflows.models import Resource

_ROW = insert(table_of(Resource))


def bare_transaction() -> float:
    """One row inserted and committed: BEGIN, INSERT, COMMIT."""

    def one() -> None:
        with transaction() as session:
            session.connection().execute(_ROW, {"checksum": new_id(), "kind": "x", "name": "x", "content": b"x"})

    return spent(one)


class Stock:
    """A line of `size` user tasks on the stock engine: its parser, its specs, the whole tree of tasks."""

    def __init__(self, size: int) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(d.line(size)), filename="main.bpmn")
        self._spec = parser.get_spec("main")
        self._serializer = BpmnWorkflowSerializer()
        self._begin()

    def _begin(self) -> None:
        self._case = BpmnWorkflow(self._spec)
        self._case.do_engine_steps()

    def _ready(self) -> Any:
        return next(iter(self._case.get_tasks(state=TaskState.READY, manual=True)), None)

    def _step(self) -> None:
        self._ready().run()
        self._case.do_engine_steps()

    def in_memory(self) -> float:
        """Complete a task; the case never leaves memory."""
        if self._ready() is None:
            self._begin()
        return spent(self._step)

    def saved(self) -> float:
        """Load the case from JSON, complete a task, save it as JSON: what a server needs that does not compact."""
        if self._ready() is None:
            self._begin()
        text = self._serializer.serialize_json(self._case)

        def one() -> None:
            self._case = self._serializer.deserialize_json(text)
            self._step()
            self._serializer.serialize_json(self._case)

        return spent(one)
