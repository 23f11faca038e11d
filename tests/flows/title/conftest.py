"""The county of title evaluation, made once and copied for every test."""

import copy
import shutil

import pytest

from service.clock import SetClock
from service.db import db
from tests.conftest import START, opened
from tests.driver import Driver
from tests.flows.title import county


@pytest.fixture(scope="session")
def furnished(sqlite_template, tmp_path_factory):
    """A database with county, ledger, flows, batch and a pool of nine experts; what the driver knows of it."""
    folder = tmp_path_factory.mktemp("titles")
    shutil.copy(sqlite_template, folder / "lectern.db")
    for _app in opened(f"sqlite:///{folder / 'lectern.db'}", folder, SetClock(START)):
        made = county.build(SetClock(START))
        county.experts(made, 9)
        db.session.remove()
    return folder / "lectern.db", made.county, made.batch


@pytest.fixture
def sqlite_url(furnished, tmp_path):
    shutil.copy(furnished[0], tmp_path / "lectern.db")
    return f"sqlite:///{tmp_path / 'lectern.db'}"


@pytest.fixture
def driver(app, clock, furnished):
    found = Driver(copy.deepcopy(furnished[1]), clock)
    found.batch = furnished[2]
    return found
