"""Random returns in random diagrams: what `move` accepts never leaves a case that cannot reach its end."""

import os
import time
from collections import Counter
from random import Random

from tests.workflows.blocks import draw
from tests.workflows.walk import Walk
from workflows.dialect import parse
from workflows.tokens import jump

SECONDS = float(os.environ.get("LECTERN_PROVE_SECONDS", "300" if os.environ.get("LECTERN_PROVE") else "6"))


def wander(walk: Walk, random: Random, moves: int, seen: Counter[str]) -> None:
    """Random steps, some of them returns to a random accepted target."""
    for _ in range(moves):
        if walk.completed:
            return
        token = random.choice(walk.open_tokens() or [None])
        targets = [] if token is None else list(jump.earlier(token))
        if targets and random.random() < 0.5:
            jump.move(token, random.choice(targets))
            walk.rest()
            seen["moves"] += 1
        else:
            advance(walk, random, random.choice((0, 1, 2)))


def advance(walk: Walk, random: Random, c: int) -> bool:
    """One step forward; False when nothing is left that anybody could do."""
    ready, waits = walk.ready(), walk.waits()
    walk.set("c", c)
    if ready and (not waits or random.random() < 0.7):
        walk.complete(random.randrange(len(ready)))
    elif waits:
        walk.happen(random.choice(waits))
    else:
        return False
    return True


def test_after_any_accepted_moves_a_case_still_reaches_its_end() -> None:
    until, seed, seen = time.monotonic() + SECONDS, int(os.environ.get("LECTERN_PROVE_SEED", "0")), Counter[str]()
    while time.monotonic() < until:
        seed += 1
        random = Random(seed)
        walk = Walk(parse({"main.bpmn": draw(seed)}, "main"), {"c": random.choice((0, 1, 2))})
        wander(walk, random, 12, seen)
        for _ in range(400):
            if walk.completed:
                break
            assert advance(walk, random, 0), f"seed {seed} is stuck"
        assert walk.completed, f"seed {seed} does not end"
        seen["ended"] += 1
    print(dict(seen))
    assert seen["moves"] > 50
    assert seen["ended"] > 50
