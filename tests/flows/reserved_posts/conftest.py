"""The county of the reserved pool on SQLite, built once a worker and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.clock import SetClock
from service.db import db
from tests.conftest import START, opened
from tests.driver import Case, Driver
from tests.flows.reserved_posts import acting
from tests.service.people.county import County


@pytest.fixture(scope="session")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, County]:
    """A database with the county, and its ids."""
    folder = tmp_path_factory.mktemp("reserved")
    shutil.copy(sqlite_template, folder / "lectern.db")
    clock = SetClock(START)
    for _app in opened(f"sqlite:///{folder / 'lectern.db'}", folder, clock):
        county = acting.county(clock).county
        db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "lectern.db", county


@pytest.fixture
def driver(built: tuple[Path, County], tmp_path: Path, clock: SetClock) -> Iterator[Driver]:
    shutil.copy(built[0], tmp_path / "lectern.db")
    for app in opened(f"sqlite:///{tmp_path / 'lectern.db'}", tmp_path, clock):
        app.config["PASSWORD_COST"] = (1, 8, 1)
        yield Driver(built[1], clock)


@pytest.fixture
def lent(driver: Driver) -> tuple[Case, str]:
    """The post is lent; the school has to appoint."""
    case, person = acting.granted(driver)
    assert case.fire("publicity_over")
    return case, person


@pytest.fixture
def appointed(lent: tuple[Case, str]) -> tuple[Case, str]:
    case, person = lent
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-10")
    return case, person
