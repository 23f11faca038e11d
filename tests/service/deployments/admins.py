"""Two admins of a county, who read each other's work, and a gate that is quick."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from service.access import accounts
from service.access.accounts import NewAssignment
from service.db import transaction
from service.deployments import gate
from tests.service.people.county import SINCE, County


def second_admin(county: County, now: datetime) -> str:
    """Bureau HR's chief is an admin, too, from now on."""
    given = NewAssignment(county.persons["bureau.chief"], "admin", county.organisations["bureau"], SINCE)
    with transaction() as session:
        accounts.give_roles(session, [given], "system", now - timedelta(days=1))
    return "bureau.chief"


def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate without its trial in a process of its own, which takes a second and is tested with the gate."""
    context = gate.context
    monkeypatch.setattr(gate, "context", lambda session: replace(context(session), trial=False))
