"""A county, a driver, and a small flow with every signing policy."""

import pytest
from flask import Flask

from service.clock import SetClock
from tests.driver import Driver
from tests.service.people import county as counties


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


@pytest.fixture
def quick_driver(app: Flask, clock: SetClock) -> Driver:
    """On SQLite only."""
    return Driver(counties.build(), clock)
