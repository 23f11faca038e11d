"""What soundness says of random diagrams is what the engine does with them, tried in every order and decision."""

import os
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from tests.workflows import blocks
from tests.workflows.checks import oracle, wild
from tests.workflows.checks.drawing import CONTEXT
from workflows.case import Case
from workflows.checks import check, game, soundness
from workflows.checks.diagram import read_diagram
from workflows.xml import parse_xml

DIAGRAMS = int(os.environ.get("LECTERN_PROVE_DIAGRAMS", "4000" if os.environ.get("LECTERN_PROVE") else "100"))
STATES = 120
ROLES = replace(CONTEXT, held_roles=None)


def compared(seed):
    """Compare one random diagram; a word for what it was."""
    xml = wild.draw(seed)
    found = check({"main.bpmn": xml}, ROLES)
    if any(f.severity == "error" and not f.rule.id.startswith("sound.") for f in found):
        return "refused"
    diagram = read_diagram("main.bpmn", parse_xml(xml, "main.bpmn"))
    ours = game.explore(soundness.net_of(diagram, next(diagram.scopes())))
    engine = oracle.play(xml, STATES)
    if not (ours.whole and engine.whole):
        return "too many"
    nodes = ours.net.scope.nodes
    stuck = {ours.net.node_at(place).id for marking in ours.stuck for place in marking}
    assert stuck == engine.stuck, seed
    assert ours.reached == engine.reached & nodes.keys(), seed
    assert ours.ends == engine.ends, seed
    rules = {f.rule.id for f in found if f.rule.id.startswith("sound.")} - {"sound.loop_without_wait"}
    assert ("sound.no_way_to_end" in rules) or not engine.trapped or stuck, seed
    assert "sound.twice" in rules or not engine.twice, seed
    if not rules:
        assert not engine.trapped, seed
        assert engine.together <= together(ours.net), seed
    return sorted(rules)[0] if rules else "sound"


def together(net):
    """The pairs of elements that the game says can be active at once."""
    sides = [pair for fork in game.forks(net) for pair in fork.sides()]
    return {tuple(sorted(pair)) for first, second in sides for pair in product(first, second)}


def test_stuck_and_reached_elements_are_those_of_the_engine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Case, "MAX_STEPS", 300)
    seen = Counter(compared(seed) for seed in range(DIAGRAMS))
    print(dict(seen))
    assert min(seen["sound.deadlock"], seen["sound"], seen["sound.twice"]) >= DIAGRAMS // 40


def test_blocks_that_are_sound_by_construction_have_no_finding():
    for seed in range(DIAGRAMS // 2):
        diagram = read_diagram("main.bpmn", parse_xml(blocks.draw(seed), "main.bpmn"))
        found = soundness.check({"main.bpmn": diagram})
        assert [f.text("en") for f in found if f.rule.id != "sound.loop_without_wait"] == [], seed
