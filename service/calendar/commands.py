"""Changing the days: an admin's own, and the State Council's when a year is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.calendar import days, queries, rules
from service.db import db, transaction
from service.errors import Invalid, NotFound

STREAM = "calendar"


@dataclass(frozen=True)
class SetDay:
    """Make `day` a working day or a day off, under a name that people read ("校庆", "School anniversary")."""

    day: date
    working: bool
    name: str


@dataclass(frozen=True)
class ClearDay:
    """Take back what an admin set for `day`."""

    day: date


def set_day(actor: Actor, command: SetDay, *, now: datetime) -> int:
    """Set one day and return the new revision; deadline rows counted by older ones are to be recomputed.

    Raises Forbidden, and Invalid `calendar.day` with faults for a name or year out of bounds.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        faults = rules.faults_of(command.day, command.name)
        if faults:
            raise Invalid("calendar.day", faults=faults)
        revision = days.put(session, command.day, command.working, command.name.strip(), now)
        body = {"day": command.day.isoformat(), "working": command.working, "name": command.name.strip()}
        event = chain.NewEvent("calendar.day_set", actor.account_id, body=body | {"revision": revision})
        chain.append(session, STREAM, [event], at=now)
    queries.forget(db.session())
    return revision


def clear_day(actor: Actor, command: ClearDay, *, now: datetime) -> int:
    """Let the published day, else the weekday, hold again; returns the new revision.

    Raises Forbidden, and NotFound `calendar.no_local_day` when no admin set that day.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        revision = days.take_back(session, command.day, now)
        if revision is None:
            raise NotFound("calendar.no_local_day", day=command.day.isoformat())
        body = {"day": command.day.isoformat(), "revision": revision}
        chain.append(session, STREAM, [chain.NewEvent("calendar.day_cleared", actor.account_id, body=body)], at=now)
    queries.forget(db.session())
    return revision


def load_calendar(actor: Actor, *, now: datetime) -> Sequence[date]:
    """Add every published day that the table lacks (at `lectern init`, after an update); returns them.

    Raises Forbidden.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        added = days.load_published(session, now)
        if added:
            body = {"added": len(added), "first": added[0].isoformat(), "last": added[-1].isoformat()}
            chain.append(session, STREAM, [chain.NewEvent("calendar.loaded", actor.account_id, body=body)], at=now)
    queries.forget(db.session())
    return added
