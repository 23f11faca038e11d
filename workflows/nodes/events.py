"""Events: what waits for a timer row or a message row, what is thrown, and how scopes end."""

# mypy: allow-subclassing-any

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    EventBasedGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ReceiveTask,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition

from workflows.case import WAITING, Token
from workflows.diagram.values import NOTHING, Value
from workflows.nodes.activities import Work
from workflows.nodes.base import Activity, Node

TIMER, MESSAGE = "timer", "message"


class Begin(Node, StartEvent):
    """The none start event of a process or sub process."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, event_definition=NoneEventDefinition(), **settings)


class Waiting(Node):
    """Waits until a timer or message row is brought to it; knows no clock and no due time itself.

    `trigger` is timer | message | error | escalation; `text` the rule of a timer or the name of a message or the code
    that is caught, `correlation_key` the key of a message. Only timers that are cycles keep `is_cycle`.
    """

    trigger = ""
    text: Value = NOTHING
    code = ""
    correlation_key: Value = NOTHING
    is_cycle = False

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, event_definition=NoneEventDefinition(), **settings)

    def _update_hook(self, token: Token) -> bool:
        token._set_state(WAITING)
        return False

    def waits(self) -> "tuple[Waiting, ...]":
        """The events for which a token on this node needs rows."""
        return (self,)

    def fire(self, token: Token, payload: dict[str, Any], *, again: bool = False) -> None:
        """What was waited for has come: write what it brought and go on."""
        case = token.workflow.case
        case.current = token
        case.environment.receive(token, payload)
        case.environment.give(token)
        case.environment.journal.passed.append(self.element.id)
        token.workflow.leave(token, self.flows)


class Catch(Waiting, IntermediateCatchEvent):
    """An intermediate timer or message event."""


class Receive(Activity, Waiting, ReceiveTask):
    """A receive task: a message event that is an activity."""

    def enter(self, token: Token) -> bool:
        """Wait for the message."""
        return Waiting._update_hook(self, token)

    def fire(self, token: Token, payload: dict[str, Any], *, again: bool = False) -> None:
        """Finish like any activity, so that it can be an iteration too."""
        token.workflow.case.environment.receive(token, payload)
        token._ready()


class Boundary(Waiting, BoundaryEvent):
    """An attached event; its token hangs under the token of its activity while that one is open."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, cancel_activity=settings.pop("interrupting"), **settings)

    def fire(self, token: Token, payload: dict[str, Any], *, again: bool = False) -> None:
        """Interrupting: the activity goes with all inside it. Otherwise a new token leaves beside it.

        A message or escalation that does not interrupt may come again, a timer only as long as its row says so.
        """
        scope, host = token.workflow, token.parent
        case = scope.case
        case.current = token
        case.environment.receive(token, payload)
        case.environment.give(token)
        case.environment.journal.passed.append(self.element.id)
        if self.cancel_activity:
            scope.drop(host)
        elif self.trigger == TIMER and not again:
            scope.drop(token)
        else:
            case.scopes.pop(token.id, None)
        for flow in self.flows:
            case.environment.journal.passed.append(flow.id)
            flow.target.arrive(scope, flow.id)
        scope.settle()


class Choice(Waiting, EventBasedGateway):
    """An event gateway: one token that waits for several events; the first one decides."""

    def waits(self) -> tuple[Waiting, ...]:
        """The events behind the gateway."""
        return tuple(flow.target for flow in self.flows if isinstance(flow.target, Waiting))

    def choose(self, token: Token, element_id: str, payload: dict[str, Any]) -> None:
        """Go the way of one event."""
        flow = next(flow for flow in self.flows if flow.target.element.id == element_id)
        scope = token.workflow
        scope.case.environment.journal.passed.append(self.element.id)
        scope.case.environment.journal.passed.append(flow.id)
        target = flow.target
        assert isinstance(target, Waiting)
        chosen = target.arrive(scope, flow.id)
        scope.drop(token)
        target.fire(chosen, payload)


class Throw(Node, IntermediateThrowEvent):
    """Sends a message, performs an operation, escalates, or does nothing."""

    trigger = ""
    code = ""
    message = ""
    correlation_key: Value = NOTHING
    work: Work | None = None

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, event_definition=NoneEventDefinition(), **settings)

    def _update_hook(self, token: Token) -> bool:
        if self.takes:
            token.workflow.case.environment.take(token)
        return True

    def _run_hook(self, token: Token) -> bool:
        environment = token.workflow.case.environment
        if self.work is not None:
            environment.perform(token, self.work)
        elif self.trigger == MESSAGE:
            environment.send(token, self.message, self.correlation_key)
        return True

    def _on_complete(self, token: Token) -> None:
        environment = token.workflow.case.environment
        if self.trigger == "escalation":
            environment.escalate(token, self.code)
        if token.id in token.workflow.tasks:
            super()._on_complete(token)
        else:
            environment.journal.passed.append(self.element.id)


class Send(Activity, Throw):
    """A send task that names a message instead of an operation."""

    def enter(self, token: Token) -> bool:
        """Nothing to wait for."""
        return True


class End(Throw, EndEvent):
    """Ends its path; may end the whole scope, raise an error, and say how the case ended."""

    def _on_complete(self, token: Token) -> None:
        scope = token.workflow
        case = scope.case
        if scope is case and "outcome" in self.element.properties:
            case.outcome = self.element.properties["outcome"]
        if self.trigger == "error":
            case.environment.journal.passed.append(self.element.id)
            case.environment.throw_error(token, self.code, case.environment.payload(token))
            return
        if self.trigger == "terminate":
            for other in scope.top():
                if other is not token:
                    scope.drop(other)
        super()._on_complete(token)
