"""Between which days a person may retire, and what is wrong with a day outside (policy §3.X, tables of 2025)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Fault
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.records.rules import Entry
from service.records.rules_retirement import choice_range, statutory, track_of

CHOICE = "retirement_choice"


@dataclass(frozen=True)
class Window:
    """The first and the last day that may be chosen, and the statutory one between them."""

    first: date
    statutory: date
    last: date


def window_of(session: Session, person_id: str) -> Window | None:
    """By sex, day of birth and the latest post; None where one that decides is unknown."""
    person = session.execute(select(PERSON.c.sex, PERSON.c.born_on).where(PERSON.c.id == person_id)).first()
    mine = (APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.struck_at.is_(None))
    latest = select(APPOINTMENT.c.post_category).where(*mine)
    category = session.scalar(latest.order_by(APPOINTMENT.c.valid_from.desc(), APPOINTMENT.c.id.desc()).limit(1))
    track = track_of(person.sex, category) if person is not None else None
    if person is None or person.born_on is None or track is None:
        return None
    first, last = choice_range(person.born_on, track)
    return Window(first, statutory(person.born_on, track), last)


def choice_faults(session: Session, person_id: str, entry: Entry) -> list[Fault]:
    """What is wrong with a chosen day: outside the window, or on the other side of the statutory day."""
    window = window_of(session, person_id) if entry.kind == CHOICE else None
    if window is None:
        return []
    day = entry.valid_from
    if not window.first <= day <= window.last:
        days = {"first": window.first.isoformat(), "last": window.last.isoformat()}
        return [Fault("valid_from", "record.retirement_outside", params=days)]
    fits = day < window.statutory if entry.value == "early" else day > window.statutory
    return [] if fits else [Fault("value", "record.retirement_side", params={"day": window.statutory.isoformat()})]
