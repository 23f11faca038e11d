"""Changing single days, and loading the years that come with the software."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.calendar import changes, days, queries, rules
from service.db import answer, db, transaction
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
    """Set one day and return the new revision; open deadlines that depend on it are recomputed by a job.

    Raises Forbidden, and Invalid `calendar.day` with faults for a name or year out of bounds.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        faults = rules.faults_of(command.day, command.name)
        if faults:
            raise Invalid("calendar.day", faults=faults)
        revision = changes.raise_revision(session, now)
        name = command.name.strip()
        if days.works(session, command.day) != command.working:
            reason = f"{command.day.isoformat()} {name}"
            changes.record(session, revision, changes.DAYS, command.day, command.day, reason, now)
        days.put(session, command.day, command.working, name)
        body = {"day": command.day.isoformat(), "working": command.working, "name": name, "revision": revision}
        chain.append(session, STREAM, [chain.NewEvent("calendar.day_set", actor.account_id, body=body)], at=now)
        answer(session, revision=revision)
    queries.forget(db.session())
    return revision


def clear_day(actor: Actor, command: ClearDay, *, now: datetime) -> int:
    """Let the published day, else the weekday, hold again; returns the new revision.

    Raises Forbidden, and NotFound `calendar.no_local_day` when no admin set that day.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        revision = changes.raise_revision(session, now)
        worked = days.works(session, command.day)
        if not days.take_back(session, command.day):
            raise NotFound("calendar.no_local_day", day=command.day.isoformat())
        if days.works(session, command.day) != worked:
            reason = command.day.isoformat()
            changes.record(session, revision, changes.DAYS, command.day, command.day, reason, now)
        body = {"day": command.day.isoformat(), "revision": revision}
        chain.append(session, STREAM, [chain.NewEvent("calendar.day_cleared", actor.account_id, body=body)], at=now)
        answer(session, revision=revision)
    queries.forget(db.session())
    return revision


def load_calendar(actor: Actor, *, now: datetime) -> Sequence[date]:
    """Add every published day that the table lacks (at `lectern init`, after an update); returns them.

    Raises Forbidden.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        added = sorted(found := days.missing(session))
        if added:
            revision = changes.raise_revision(session, now)
            days.add(session, found)
            source = f"holidays {version('holidays')}"
            days.note_years(session, {day.year for day in added}, source, actor.account_id, now)
            changes.record(session, revision, changes.DAYS, added[0], added[-1], source, now)
            body = {"added": len(added), "first": added[0].isoformat(), "last": added[-1].isoformat()}
            chain.append(session, STREAM, [chain.NewEvent("calendar.loaded", actor.account_id, body=body)], at=now)
    queries.forget(db.session())
    return added
