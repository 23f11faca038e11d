"""Activities with something inside: sub processes, called processes, multi-instance."""

# mypy: allow-subclassing-any

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    SubWorkflowTask,
)

from workflows.case import FUTURE, STARTED, Token
from workflows.diagram.values import NOTHING, Value
from workflows.failures import EngineFault
from workflows.nodes.base import Activity, Node


class Embedded(Activity, SubWorkflowTask):
    """A sub process; its inside sees and writes the variables around it."""

    inner: BpmnProcessSpec

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, subworkflow_spec="", **settings)

    def enter(self, token: Token) -> bool:
        """Start the inside and wait for it."""
        token._set_state(STARTED)
        token.workflow.case.open_scope(token, self.inner)
        return False


class Called(Activity, CallActivity):
    """A call activity: the called process has variables of its own (`shares` says what it is given and gives back).

    `find` gives the called process once every process is built.
    """

    find: Callable[[], BpmnProcessSpec]
    gets_all = True
    returns_all = True

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, subworkflow_spec="", **settings)

    @property
    def inner(self) -> BpmnProcessSpec:
        """The called process."""
        return self.find()

    def enter(self, token: Token) -> bool:
        """Hand over variables, start the called process and wait for it."""
        token._set_state(STARTED)
        token.workflow.case.environment.seclude(token, self.gets_all)
        token.workflow.case.open_scope(token, self.inner)
        return False


class Loop(Activity):
    """A multi-instance activity: iterations hang under its token, results wait in the order of the collection.

    In `internal_data`: `size` of the collection, `done` iterations, `results`, and `rest`, the items still to come of
    a sequential one. An iteration keeps its `index` and has a scope with the item and `loopCounter` (from 1).
    """

    body: Node
    collection: Value = NOTHING
    item = ""
    output = ""
    output_element: Value = NOTHING
    until: Value = NOTHING
    sequential = False

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, task_spec="", **settings)

    def enter(self, token: Token) -> bool:
        """Start the first iteration, or all of them; none when the collection is empty."""
        items = self._items(token)
        data = token.internal_data
        data.update(size=len(items), done=0)
        if self.output:
            data["results"] = [None] * len(items)
        if not items:
            return True
        token._set_state(STARTED)
        if self.sequential:
            data["rest"] = items[1:]
            items = items[:1]
        for index, item in enumerate(items):
            self._iterate(token, index, item)
        return False

    def _items(self, token: Token) -> list[Any]:
        items = token.workflow.case.environment.evaluate(token, self.collection)
        if not isinstance(items, list):
            raise EngineFault("loop.not_a_list", self.element.id, found=type(items).__name__)
        if None in items:
            raise EngineFault("loop.null_item", self.element.id, index=items.index(None))
        return items

    def _iterate(self, token: Token, index: int, item: Any) -> None:
        child = token._add_child(self.body, FUTURE)
        child.internal_data["index"] = index
        scope = {self.item: item} if self.item else {}
        token.workflow.case.scopes[child.id] = {**scope, "loopCounter": index + 1}
        self.body._update(child)

    def merge(self, token: Token, child: Token) -> None:
        """An iteration is done: keep its result, then go on, start the next one or finish early."""
        data, scope = token.internal_data, token.workflow
        environment = scope.case.environment
        data["done"] += 1
        if self.output:
            data["results"][child.internal_data["index"]] = environment.evaluate(child, self.output_element)
        enough = self.until is not NOTHING and environment.holds(child, self.until, self._counters(token))
        index = child.internal_data["index"]
        scope.drop(child)
        if enough or data["done"] == data["size"]:
            self._finish(token)
        elif self.sequential:
            item, data["rest"] = data["rest"][0], data["rest"][1:]
            self._iterate(token, index + 1, item)

    def _finish(self, token: Token) -> None:
        scope = token.workflow
        for child in token.children:
            if child.node is self.body:
                scope.drop(child)
        token._ready()

    def _on_complete(self, token: Token) -> None:
        if self.output:
            token.workflow.case.environment.assign(token, self.output, token.internal_data["results"])
        super()._on_complete(token)

    def _counters(self, token: Token) -> dict[str, int]:
        size, done = token.internal_data["size"], token.internal_data["done"]
        active = sum(child.node is self.body for child in token.children) - 1
        return {
            "numberOfInstances": size,
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": active,
            "numberOfTerminatedInstances": 0,
        }


class ParallelLoop(Loop, ParallelMultiInstanceTask):
    """All iterations at once."""


class SequentialLoop(Loop, SequentialMultiInstanceTask):
    """One iteration after the other."""

    sequential = True
