"""Where a running case may be moved back to by hand: to what it has been through before it came to where it stands.

The diagram alone cannot tell: where a return is drawn every step of the loop lies before every other one.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit import timeline
from service.audit.timeline import Event
from service.errors import Conflict
from service.tasks import advance, discretion, queue, targets
from service.tasks.choices import choices
from service.tasks.models import Task
from service.tasks.voting import VOTE
from workflows import engine, store
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.inspection import Current

DONE = "task.completed"
_BALLOTS = (discretion.VOTED, discretion.COUNTED)
_TASK = table_of(Task)


def place_at(held: store.Held, definition: Definition, element_id: str) -> Current:
    """Where the case stands on an element, once; Conflict("move.nothing_there" | "move.several")."""
    found = [place for place in engine.inspect(held, definition) if place.element_id == element_id]
    if not found:
        raise Conflict("move.nothing_there", element_id=element_id)
    if len(found) > 1:
        raise Conflict("move.several", element_id=element_id, count=len(found))
    return found[0]


def expect_back(session: Session, held: store.Held, definition: Definition, place: Current, target_id: str) -> None:
    """The target is a step of a person that the case did before it came to the place.

    Conflict("move.not_back" | "move.vote"), and what forbids to return the task itself: `targets.refusal`.
    """
    events = _events(session, held)
    if code := _held_fast(session, definition, place, events):
        raise Conflict(code, element_id=place.element_id)
    sound = engine.return_targets(held, definition, place.token)
    if target_id not in sound or target_id not in done_before(definition, events, place.element_id):
        raise Conflict("move.not_back", element_id=target_id)
    if voted_since(events, target_id):
        raise Conflict("move.vote", element_id=target_id)


def moves(session: Session, held: store.Held, definition: Definition) -> dict[str, dict[str, tuple[str, ...]]]:
    """Element → earlier step to which it may be moved back → the elements that this closes."""
    places = [place for place in engine.inspect(held, definition) if place.state != "running"]
    names, events = [place.element_id for place in places], _events(session, held)
    found = {
        place.element_id: _from(held, definition, place, events)
        for place in places
        if names.count(place.element_id) == 1 and _held_fast(session, definition, place, events) is None
    }
    return {element: targets for element, targets in found.items() if targets}


def _from(
    held: store.Held, definition: Definition, place: Current, events: Sequence[Event]
) -> dict[str, tuple[str, ...]]:
    before = done_before(definition, events, place.element_id)
    sound = engine.return_targets(held, definition, place.token)
    return {
        target: engine.closed_by(held, definition, place.token, target)
        for target in sound
        if target in before and not voted_since(events, target)
    }


def done_before(definition: Definition, events: Sequence[Event], element_id: str) -> frozenset[str]:
    """The steps that were first done before the case first came to an element; none when it never came along a flow.

    What was done only after it was there lies ahead of it, however often a drawn return has led back since.
    """
    incoming = _incoming(definition, element_id)
    arrived = next((event.seq for event in events if incoming & _passed(event)), 0)
    return frozenset(event.element_id for event in events if event.kind == DONE and event.seq <= arrived)


def settled(session: Session, held: store.Held, definition: Definition) -> bool:
    """Whether somebody has decided, or an operation has run: what the case was begun with has been relied on."""
    elements = definition.spec.everything
    works = {name for name, found in elements.items() if found.kind == "serviceTask"}
    return any(event.kind == DONE or works & _passed(event) for event in _events(session, held))


def voted_since(events: Sequence[Event], step: str) -> bool:
    """Whether ballots were cast at a step, or behind it since it was last done: no one officer undoes them."""
    last = max((event.seq for event in events if event.kind == DONE and event.element_id == step), default=0)
    return any(event.kind in _BALLOTS and (event.seq > last or event.element_id == step) for event in events)


def _held_fast(session: Session, definition: Definition, place: Current, events: Sequence[Event]) -> str | None:
    """Why nothing moves from a place, whatever the target; a vote without a ballot may still be moved."""
    here = select(_TASK.c.id).where(_TASK.c.token == place.token, _TASK.c.state == "open")
    task_id = session.scalars(here).first()
    if task_id is None:
        return None
    task = queue.read(session, task_id)
    if task.signing == VOTE:
        cast = any(event.kind in _BALLOTS and (event.body or {}).get("task_id") == task_id for event in events)
        return "return.vote" if cast else None
    return targets.refusal(task, choices(definition.settings, task.element_id, task.properties))


def _events(session: Session, held: store.Held) -> Sequence[Event]:
    return list(timeline.every(session, advance.stream_of(held.id)))


def _passed(event: Event) -> frozenset[str]:
    return frozenset((event.body or {}).get("passed", ()))


def _incoming(definition: Definition, element_id: str) -> frozenset[str]:
    elements = definition.spec.everything
    return frozenset(elements[element_id].incoming) if element_id in elements else frozenset()
