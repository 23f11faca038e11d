"""What the engine may touch in one command: session, clock, calendar, parameters, operations, definitions."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.calendar import queries as calendars
from service.db import db
from service.flows import registry
from service.parameters import queries as parameters
from service.parameters.scopes import About
from workflows import catalogue
from workflows.feel import Scope
from workflows.surroundings import Surroundings


def definition_of(around: Surroundings, definition_id: str) -> catalogue.Definition:
    """The definition with its forms, where the engine's view of it is too narrow."""
    return catalogue.get(around.session, definition_id)


def reading_scope(now: datetime, about: About) -> Scope:
    """What FEEL is given where no case runs: clock, calendar and the parameters in force on this day."""
    session = db.session()
    calendar = calendars.calendar(session)
    on = now.astimezone(calendar.zone).date()
    return Scope(now, calendar.is_working, parameters.view(session, on, about), [], calendar.zone)


def surroundings(session: Session, actor: Actor, now: datetime, about: About) -> Surroundings:
    """The engine's surroundings for one command of `actor` at `now`, on a case of this school and flow."""
    calendar = calendars.calendar(session)
    return Surroundings(
        session=session,
        now=now,
        definitions=partial(catalogue.get, session),
        due=calendar.due,
        operations=registry.OPERATIONS,
        parameters=parameters.view(session, now.astimezone(calendar.zone).date(), about),
        working_days=calendar.is_working,
        zone=calendar.zone,
        calendar_revision=calendar.revision,
        actor=actor,
    )
