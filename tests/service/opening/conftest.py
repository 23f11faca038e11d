"""The first admin of an empty installation."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.access import sessions
from service.access.accounts import ACCOUNT
from service.access.actor import Actor
from service.db import db, transaction
from service.installing import first_admin
from tests.service.opening import books


def admin_of() -> Actor:
    now = books.now()
    first_admin("admin", "a long password", now)
    account_id = db.session.scalar(select(ACCOUNT.c.id).where(ACCOUNT.c.username == "admin"))
    with transaction() as session:
        opened = sessions.open_token(session, account_id, "bearer", timedelta(hours=8), now)
    actor = sessions.authenticate(opened.token, now)
    assert actor is not None
    return actor


@pytest.fixture
def admin(any_app) -> Actor:
    """On both databases."""
    return admin_of()


@pytest.fixture
def quick_admin(app) -> Actor:
    """On SQLite only."""
    return admin_of()
