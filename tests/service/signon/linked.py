"""An account that is linked with the subject of the provider, and what is looked at afterwards."""

from datetime import datetime
from typing import Any

import pytest

from service.access import sessions
from service.access.actor import Actor
from service.access.commands_signon import LinkIdentity, link_identity
from service.audit.timeline import events
from service.db import db
from service.parameters import kept
from tests.parameters import SetParameter, set_parameter
from tests.service.people import county as counties
from tests.service.people.county import NOW, County
from tests.service.signon.house import House

PASSWORD = "a long enough one"
both = pytest.mark.parametrize("installation", ["sqlite", "postgresql"], indirect=True)


def link(county: County, house: House, who: str = "s01.teacher", subject: str = "4711") -> str:
    account_id = county.accounts[who]
    link_identity(county.actor("admin"), LinkIdentity(account_id, house.issuer, subject), now=NOW)
    return account_id


def given(key: str, value: bool | int) -> None:
    """A value of a policy parameter that is in force at once."""
    set_parameter(SetParameter(key, value, counties.TODAY, "教〔2026〕9号"), now=NOW)
    kept._kept.clear()


def actor_of(token: str, at: datetime = NOW) -> Actor | None:
    found = sessions.authenticate(token, at)
    db.session.rollback()
    return found


def told(account_id: str) -> list[tuple[str, Any]]:
    found = events(db.session(), f"account:{account_id}")
    db.session.rollback()
    return [(event.kind, event.body) for event in found]
