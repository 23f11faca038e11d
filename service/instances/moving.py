"""Where a running case may be moved back to by hand: to what it has been through before it came to where it stands.

The diagram alone cannot tell: where a return is drawn every step of the loop lies before every other one. A step that
its holders may not return is moved, too, where nothing is done twice, no hold lost, and no vote or meeting undone.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import orjson
from sqlalchemy.orm import Session

from service.audit import timeline
from service.audit.timeline import Event
from service.errors import Conflict
from service.flows import registry
from service.instances.migrating import facts_of
from service.tasks import advance, discretion
from workflows import engine, store
from workflows.catalogue import Definition
from workflows.checks.context import GateContext
from workflows.inspection import Current
from workflows.migration import Drawn, Refusal, against
from workflows.tokens.marking import Marking

DONE = "task.completed"
_BALLOTS = (discretion.VOTED, discretion.COUNTED)


@dataclass(frozen=True)
class Way:
    """From an element on which the case stands back to an earlier step: the elements that this closes, or why it is
    refused (`move.…`, with what fills the words)."""

    source: str
    target: str
    closes: tuple[str, ...] = ()
    refused: Refusal | None = None


def expect_back(session: Session, held: store.Held, definition: Definition, source: str, target: str) -> Current:
    """Where the case stands, of what may be moved back from there to the target.

    Conflict("move.nothing_there") when it does not stand there, "move.not_back" for what is no step that a person did
    before, else what `Way.refused` says.
    """
    here = [place for place in engine.inspect(held, definition) if place.element_id == source]
    if not here:
        raise Conflict("move.nothing_there", element_id=source)
    way = next((one for one in _Look(session, held, definition).ways(source, here) if one.target == target), None)
    if way is None:
        raise Conflict("move.not_back", element_id=target)
    if way.refused is not None:
        told = {"element_id": way.refused.element_id or target, "name": way.refused.name, **way.refused.params}
        raise Conflict(way.refused.code, **told)
    return here[0]


def ways(session: Session, held: store.Held, definition: Definition) -> list[Way]:
    """From each element on which the case stands to every step that a person did before it came there."""
    look = _Look(session, held, definition)
    places: dict[str, list[Current]] = {}
    for place in engine.inspect(held, definition):
        if place.state != "running":
            places.setdefault(place.element_id, []).append(place)
    return [way for source, here in places.items() for way in look.ways(source, here)]


class _Look:
    """What a case has been through, read once, and what may come of it from an earlier step."""

    def __init__(self, session: Session, held: store.Held, definition: Definition) -> None:
        self.held, self.definition = held, definition
        self.events = _events(session, held)
        self.facts = facts_of(session, held)
        self.meetings = _meetings(definition, *self.facts.versions)

    def ways(self, source: str, here: Sequence[Current]) -> Iterator[Way]:
        before = done_before(self.definition, self.events, source)
        sound = engine.return_targets(self.held, self.definition, here[0].token)
        for target in sound:
            if target in before:
                yield self._way(source, target, here)

    def _way(self, source: str, target: str, here: Sequence[Current]) -> Way:
        closes = {place.token: engine.closed_by(self.held, self.definition, place.token, target) for place in here}
        first = closes[here[0].token]
        if len(set(closes.values())) > 1 or first.count(source) < len(here):
            return Way(source, target, (), Refusal("move.several", source, source, {"count": len(here)}))
        if voted_since(self.events, target):
            return Way(source, target, (), Refusal("move.vote", target, target))
        if met_since(self.events, target, self.meetings):
            return Way(source, target, (), Refusal("move.meeting", target, target))
        after = engine.moved(self.held, self.definition, here[0].token, target)
        return Way(source, target, first, against(_drawn(self.definition), self._marking, after, self.facts))

    @cached_property
    def _marking(self) -> Marking:
        found: Marking = orjson.loads(self.held.tokens)
        return found


@lru_cache(maxsize=16)
def _drawn(definition: Definition) -> Drawn:
    """What the diagrams of a version say is worked out once for all its cases; definitions never change."""
    return Drawn(definition, GateContext(operations=registry.allowed()))


def done_before(definition: Definition, events: Sequence[Event], element_id: str) -> frozenset[str]:
    """The steps that were first done before the case first came to an element; none when it never came along a flow.

    What was done only after it was there lies ahead of it, however often a drawn return has led back since.
    """
    incoming = _incoming(definition, element_id)
    arrived = next((event.seq for event in events if incoming & _passed(event)), 0)
    return frozenset(event.element_id for event in events if event.kind == DONE and event.seq <= arrived)


def met_since(events: Sequence[Event], step: str, meetings: Collection[str]) -> bool:
    """Whether a meeting has decided at a step, or behind it since it was last done: one officer does not undo that.

    `meetings` are the steps that a meeting decides, of which the minutes may have been told from paper.
    """
    return any(_met(event, meetings) for event in _since(events, step))


def settled(session: Session, held: store.Held, definition: Definition) -> bool:
    """Whether somebody has decided, or an operation has run: what the case was begun with has been relied on."""
    elements = definition.spec.everything
    works = {name for name, found in elements.items() if found.kind == "serviceTask"}
    return any(event.kind == DONE or works & _passed(event) for event in _events(session, held))


def voted_since(events: Sequence[Event], step: str) -> bool:
    """Whether ballots were cast, here or on paper, at a step, or behind it since it was last done.

    No one officer undoes them.
    """
    return any(event.kind in _BALLOTS or _counted(event) for event in _since(events, step))


def _since(events: Sequence[Event], step: str) -> Iterator[Event]:
    """What happened at a step, and everything since it was last done."""
    last = max((event.seq for event in events if event.kind == DONE and event.element_id == step), default=0)
    return (event for event in events if event.seq > last or event.element_id == step)


def _met(event: Event, meetings: Collection[str]) -> bool:
    if event.kind != discretion.RECORDED:
        return event.kind == discretion.CONFIRMED
    return event.element_id in meetings and "for_seat_id" not in (event.body or {})


def _counted(event: Event) -> bool:
    """A vote recorded from paper is told by its count alone."""
    return event.kind == discretion.RECORDED and "quorum" in (event.body or {})


def _meetings(*definitions: Definition) -> frozenset[str]:
    """The steps that a meeting decides, of every version by which a case has run."""
    elements = (element for definition in definitions for element in definition.spec.everything.values())
    return frozenset(element.id for element in elements if element.properties.get("collective"))


def _events(session: Session, held: store.Held) -> Sequence[Event]:
    return list(timeline.every(session, advance.stream_of(held.id)))


def _passed(event: Event) -> frozenset[str]:
    return frozenset((event.body or {}).get("passed", ()))


def _incoming(definition: Definition, element_id: str) -> frozenset[str]:
    elements = definition.spec.everything
    return frozenset(elements[element_id].incoming) if element_id in elements else frozenset()
