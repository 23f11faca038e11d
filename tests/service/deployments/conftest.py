"""A county with two admins, who read each other's work."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from service.access import accounts
from service.access.accounts import NewAssignment
from service.clock import SetClock
from service.db import transaction
from service.deployments import gate
from tests.driver import Driver
from tests.service.people import county as counties


def second_admin(driver: Driver) -> str:
    """Bureau HR's chief is an admin, too, from now on."""
    given = NewAssignment(
        driver.county.persons["bureau.chief"], "admin", driver.county.organisations["bureau"], counties.SINCE
    )
    with transaction() as session:
        accounts.give_roles(session, [given], "system", driver.now - timedelta(days=1))
    return "bureau.chief"


@pytest.fixture(autouse=True)
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate without its trial in a process of its own, which takes a second and is tested with the gate."""
    context = gate.context
    monkeypatch.setattr(gate, "context", lambda session: replace(context(session), trial=False))


@pytest.fixture
def driver(app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


@pytest.fixture
def any_driver(any_app: Flask, clock: SetClock) -> Driver:
    """On both databases."""
    return Driver(counties.build(), clock)
