"""Houses to call, on SQLite, on PostgreSQL, on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from service.clock import SetClock
from service.db import db
from tests.conftest import START, opened
from tests.service.web.api.house import House, furnish


@pytest.fixture
def house(app: Flask, clock: SetClock) -> Iterator[House]:
    """On SQLite."""
    yield furnish(app, clock)
    db.session.rollback()


@pytest.fixture
def any_house(any_app: Flask, clock: SetClock) -> Iterator[House]:
    """On both databases."""
    yield furnish(any_app, clock)
    db.session.rollback()


@pytest.fixture
def postgres_house(postgres_app: Flask, clock: SetClock) -> Iterator[House]:
    """On PostgreSQL."""
    yield furnish(postgres_app, clock)
    db.session.rollback()


@pytest.fixture(scope="module")
def shared_house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all tests of a module that change nothing which another looks at."""
    place = tmp_path_factory.mktemp("house")
    (place / "lectern.db").write_bytes(sqlite_template.read_bytes())
    clock = SetClock(START)
    for app in opened(f"sqlite:///{place / 'lectern.db'}", place, clock):
        yield furnish(app, clock)
        db.session.rollback()
