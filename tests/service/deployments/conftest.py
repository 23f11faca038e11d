"""A county with two admins, who read each other's work."""

import pytest
from flask import Flask

from service.clock import SetClock
from tests.driver import Driver
from tests.service.deployments import admins
from tests.service.people import county as counties


@pytest.fixture(autouse=True)
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No trial at the gate."""
    admins.untried(monkeypatch)


@pytest.fixture
def driver(app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


@pytest.fixture
def any_driver(any_app: Flask, clock: SetClock) -> Driver:
    """On both databases."""
    return Driver(counties.build(), clock)
