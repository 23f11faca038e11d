"""What a walk through a diagram may be moved back to: what was done before it came there, in every shipped flow."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from service.audit.timeline import Event
from service.instances import moving
from tests.driver import BPMN, folder
from workflows import dialect
from workflows.diagram.elements import Element

SHIPPED = {
    "exchange": "exchange", "exchange-placement": "exchange_placement", "hiring": "hiring", "personnel": "personnel",
    "reserved-posts": "reserved_post", "reserved-round": "reserved_round", "title": "title",
    "title-revocation": "title_revocation",
}  # fmt: skip
STEPS, WALKS = 60, 80


@pytest.mark.parametrize("name", SHIPPED)
def test_no_walk_is_moved_to_what_it_has_not_done_nor_to_what_lay_ahead_when_it_first_came(name: str) -> None:
    shared = {f"shared/{file}": content for file, content in folder(BPMN / "shared").items()}
    files = {**shared, **folder(BPMN / name)}
    definition: Any = SimpleNamespace(spec=dialect.parse(files, SHIPPED[name]))
    turns = sum(follow(definition, random.Random(seed)) for seed in range(WALKS))
    assert turns


def follow(definition: Any, chance: random.Random) -> int:
    """Ask at every step of a walk; how often it came to a step again."""
    known: dict[str, frozenset[str]] = {}
    events: list[Event] = []
    turns = 0
    for before, at, passed in walk(definition.spec.elements, chance):
        events.append(completed(len(events) + 1, before, passed))
        turns += at in known
        known.setdefault(at, frozenset(event.element_id for event in events) - {""})
        assert moving.done_before(definition, events, at) == known[at]
    return turns


def completed(seq: int, element_id: str, passed: Sequence[str]) -> Event:
    kind = moving.DONE if element_id else "instance.started"
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    return Event("instance:1", seq, moment, "p", None, kind, element_id, {"passed": list(passed)}, None, False, None)


def walk(elements: Mapping[str, Element], chance: random.Random) -> Iterator[tuple[str, str, list[str]]]:
    """From one step of a person to the next over flows chosen by chance, until an end or enough."""
    here = next(e for e in elements.values() if e.kind == "startEvent" and not e.incoming and not e.attached_to)
    before, passed = "", list[str]()
    for _ in range(STEPS):
        if not here.outgoing:
            return
        flow = elements[chance.choice(here.outgoing)]
        passed.append(flow.id)
        here = elements[flow.target]
        if here.kind == "userTask":
            yield before, here.id, passed
            before, passed = here.id, []


def test_behind_a_ballot_nothing_is_moved_back_to_before_it_but_to_what_was_done_since() -> None:
    ballot = replace(completed(2, "vote", ()), kind="task.voted")
    events = [completed(1, "before", ()), ballot, completed(3, "vote", ()), completed(4, "since", ())]
    assert [moving.voted_since(events, step) for step in ("before", "vote", "since")] == [True, True, False]
    assert not moving.voted_since(events[:1], "before")
