"""Who has passed and waits for a post: what bars, who holds one still, how many of the free ones are spoken for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.flows.title import roster
from service.flows.title.roster import APPLICATION
from service.flows.title.rules import band_of
from service.posts.posting import ENTRY
from service.posts.sitting import Sitting, sittings
from service.records.queries import facts_of


def is_barred(facts: Any) -> bool:
    """Whether the file keeps somebody from a higher post now: any sanction, an open ethics case, a finding in force."""
    if facts is None or facts.ethics in ("investigation", "upheld"):
        return True
    return facts.sanction is None or facts.sanction.kind != "none"


def needs_post(application: Any, seat: Sitting) -> bool:
    """Whether the appointment takes a post of the school's own: of another band, or instead of one that is lent.

    A lent post goes back some day; who has come into the band by it still waits for an own one.
    """
    job, band = seat.appointment, band_of(application.target)
    return job is None or job.band != band or (seat.lent is not None and application.from_band != band)


def holding(session: Session, instance_ids: Sequence[str]) -> set[str]:
    """Those of these cases that hold a post: they wait for what bars them to end, not for a post."""
    total = func.sum(ENTRY.c.reserved)
    found = select(ENTRY.c.instance_id).where(ENTRY.c.instance_id.in_(instance_ids))
    return {str(one) for one in session.scalars(found.group_by(ENTRY.c.instance_id).having(total > 0))}


def spoken_for(session: Session, organisation_id: str, band: str, on: date) -> int:
    """How many free posts of a school's band belong to those who wait, hold none and could take one today.

    Who is barred keeps the place and stops nobody else (policy §3.T 7).
    """
    queue = roster.waiting(session, organisation_id, band)
    if not queue:
        return 0
    without = set(queue) - holding(session, queue)
    rows = session.execute(select(APPLICATION).where(APPLICATION.c.instance_id.in_(without))).all()
    persons = [row.person_id for row in rows]
    facts, seats = facts_of(session, persons, on), sittings(session, persons)
    return sum(not is_barred(facts.get(row.person_id)) and needs_post(row, seats[row.person_id]) for row in rows)
