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
from service.tasks import discretion
from tests.driver import BPMN, folder
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows import dialect
from workflows.checks.context import GateContext
from workflows.diagram.elements import Element
from workflows.migration import Drawn, Facts, against

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


def test_behind_a_meeting_s_decision_nothing_is_moved_back_to_before_it() -> None:
    met = replace(completed(2, "meeting", ()), kind=discretion.CONFIRMED)
    events = [completed(1, "before", ()), met, completed(3, "since", ())]
    assert [moving.met_since(events, step, ()) for step in ("before", "meeting", "since")] == [True, True, False]
    assert not moving.met_since(events[:1], "before", ())


def test_a_lone_token_inside_a_block_is_no_place_to_come_to() -> None:
    """The second bar: what the moves of the engine let pass is played on as the gate would."""
    nodes = [flows.task(name, "bureau_hr_officer", decisions="approve") for name in ("check", "left", "right")]
    nodes += [d.gateway("parallel", "fork"), d.gateway("parallel", "join")]
    files = flows.flow(
        nodes, [d.path("start", "check", "fork", "left", "join", "end"), d.path("fork", "right", "join")]
    )
    read: Any = SimpleNamespace(key="small", spec=dialect.parse(files, "small"), files=files, settings={}, forms={})
    drawn, facts = Drawn(read, GateContext()), Facts(frozenset(), frozenset())

    def at(*names: str) -> Any:
        return {"tokens": [{"element": name, "id": name} for name in names]}

    assert against(drawn, at("left", "right"), at("check"), facts) is None
    refused = against(drawn, at("left", "right"), at("left"), facts)
    assert refused is not None and refused.code == "move.unsound"
