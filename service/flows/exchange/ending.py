"""What ends with an exchange, or with the departure of who was to be exchanged."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.flows.exchange.casework import OPENING
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.moving import Accounts, Way
from service.people.persons import APPOINTMENT
from service.posts.ledger import Line, hold_many
from service.posts.posting import Cause
from service.records import writing
from service.records.reading import RECORD


def end_record(session: Session, instance_id: str, on: date, *, by: str, now: datetime) -> None:
    """What a placement has entered in the person's file as lasting ends; `on` is the first day without it."""
    for row in lasting(session, instance_id):
        writing.end(session, row.id, max(on, row.valid_from), by=by, now=now)


def lasting(session: Session, instance_id: str) -> Sequence[Row[Any, Any, Any]]:
    """What a placement has entered in the person's file that has not ended."""
    mine = (RECORD.c.instance_id == instance_id, RECORD.c.kind.in_(("exchange", "loan")))
    standing = (RECORD.c.valid_until.is_(None), RECORD.c.voided_at.is_(None))
    return session.execute(select(RECORD.c.id, RECORD.c.kind, RECORD.c.valid_from).where(*mine, *standing)).all()


def last_day(session: Session, person_id: str, now: datetime) -> date:
    """The first day without an appointment; today for who still has one."""
    mine = (APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.struck_at.is_(None))
    ends = session.scalars(select(APPOINTMENT.c.valid_until).where(*mine)).all()
    known = [one for one in ends if one is not None]
    return max(known) if known and len(known) == len(ends) else day_of(now)


def strike(session: Session, cause: Cause, entry_ids: list[str]) -> int:
    """Take these off the list; how many of them had a place. What the plan holds for them is free again."""
    had = _free(session, cause, entry_ids)
    values = {"state": "struck", "opening_id": None, "round_id": None, "version": ENTRY.c.version + 1}
    session.execute(update(ENTRY).where(ENTRY.c.id.in_(entry_ids)).values(values))
    return had


def give_back(session: Session, cause: Cause, entry_ids: list[str]) -> int:
    """Take their places from these, who take part again; how many had one."""
    had = _free(session, cause, entry_ids)
    take_part_again(session, entry_ids)
    return had


def take_part_again(session: Session, entry_ids: list[str]) -> None:
    """Who had a place stands where they stood before it: applied, or nominated."""
    for state, applied in (("nominated", ENTRY.c.applied_at.is_(None)), ("applied", ENTRY.c.applied_at.is_not(None))):
        values = {"state": state, "opening_id": None, "round_id": None, "version": ENTRY.c.version + 1}
        session.execute(update(ENTRY).where(ENTRY.c.id.in_(entry_ids), applied).values(values))


def _free(session: Session, cause: Cause, entry_ids: list[str]) -> int:
    """Set what the plan holds for these to 0; how many had a place."""
    found = (
        select(ENTRY, APPOINTMENT.c.employment_kind, OPENING.c.organisation_id.label("target_id"), OPENING.c.manner)
        .join(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .join(APPOINTMENT, APPOINTMENT.c.id == ENTRY.c.appointment_id)
        .where(ENTRY.c.id.in_(entry_ids), ENTRY.c.state == "placed")
        .order_by(ENTRY.c.id)
    )
    had = session.execute(found).all()
    accounts = Accounts(session, [row.target_id for row in had])
    lines: list[Line] = []
    for row in had:
        staffed = row.employment_kind == "staffed"
        lines += accounts.lines(Way(row.id, row.person_id, row.target_id, row.manner, row.band, staffed), 0)
    if lines:
        hold_many(session, cause, lines)
    return len(had)
