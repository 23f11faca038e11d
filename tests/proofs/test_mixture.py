"""Random mixtures of all flows: hiring, titles, exchange, reserved posts, retirements, demotions, excess (policy §2).

LECTERN_PROVE=1 runs the large size, asks for what must have been reached in it, and prints how often.
"""

import os
from collections import Counter

import pytest
from flask import Flask

from service.clock import SetClock
from service.posts.queueing import QUEUES
from tests.proofs.mixing import Mixture

PROVE = bool(os.environ.get("LECTERN_PROVE"))
STEPS, SEEDS = (800, range(1, 4)) if PROVE else (60, (1,))
COMPOSED = ("plan", "sit")
"""What takes several commands: what came before a refusal stays."""
REACHED = {
    "hiring", "application", "title", "exchange", "personnel retirement", "personnel transfer", "personnel demotion",
    "personnel promotion", "reserved_post.appointment", "reserved_round.hr_decision", "withdrawn",
}  # fmt: skip


def mix(clock: SetClock, seed: int, patch: pytest.MonkeyPatch) -> Counter[str]:
    """So many steps, the ledger looked at after each; how often what was done."""
    world = Mixture(clock, seed)
    patch.setitem(QUEUES, "others", world.queue)
    for number in range(STEPS):
        before = world.shown()
        what = world.step()
        if " refused: " in what and not what.startswith(COMPOSED):
            assert world.shown() == before, f"{what}: it changes nothing"
        assert what == "cut" or world.overtaken(before) == [], f"{what}: nobody overtakes who waits"
        world.check(books=number % 50 == 0)
    world.check(books=True)
    return world.done


@pytest.mark.skipif(PROVE, reason="the large size is the same, longer")
def test_whatever_is_mixed_the_county_keeps_every_post(
    app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = mix(clock, 1, monkeypatch)
    assert sum(done.values()) == STEPS


@pytest.mark.skipif(not PROVE, reason="LECTERN_PROVE=1")
@pytest.mark.parametrize("seed", SEEDS)
def test_long_mixtures_keep_every_post_and_reach_every_flow(
    app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    done = mix(clock, seed, monkeypatch)
    refused = sum(count for what, count in done.items() if " refused: " in what)
    kinds = {what: done[what] for what in sorted(REACHED)}
    print(f"seed {seed}: {STEPS} steps, {refused} refused; {kinds}")
    missing = {what for what in REACHED if not done[what]}
    assert len(missing) <= len(REACHED) // 3, missing
