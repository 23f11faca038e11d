"""The county of the exchange."""

import orjson
import pytest

from service.flows.exchange import runs
from service.flows.exchange.matching.problem import loaded
from service.flows.exchange.matching.solving import solve
from tests.flows.exchange import driving


def at_once(asked, _progress):
    """What the solving process would say, without the second that it takes to start."""
    given = orjson.loads(asked)
    return [{"assignment": solve(loaded(given["problem"]), given["seed"])}]


@pytest.fixture
def world(app, clock, monkeypatch):
    """On SQLite, rounds solved in this process."""
    monkeypatch.setattr(runs, "_lines", at_once)
    return driving.world(clock)


@pytest.fixture
def any_world(any_app, clock):
    """On both databases, rounds solved in a process of their own as in a server."""
    return driving.world(clock)
