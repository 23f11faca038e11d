"""A small county behind a real server, and people at real browsers."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from service.clock import SetClock
from tests.browser.people import House
from tests.service.web import look
from tests.service.web.pages.browser import furnish

SHOTS = os.environ.get("LECTERN_SHOTS")
"""A folder for a picture of every page that is checked; none are kept without it."""


@pytest.fixture
def house(app: Flask, clock: SetClock, chromium: Browser) -> Iterator[House]:
    """The county served over HTTP; every browser that was opened must have had nothing to complain of."""
    look.compile_catalogue(look.WEB / "translations")
    site = furnish(app, clock)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    house = House(site, chromium, f"http://127.0.0.1:{server.port}", Path(SHOTS) if SHOTS else None)
    yield house
    house.close()
    server.shutdown()
    thread.join()
    assert house.said == []
