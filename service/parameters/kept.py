"""Parameters that the hottest path needs and that may be a minute old: read once a minute in each process."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.db import db
from service.parameters.queries import InForce, in_force
from service.parameters.scopes import COUNTY

FRESH_SECONDS = 60.0

_kept: WeakKeyDictionary[Engine, tuple[float, Mapping[str, InForce]]] = WeakKeyDictionary()


def recall_window(session: Session, now: datetime) -> timedelta:
    """How long notices of a step wait before they leave; a statement at most once a minute.

    It decides nothing in a case, so the step does not record it among the values that it used.
    """
    return timedelta(minutes=int(_values(session, now)["notice_recall_minutes"].value))


def offices_sign_on(now: datetime) -> bool:
    """Whether bureau and offices log in by the provider of sign-on alone; never where there is no provider."""
    if current_app.extensions["lectern.settings"].oidc is None:
        return False
    return bool(_values(db.session(), now)["offices_sign_on_only"].value)


def sign_on_life(now: datetime) -> timedelta:
    """How long a session lasts that the provider has vouched for: then it is asked again whether it still does."""
    return timedelta(hours=int(_values(db.session(), now)["sign_on_session_hours"].value))


def _values(session: Session, now: datetime) -> Mapping[str, InForce]:
    engine, moment = session.get_bind().engine, time.monotonic()
    read_at, values = _kept.get(engine, (-FRESH_SECONDS, {}))
    if moment - read_at >= FRESH_SECONDS or not values:
        values = in_force(session, day_of(now), COUNTY)
        _kept[engine] = (moment, values)
    return values
