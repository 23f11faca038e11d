"""The county of the exchange, and plans that stand at a step: made once a process, copied for each test."""

import shutil
from dataclasses import dataclass
from datetime import datetime

import orjson
import pytest
from flask import current_app

from service.db import db
from service.flows.exchange import runs
from service.flows.exchange.matching.problem import loaded
from service.flows.exchange.matching.solving import solve
from tests.conftest import START, opened
from tests.driver import Case
from tests.flows.exchange import driving, placing
from tests.service.people.county import County


def at_once(asked, _progress):
    """What the solving process would say, without the second that it takes to start."""
    given = orjson.loads(asked)
    return [{"assignment": solve(loaded(given["problem"]), given["seed"])}]


@dataclass(frozen=True)
class Kept:
    """A database as it was left, when, and the case that it is about."""

    content: bytes
    county: County
    now: datetime
    case: str | None


@pytest.fixture(scope="session")
def stages(sqlite_template, tmp_path_factory):
    """Name → what was kept under it; `make` is called where nothing is."""
    kept = {}

    def stage(name, clock, make):
        if name not in kept:
            folder = tmp_path_factory.mktemp(name)
            shutil.copy(sqlite_template, folder / "lectern.db")
            for _ in opened(f"sqlite:///{folder / 'lectern.db'}", folder, clock):
                world = driving.world(clock)
                case = make(world)
                db.session.remove()
            kept[name] = Kept((folder / "lectern.db").read_bytes(), world.county, clock.now(), case and case.id)
            clock.set(START)
        return kept[name]

    return stage


@pytest.fixture
def at(stages, clock, tmp_path, monkeypatch):
    """Open a copy of a stage: (world, case)."""
    monkeypatch.setattr(runs, "_lines", at_once)
    running = []

    def open_copy(name, make):
        kept = stages(name, clock, make)
        (tmp_path / "lectern.db").write_bytes(kept.content)
        clock.set(kept.now)
        running.append(opened(f"sqlite:///{tmp_path / 'lectern.db'}", tmp_path, clock))
        next(running[0])
        world = driving.World(kept.county, clock)
        return world, kept.case and Case(world, kept.case)

    yield open_copy
    for one in running:
        next(one, None)


@pytest.fixture
def world(at):
    """On SQLite, rounds solved in this process."""
    return at("county", lambda _world: None)[0]


@pytest.fixture
def waiting(at):
    """(manner) → the county, and a placement that waits for the arrival."""
    return lambda manner="move": at(f"placed-{manner}", lambda world: placing.placed(world, manner))


@pytest.fixture
def teaching(at):
    """The same, arrived."""
    return lambda manner="move": at(f"arrived-{manner}", lambda world: placing.arrived(world, manner))


@pytest.fixture
def ended(at):
    """The same, after a whole term."""
    return lambda manner="move": at(f"over-{manner}", lambda world: placing.over(world, manner))


@pytest.fixture
def application(world):
    """The application that the county stands in."""
    return current_app._get_current_object()


@pytest.fixture
def any_world(any_app, clock):
    """On both databases, rounds solved in a process of their own as in a server."""
    return driving.world(clock)
