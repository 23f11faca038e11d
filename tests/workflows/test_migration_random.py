"""Random changes of random diagrams under running cases: what may move stands where it stood and reaches its end."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from random import Random

from lxml import etree

from tests.workflows.blocks import draw
from tests.workflows.redrawing import both
from tests.workflows.test_fuzz_moves import advance
from tests.workflows.walk import Walk
from workflows.checks.context import GateContext
from workflows.definition import Definition, build
from workflows.diagram.elements import Element
from workflows.errors import Invalid
from workflows.migration import STANDING, Facts, Planner
from workflows.migration.planning import standing
from workflows.models import ProcessDefinition
from workflows.tokens.marking import build as stand
from workflows.tokens.marking import marking
from workflows.xml import BPMN, bpmn, local, zeebe

SECONDS = float(os.environ.get("LECTERN_PROVE_SECONDS", "300" if os.environ.get("LECTERN_PROVE") else "3"))
Mutation = Callable[[etree._Element, Random], bool]


def element(scope: etree._Element, tag: str, id_: str, **attributes: str) -> etree._Element:
    found = etree.SubElement(scope, bpmn(tag), id=id_, name=id_)
    for name, value in attributes.items():
        found.set(name, value)
    if tag == "userTask":
        etree.SubElement(etree.SubElement(found, bpmn("extensionElements")), zeebe("userTask"))
    return found


def flow(scope: etree._Element, source: str, target: str) -> None:
    element(scope, "sequenceFlow", f"new_{source}_{target}", sourceRef=source, targetRef=target)


def some(root: etree._Element, tag: str, random: Random, name: str = "") -> etree._Element | None:
    found = [one for one in root.iter(bpmn(tag)) if str(one.get("id")).startswith(name)]
    return random.choice(found) if found else None


def insert_task(root: etree._Element, random: Random) -> bool:
    """One more step on a flow."""
    way = some(root, "sequenceFlow", random)
    if way is None:
        return False
    scope, target = way.getparent(), str(way.get("targetRef"))
    element(scope, "userTask", "fresh")
    way.set("targetRef", "fresh")
    flow(scope, "fresh", target)
    return True


def insert_parallel(root: etree._Element, random: Random) -> bool:
    """Two steps side by side on a flow."""
    way = some(root, "sequenceFlow", random)
    if way is None:
        return False
    scope, target = way.getparent(), str(way.get("targetRef"))
    for tag, name in (
        ("parallelGateway", "split_new"),
        ("parallelGateway", "join_new"),
        ("userTask", "fresh"),
        ("userTask", "fresh2"),
    ):
        element(scope, tag, name)
    way.set("targetRef", "split_new")
    for source, goal in (
        ("split_new", "fresh"),
        ("split_new", "fresh2"),
        ("fresh", "join_new"),
        ("fresh2", "join_new"),
        ("join_new", target),
    ):
        flow(scope, source, goal)
    return True


def more_branches(root: etree._Element, random: Random) -> bool:
    """One more branch between a fork and its join."""
    fork = some(root, "parallelGateway", random, "fork")
    if fork is None:
        return False
    join, scope = f"join{int(str(fork.get('id'))[4:]) + 1}", fork.getparent()
    element(scope, "userTask", "fresh")
    flow(scope, str(fork.get("id")), "fresh")
    flow(scope, "fresh", join)
    return True


def attach(root: etree._Element, random: Random) -> bool:
    """A reminder beside a step, with a step and an end of its own."""
    host = some(root, "userTask", random)
    if host is None or host.find(bpmn("multiInstanceLoopCharacteristics")) is not None:
        return False
    scope = host.getparent()
    event = element(scope, "boundaryEvent", "remind", attachedToRef=str(host.get("id")), cancelActivity="false")
    duration = etree.SubElement(etree.SubElement(event, bpmn("timerEventDefinition")), bpmn("timeDuration"))
    duration.text = "PT2H"
    element(scope, "userTask", "fresh")
    element(scope, "endEvent", "end_new")
    flow(scope, "remind", "fresh")
    flow(scope, "fresh", "end_new")
    return True


def rename(root: etree._Element, random: Random) -> bool:
    """A step, a sub process or a gateway under another id: the old one is gone."""
    host = some(root, random.choice(("userTask", "subProcess", "eventBasedGateway", "parallelGateway")), random)
    if host is None:
        return False
    old = host.get("id")
    for one in root.iter(f"{{{BPMN}}}*"):
        for name in ("id", "sourceRef", "targetRef", "attachedToRef"):
            if one.get(name) == old and local(one) != "process":
                one.set(name, "renamed")
    return True


MUTATIONS: tuple[Mutation, ...] = (insert_task, insert_parallel, more_branches, attach, rename, rename, rename)


def definition(content: bytes, version: int) -> Definition:
    row = ProcessDefinition(
        id=f"v{version}", key="main", version=version, name="", state="active", checksum="", manifest={}
    )
    return build(row, {"main.bpmn": content})


def pair(seed: int, random: Random) -> tuple[Definition, Definition] | None:
    """A diagram and a change of it, in either direction; None for a change that no diagram allows."""
    if random.random() < 0.3:
        drawn = draw(seed)
        root = etree.fromstring(drawn)
        if not random.choice(MUTATIONS)(root, random):
            return None
        versions = [drawn, etree.tostring(root)]
    else:
        versions = list(both(seed, random))
    random.shuffle(versions)
    try:
        return definition(versions[0], 1), definition(versions[1], 2)
    except Invalid:
        return None


def mapped(old: Definition, new: Definition, random: Random) -> dict[str, str]:
    """What stands in the place of what, where one element alone has another id and somebody says so."""
    names = [{name for name, one in each.spec.elements.items() if one.kind in STANDING} for each in (old, new)]
    gone, fresh = names[0] - names[1], names[1] - names[0]
    if len(gone) != 1 or len(fresh) != 1 or random.random() < 0.2:
        return {}
    (was,), (is_now,) = gone, fresh
    return {was: is_now} if old.spec.elements[was].kind == new.spec.elements[is_now].kind else {}


def repeated(before: Walk, after: Walk) -> set[str]:
    """Operations that a case has run on both versions, but for those that are run once for each of several."""
    several = {one.id for spec in (before.spec, after.spec) for one in spec.everything.values() if one.loop is not None}
    elements = after.spec.everything
    return {
        name
        for name in before.performed.keys() & after.performed.keys()
        if not several & {name, *scopes_of(elements, name)}
    }


def scopes_of(elements: Mapping[str, Element], name: str) -> Iterator[str]:
    """The sub processes around an element."""
    while name in elements:
        name = elements[name].scope
        yield name


def moved(old: Walk, new: Definition, wanted: dict[str, object]) -> Walk:
    """The case on the new version."""
    walk = Walk(new.spec, dict(old.variables))
    walk.performed.clear()
    walk.case = stand(walk._fresh(), wanted)
    return walk


def test_what_may_move_stands_where_it_stood_and_reaches_its_end() -> None:
    until, seed, seen = time.monotonic() + SECONDS, int(os.environ.get("LECTERN_PROVE_SEED", "0")), Counter[str]()
    while time.monotonic() < until or seen["safe"] <= 30 or seen["migrate.element_gone"] <= 5:
        seed += 1
        random = Random(seed)
        versions = pair(seed, random)
        if versions is None:
            continue
        old, new = versions
        again = random.random() < 0.5  # only then a loop is gone through more than once
        walk = Walk(old.spec, {"c": random.choice((0, 2))})
        for _ in range(random.randrange(8)):
            if walk.completed or not advance(walk, random, random.choice((0, 1, 2) if again else (0, 2))):
                break
        if walk.completed:
            continue
        facts = Facts(frozenset(walk.passed), frozenset(walk.variables))
        mapping = mapped(old, new, random)
        plan = Planner(old, new, GateContext(), mapping).plan(marking(walk.case), facts)
        seen.update(f"mapped {old.spec.elements[name].kind}" for name in {*mapping} & {*standing(marking(walk.case))})
        seen.update([refusal.code for refusal in plan.refusals] or ["safe"])
        if not plan.safe:
            continue
        after = moved(walk, new, plan.marking)
        renamed = [tuple((mapping.get(name, name), number) for name, number in key) for key in walk.ready()]
        assert after.ready() == sorted(renamed), f"seed {seed}: other steps are open"
        waits = {mapping.get(name, name) for name in walk.waits()}
        assert waits - set(plan.dropped) | set(plan.armed) == set(after.waits()), f"seed {seed}"
        after.rest()
        for _ in range(400):
            if after.completed:
                break
            assert advance(after, random, 0), f"seed {seed} is stuck"
        assert after.completed, f"seed {seed} does not end"
        assert again or not repeated(walk, after), f"seed {seed} repeats {repeated(walk, after)}"
    print(dict(seen), "seeds", seed)
