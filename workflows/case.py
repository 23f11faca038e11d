"""Own workflow classes: a flat tree that never holds more than the live tokens, so nothing grows with history."""

# mypy: allow-subclassing-any

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.failures import EngineFault
from workflows.identifiers import new_id

if TYPE_CHECKING:
    from workflows.environment import Environment, Sealed
    from workflows.nodes.base import Flow, Node

FUTURE: int = TaskState.FUTURE
WAITING: int = TaskState.WAITING
READY: int = TaskState.READY
STARTED: int = TaskState.STARTED
COMPLETED: int = TaskState.COMPLETED
CANCELLED: int = TaskState.CANCELLED


class Token(Task):
    """A live token: a SpiffWorkflow task with a UUIDv7 text as its id, whose `data` stays empty for ever.

    What a token must remember (arrivals at a join, results of a multi-instance activity) is in `internal_data`, all
    of it JSON, all of it saved.
    """

    def __init__(
        self, workflow: "Scope", spec: Any, parent: "Token | None" = None, state: int = FUTURE, id: str | None = None
    ) -> None:
        super().__init__(workflow, spec, parent, state, id or new_id())

    def _add_child(self, task_spec: "Node", state: int = FUTURE) -> "Token":
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        # the stock setter builds a log record, and names for its states, on every change
        self._state = value

    @property
    def node(self) -> "Node":
        """What the token stands on."""
        found: Node = self.task_spec
        return found


class Scope:
    """What the root process and its sub processes share; mixed into SpiffWorkflow's workflow classes.

    Every token hangs directly under the root, except those that belong to another token: waiting boundary events
    under their activity, iterations under their multi-instance activity.
    """

    tasks: dict[str, Token]
    task_tree: Token
    spec: BpmnProcessSpec
    completed: bool
    case: "Case"
    host: Token | None = None

    def begin(self) -> None:
        """Put a token on the start event."""
        self.plant()
        self.spec.begin.arrive(self)

    def plant(self) -> None:
        """Make the root, under which tokens are hung."""
        self.task_tree = Token(self, self.spec.start, state=COMPLETED)

    def top(self) -> list[Token]:
        """The tokens that belong to no other token."""
        found: list[Token] = self.task_tree.children
        return found

    def live(self) -> Iterator[Token]:
        """Every token of this scope, boundary events and iterations included."""
        root = self.task_tree
        return (token for token in self.tasks.values() if token is not root)

    def leave(self, token: Token, flows: "Iterable[Flow]") -> None:
        """Take a token away and put new ones where `flows` lead."""
        self.drop(token)
        passed = self.case.environment.journal.passed
        for flow in flows:
            passed.append(flow.id)
            flow.target.arrive(self, flow.id)
        self.settle()

    def drop(self, token: Token) -> None:
        """Take a token away with all that belongs to it; what was still open counts as cancelled."""
        for child in token.children:
            self.drop(child)
        inner = self.case.subprocesses.pop(token.id, None)
        if inner is not None:
            for child in inner.top():
                inner.drop(child)
        self.case.scopes.pop(token.id, None)
        del self.tasks[token.id]
        token.parent._children.remove(token.id)
        if not token.has_state(TaskState.FINISHED_MASK):
            token._set_state(CANCELLED)

    def settle(self) -> None:
        """End this scope when its last token is gone."""
        if len(self.tasks) == 1 and not self.completed:
            self.completed = True
            self.case.ended(self)


def owners(token: Token) -> Iterator[Token]:
    """A token and the activities around it, innermost first."""
    owner: Token | None = token
    while owner is not None:
        yield owner
        owner = owner.workflow.host


class Inner(Scope, BpmnSubWorkflow):
    """The inside of a sub process or called process."""

    def __init__(self, spec: BpmnProcessSpec, host: Token, case: "Case") -> None:
        self.case = case
        self.host: Token | None = host
        super().__init__(spec, host.id, case, deserializing=True)


class Case(Scope, BpmnWorkflow):
    """One instance in memory: live tokens, variables, and the environment that evaluates for it.

    `variables` are those of the instance, `scopes` the local ones by the token that opened them. `outcome` is what
    the last end event of the root process with such a property said. A case is never made without its environment,
    so SpiffWorkflow's own script engine is never in reach.
    """

    MAX_STEPS: ClassVar[int] = 20_000

    def __init__(self, spec: BpmnProcessSpec, environment: "Sealed", variables: dict[str, Any]) -> None:
        self.case = self
        self.variables = variables
        self.scopes: dict[str, dict[str, Any]] = {}
        self.outcome: str | None = None
        self._environment = environment
        self.current: Token | None = None
        self._queue: deque[Token] = deque()
        self.subprocesses: dict[str, Inner]
        super().__init__(spec, {}, script_engine=environment, deserializing=True)
        environment.case = self

    @property
    def environment(self) -> "Environment":
        """What evaluates and performs for this case."""
        return self._environment  # type: ignore[return-value]

    def every(self) -> Iterator[Scope]:
        """The root and every sub process that runs."""
        return iter((self, *self.subprocesses.values()))

    def tokens(self) -> Iterator[Token]:
        """Every live token of the instance."""
        return (token for scope in self.every() for token in scope.live())

    def find(self, token_id: str) -> Token | None:
        """The live token with this id."""
        for scope in self.every():
            token = scope.tasks.get(token_id)
            if token is not None and token is not scope.task_tree:
                return token
        return None

    def open_scope(self, host: Token, spec: BpmnProcessSpec) -> None:
        """Start the inside of a sub process or called process."""
        inner = self.enclose(host, spec)
        inner.begin()

    def enclose(self, host: Token, spec: BpmnProcessSpec) -> Inner:
        """Make the scope of a sub process without starting it."""
        inner = Inner(spec, host, self)
        self.subprocesses[host.id] = inner
        return inner

    def ended(self, scope: Scope) -> None:
        """A scope has no token left: its activity may go on, or the case is over."""
        if scope.host is not None:
            del self.subprocesses[scope.host.id]
            scope.host._ready()

    def enqueue(self, token: Token) -> None:
        """An automatic element became ready; it runs before `run` returns."""
        self._queue.append(token)

    def run(self) -> None:
        """Run what needs no person and no event, until only waiting is left."""
        steps = 0
        while self._queue or self._open_inclusive():
            token = self._queue.popleft()
            if token._state != READY:
                continue
            steps += 1
            self.current = token
            if steps > self.MAX_STEPS:
                raise EngineFault("engine.endless", token.node.element.id, steps=steps)
            token.run()

    def _open_inclusive(self) -> bool:
        """Let one inclusive join go on that waits for nothing any more; only asked when nothing else can move."""
        return any(join.open(scope) for scope in self.every() for join in scope.spec.inclusive)
