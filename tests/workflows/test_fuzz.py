"""Random diagrams: the flat tree, saved and rebuilt after every move, goes where stock SpiffWorkflow goes."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from SpiffWorkflow.exceptions import SpiffWorkflowException

from tests.workflows.blocks import draw, drawn
from tests.workflows.conditions import data
from tests.workflows.reference import Reference
from tests.workflows.walk import Walk
from workflows.dialect import parse

SECONDS = float(os.environ.get("LECTERN_PROVE_SECONDS", "600" if os.environ.get("LECTERN_PROVE") else "18"))
STEPS = 60


class StockRaises(Exception):
    """SpiffWorkflow itself failed on a diagram: nothing to compare with."""


def compared(seed: int) -> Iterator[str]:
    """Walk one diagram on both; yields a word for each step."""
    random, (xml, meanings) = Random(seed), drawn(seed)
    shared = {"c": random.choice((0, 1, 2)), **data(random)}
    ours = Walk(parse({"main.bpmn": xml}, "main"), dict(shared))
    stock = stocked(lambda: Reference(xml, dict(shared), meanings))
    for _ in range(STEPS):
        assert (ours.ready(), ours.waits(), ours.completed) == (stock.ready(), stock.waits(), stock.completed), seed
        ready, waits = stock.ready(), stock.waits()
        if stock.completed or not (ready or waits):
            yield "ended" if stock.completed else "stuck"
            return
        if waits and (not ready or random.random() < 0.3):
            event = random.choice(waits)
            stocked(lambda event=event: stock.happen(event))
            ours.happen(event)
        else:
            position = random.randrange(len(ready))
            for name, value in {"c": random.choice((0, 1, 2, 2)), **data(random)}.items():
                stock.engine.variables[name] = value
                ours.set(name, value)
            stocked(lambda position=position: stock.complete(position))
            ours.complete(position)
        yield "step"


def stocked(move):
    try:
        return move()
    except (SpiffWorkflowException, AttributeError, KeyError, IndexError) as error:
        raise StockRaises(str(error)) from error


def test_random_diagrams_go_where_the_whole_tree_goes() -> None:
    until, seed, seen = time.monotonic() + SECONDS, int(os.environ.get("LECTERN_PROVE_SEED", "0")), Counter()
    while time.monotonic() < until:
        seed += 1
        try:
            for word in compared(seed):
                seen[word] += 1
        except StockRaises:
            seen["stock raises"] += 1
    print(f"{seed} diagrams: {dict(seen)}")
    assert seen["ended"] > 50
    assert seen["step"] > 300
    assert not seen["stuck"]


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_same_seed_draws_the_same_diagram(seed: int) -> None:
    assert draw(seed) == draw(seed)
