"""Two rounds begun at the same moment, on PostgreSQL with real threads: one wins, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from service.clock import SetClock
from service.errors import Conflict
from service.instances.commands import StartInstance, start_instance
from tests.flows.reserved_posts import acting


def test_of_two_rounds_begun_at_once_one_runs(postgres_app: Flask, clock: SetClock) -> None:
    driver = acting.county(clock)
    actor, bureau = driver.actor("bureau.hr"), driver.county.organisations["bureau"]
    gate = Barrier(2)

    def begin(year: int) -> str:
        with postgres_app.app_context():
            gate.wait()
            try:
                start_instance(actor, StartInstance("reserved_round", bureau, {"year": year}), now=driver.now)
            except Conflict as refused:
                return refused.code
        return "begun"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(begin, (2026, 2027)))
    assert answers == ["begun", "reserved.round_runs"]
