"""School holidays: periods on which deadlines may pause."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.calendar import changes, queries, rules
from service.calendar.commands import STREAM
from service.calendar.models import SchoolHoliday
from service.db import answer, db, transaction
from service.errors import Invalid, NotFound
from workflows.base import new_id, table_of

_HOLIDAY = table_of(SchoolHoliday)


@dataclass(frozen=True)
class SetHoliday:
    """A holiday under its name (寒假, Winter holiday), both days included; `holiday_id` None makes a new one."""

    name: str
    first: date
    last: date
    holiday_id: str | None = None


def set_holiday(actor: Actor, command: SetHoliday, *, now: datetime) -> str:
    """Add or change a holiday and return its id; deadlines that pause on it are recomputed by a job.

    Raises Forbidden, NotFound `school_holiday.absent`, Invalid `calendar.holiday` with faults.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        faults = rules.holiday_faults(command.name, command.first, command.last)
        if faults:
            raise Invalid("calendar.holiday", faults=faults)
        revision = changes.raise_revision(session, now)
        before = _days(session, command.holiday_id) if command.holiday_id else ()
        holiday_id = command.holiday_id or new_id()
        row = {"name": command.name.strip(), "first_day": command.first, "last_day": command.last}
        if command.holiday_id:
            session.execute(update(_HOLIDAY).where(_HOLIDAY.c.id == holiday_id).values(row))
        else:
            session.execute(insert(_HOLIDAY), {"id": holiday_id, **row})
        touched = (*before, command.first, command.last)
        changes.record(session, revision, changes.HOLIDAYS, min(touched), max(touched), str(row["name"]), now)
        body = {"id": holiday_id, "name": row["name"], "first": command.first.isoformat(),
                "last": command.last.isoformat(), "revision": revision}  # fmt: skip
        chain.append(session, STREAM, [chain.NewEvent("calendar.holiday_set", actor.account_id, body=body)], at=now)
        answer(session, holiday_id=holiday_id)
    queries.forget(db.session())
    return holiday_id


def remove_holiday(actor: Actor, holiday_id: str, *, now: datetime) -> None:
    """Take a holiday out. Raises Forbidden, NotFound `school_holiday.absent`."""
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        revision = changes.raise_revision(session, now)
        first, last = _days(session, holiday_id)
        name = session.scalar(select(_HOLIDAY.c.name).where(_HOLIDAY.c.id == holiday_id)) or ""
        session.execute(delete(_HOLIDAY).where(_HOLIDAY.c.id == holiday_id))
        changes.record(session, revision, changes.HOLIDAYS, first, last, name, now)
        body = {"id": holiday_id, "name": name, "revision": revision}
        chain.append(session, STREAM, [chain.NewEvent("calendar.holiday_removed", actor.account_id, body=body)], at=now)
        answer(session, revision=revision)
    queries.forget(db.session())


def _days(session: Session, holiday_id: str) -> tuple[date, date]:
    row = session.execute(select(_HOLIDAY.c.first_day, _HOLIDAY.c.last_day).where(_HOLIDAY.c.id == holiday_id)).first()
    if row is None:
        raise NotFound("school_holiday.absent")
    return row.first_day, row.last_day
