"""A small county behind a real server, and people at real browsers."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from service.clock import SetClock
from tests.browser.people import House
from tests.conftest import START, opened
from tests.service.deployments.admins import second_admin, untried
from tests.service.web.pages.browser import furnish

SHOTS = os.environ.get("LECTERN_SHOTS")
"""A folder for a picture of every page that is checked; none are kept without it."""


@pytest.fixture
def house(app: Flask, clock: SetClock, chromium: Browser) -> Iterator[House]:
    """The county served over HTTP; every browser that was opened must have had nothing to complain of."""
    with served(app, clock, chromium) as house:
        yield house


@pytest.fixture(scope="module")
def county(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[House]:
    """One such county for all tests of a file, which keep out of each other's way by who acts in them."""
    folder, clock = tmp_path_factory.mktemp("county"), SetClock(START)
    shutil.copy(sqlite_template, folder / "lectern.db")
    with (
        contextmanager(opened)(f"sqlite:///{folder / 'lectern.db'}", folder, clock) as app,
        served(app, clock, chromium) as house,
    ):
        yield house


@contextmanager
def served(app: Flask, clock: SetClock, chromium: Browser) -> Iterator[House]:
    """The application on a port of its own, with a furnished county."""
    site = furnish(app, clock)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    house = House(site, chromium, f"http://127.0.0.1:{server.port}", Path(SHOTS) if SHOTS else None)
    try:
        yield house
    finally:
        house.close()
        server.shutdown()
        thread.join()
    assert house.said == []


@pytest.fixture
def admins(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Bureau HR's chief is an admin, too; the gate without its trial, which takes a second."""
    untried(monkeypatch)
    expect.set_options(timeout=15_000)
    second_admin(house.site.driver.county, house.site.driver.now)
    return house
