"""The engine: start · complete · fire_timer · deliver · move · go on · cancel, each from a saved state to the next."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from workflows import deadlines, store
from workflows.base import new_id
from workflows.case import READY, Token
from workflows.deadlines import SubscriptionRow, TimerRow
from workflows.errors import Conflict
from workflows.failures import BusinessError, EngineFault
from workflows.inspection import (
    Current,
    closed_by,
    expect_target,
    inspect,
    moved,
    return_targets,
    scopes_at,
    variables_at,
)
from workflows.nodes.activities import PersonTask
from workflows.nodes.events import Boundary, Choice, Waiting
from workflows.run import RUNNING, Run
from workflows.step import Step
from workflows.store import Held
from workflows.surroundings import Call, Definition, Operation, Surroundings
from workflows.tokens import jump

__all__ = [
    "BusinessError",
    "Call",
    "Current",
    "Definition",
    "EngineFault",
    "Operation",
    "Surroundings",
    "assign",
    "cancel",
    "closed_by",
    "complete",
    "deliver",
    "expect_target",
    "fire_timer",
    "go_on",
    "inspect",
    "move",
    "moved",
    "return_targets",
    "scopes_at",
    "start",
    "variables_at",
]  # fmt: skip


def start(
    session: Session,
    definition: Definition,
    variables: Mapping[str, Any],
    surroundings: Surroundings,
    *,
    instance_id: str | None = None,
) -> Step:
    """Begin a case and run it to its first rest; inserts the instance."""
    surroundings = replace(surroundings, session=session)
    held = Held(instance_id or new_id(), definition.id, RUNNING, 0, b"", {}, surroundings.now, None)
    run = Run(held, definition, surroundings, new=True)
    run.case.begin()
    (token,) = run.case.top()
    for name, value in variables.items():
        run.environment.assign(token, name, value)
    run.go()
    return run.finish()


def complete(
    held: Held, token: str, values: Mapping[str, Any], surroundings: Surroundings, *, onward: str | None = None
) -> Step:
    """Finish a user task and write `values`; an output mapping picks from them.

    `onward` is the element to go to instead of along the diagram: straight back to who returned the case.
    Raises Conflict `token.gone` when the task is not open (any more), `instance.not_running`, and with `onward`
    `jump.…` when the diagram could not go on soundly from there.
    """
    run = _run(held, surroundings)
    found = run.case.find(token)
    if found is None or found._state != READY or not isinstance(found.node, PersonTask):
        raise Conflict("token.gone", token=token)
    run.case.current = found
    run.environment.receive(found, values)
    if onward is None:
        run.case.enqueue(found)
    else:
        run.environment.give(found)
        run.environment.journal.passed.append(found.node.element.id)
        jump.move(found, onward)
    run.go()
    return run.finish()


def fire_timer(held: Held, timer: TimerRow, surroundings: Surroundings) -> Step:
    """Bring a due timer row to its event. The row is deleted, or moved when it is a cycle with rounds left.

    Whether it is due is the caller's knowledge: the engine asks no clock. Raises Conflict `timer.gone`.
    """
    run = _run(held, surroundings)
    found = _waiting(run, timer.token, "timer.gone")
    again = None
    if isinstance(found.node, Boundary) and found.node.is_cycle and not found.node.cancel_activity:
        again = deadlines.next_round(timer, surroundings)
    _fire(found, timer.element_id, {}, again=again is not None)
    run.go()
    step = run.finish()
    if again is not None and timer.token not in step.dropped and step.outcome is None:
        store.move_timer(surroundings.session, timer.id, again)
    return step


def deliver(held: Held, subscription: SubscriptionRow, payload: Mapping[str, Any], surroundings: Surroundings) -> Step:
    """Bring a message to the event that waits for it. Raises Conflict `subscription.gone`."""
    run = _run(held, surroundings)
    found = _waiting(run, subscription.token, "subscription.gone")
    _fire(found, subscription.element_id, dict(payload))
    run.go()
    return run.finish()


def move(held: Held, token: str, target_element: str, surroundings: Surroundings) -> Step:
    """Put a token on another element of its process or one around it, usually an earlier one.

    Everything that lies after the target in its branch is closed. Raises Conflict `token.gone`, or `jump.…` when the
    diagram could not go on soundly from there.
    """
    run = _run(held, surroundings)
    found = run.case.find(token)
    if found is None:
        raise Conflict("token.gone", token=token)
    jump.move(found, target_element)
    run.go()
    return run.finish()


def go_on(held: Held, surroundings: Surroundings) -> Step:
    """Run what needs nobody: nothing, unless the case came to another version while it stood still.

    Raises Conflict `instance.not_running`.
    """
    run = _run(held, surroundings)
    run.go()
    return run.finish()


def assign(held: Held, name: str, value: Any, surroundings: Surroundings) -> Step:
    """Write a variable of the instance with its history, and let nothing go on. Raises Conflict `instance.ended`."""
    if held.ended_at is not None:
        raise Conflict("instance.ended", state=held.state)
    run = Run(held, surroundings.definitions(held.definition_id), surroundings)
    run.environment.put_root(name, value)
    return run.finish()


def cancel(held: Held, outcome: str, surroundings: Surroundings) -> Step:
    """End a case that runs, is suspended or has failed: `outcome` becomes its state (withdrawn, cancelled, expired …).

    Closes every token, timer and subscription. Raises Conflict `instance.ended`.
    """
    if held.ended_at is not None:
        raise Conflict("instance.ended", state=held.state)
    run = Run(held, surroundings.definitions(held.definition_id), surroundings)
    for token in run.case.top():
        run.case.drop(token)
    return run.finish(outcome)


def _run(held: Held, surroundings: Surroundings) -> Run:
    if held.state != RUNNING:
        raise Conflict("instance.not_running", state=held.state)
    return Run(held, surroundings.definitions(held.definition_id), surroundings)


def _waiting(run: Run, token: str | None, code: str) -> Token:
    found = run.case.find(token or "")
    if found is None or not isinstance(found.node, Waiting):
        raise Conflict(code, token=token)
    return found


def _fire(token: Token, element_id: str, payload: dict[str, Any], *, again: bool = False) -> None:
    node = token.node
    if isinstance(node, Choice):
        node.choose(token, element_id, payload)
    elif isinstance(node, Waiting):
        node.fire(token, payload, again=again)
