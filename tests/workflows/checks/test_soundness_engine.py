"""What soundness says of random diagrams is what the engine does with them, tried in every order and decision."""

import os
from collections import Counter
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from tests.workflows import blocks
from tests.workflows.checks import oracle, wild
from tests.workflows.checks.drawing import CONTEXT
from tests.workflows.conditions import data
from tests.workflows.test_fuzz_moves import advance
from tests.workflows.walk import Walk
from workflows.case import Case
from workflows.checks import check, game, soundness
from workflows.checks.diagram import read_diagram
from workflows.dialect import parse
from workflows.failures import EngineFault
from workflows.xml import parse_xml

DIAGRAMS = int(os.environ.get("LECTERN_PROVE_DIAGRAMS", "4000" if os.environ.get("LECTERN_PROVE") else "40"))
STATES = 120
WALKS = 2
ROLES = replace(CONTEXT, held_roles=None)


def compared(seed, *, nested):
    """Compare one random diagram; a word for what it was."""
    xml = wild.draw(seed, nested=nested)
    found = check({"main.bpmn": xml}, ROLES)
    if any(f.severity == "error" and not f.rule.id.startswith("sound.") for f in found):
        return "refused"
    diagram = read_diagram("main.bpmn", parse_xml(xml, "main.bpmn"))
    engine = oracle.play(xml, STATES)
    scopes = played(diagram)
    if not (engine.whole and all(ours.whole for ours in scopes.values())):
        return "too many"
    for name, ours in scopes.items():
        if name == "main" or name in engine.reached:
            scope_compared(ours, engine, (seed, name), [scopes[inner] for inner in inside(ours)])
    decided(xml, Random(seed), scopes.values())
    rules = {f.rule.id for f in found if f.rule.id.startswith("sound.")} - {"sound.loop_without_wait"}
    assert ("sound.no_way_to_end" in rules) or not engine.trapped or engine.stuck, seed
    assert "sound.twice" in rules or not engine.twice, seed
    if not rules:
        assert not engine.trapped, seed
        assert engine.together <= {pair for ours in scopes.values() for pair in together(ours.net)}, seed
    return sorted(rules)[0] if rules else "sound"


def played(diagram):
    """The game of each scope by id, inner ones first; a sub process without a normal end is one that never ends."""
    games, unending, standing = {}, set(), set()
    for scope in reversed(list(diagram.scopes())):
        net = soundness.net_of(diagram, scope, unending=frozenset(unending), standing=frozenset(standing))
        games[scope.id] = found = game.explore(net)
        if found.stuck:
            standing.add(scope.id)
        if not found.ends:
            unending.add(scope.id)
    return games


def inside(ours):
    """The ids of the sub processes in a scope, those in them included."""
    return [inner.id for inner in ours.net.scope.inside() if inner is not ours.net.scope]


def scope_compared(ours, engine, where, inner):
    """What the game says of a scope is what the engine does in it; less where something inside goes wrong already."""
    nodes = ours.net.scope.nodes
    stuck = {ours.net.node_at(place).id for marking in ours.stuck for place in marking}
    if any(one.stuck or one.reached != one.net.scope.nodes.keys() for one in inner):
        assert engine.stuck & nodes.keys() <= stuck, where
        assert engine.reached & nodes.keys() <= ours.reached, where
        return
    assert stuck == engine.stuck & nodes.keys(), where
    assert ours.reached == engine.reached & nodes.keys(), where
    assert where[1] != "main" or ours.ends == engine.ends, where


def decided(xml, random, games):
    """Where gateways are really decided, by conditions over random data, a case comes nowhere else."""
    spec = parse({"main.bpmn": xml}, "main")
    missed = {name for ours in games for name in ours.net.scope.nodes.keys() - ours.reached}
    for _ in range(WALKS):
        try:
            walk = Walk(spec, data(random))
            for _ in range(12):
                for name, value in data(random).items():
                    walk.set(name, value)
                if walk.completed or not advance(walk, random, 0):
                    break
        except EngineFault:
            continue
        assert not walk.passed & missed, xml


def together(net):
    """The pairs of elements that the game says can be active at once."""
    sides = [pair for fork in game.forks(net) for pair in fork.sides()]
    return {tuple(sorted(pair)) for first, second in sides for pair in product(first, second)}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("nested", [False, True])
def test_stuck_and_reached_elements_are_those_of_the_engine(monkeypatch: pytest.MonkeyPatch, nested: bool):
    monkeypatch.setattr(Case, "MAX_STEPS", 300)
    seen = Counter(compared(seed, nested=nested) for seed in range(DIAGRAMS))
    print(dict(seen))
    assert min(seen["sound.deadlock"], seen["sound"], seen["sound.twice"]) >= DIAGRAMS // 40


@pytest.mark.timeout(3600)
def test_blocks_that_are_sound_by_construction_have_no_finding():
    for seed in range(DIAGRAMS // 2):
        diagram = read_diagram("main.bpmn", parse_xml(blocks.draw(seed), "main.bpmn"))
        found = soundness.check({"main.bpmn": diagram})
        assert [f.text("en") for f in found if f.rule.id != "sound.loop_without_wait"] == [], seed
