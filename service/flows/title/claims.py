"""Who has a claim on a post: who waits with a pass, and what bars; who was recommended and holds none yet."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.flows.title import roster
from service.flows.title.roster import APPLICATION, INSTANCE, UNDER_WAY
from service.flows.title.rules import LEVELS, band_of
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


def spoken_for(session: Session, organisation_ids: Collection[str], on: date) -> Counter[tuple[str, str]]:
    """(School, band) → how many free posts belong to those who wait, hold none and could take one today.

    Who is barred keeps the place and stops nobody else (policy §3.T 7). One statement where nobody waits, and a number
    that does not depend on how many schools are asked about.
    """
    rows = roster.queue(session, organisation_ids)
    if not rows:
        return Counter()
    held = holding(session, [row.instance_id for row in rows])
    without = [row for row in rows if row.instance_id not in held]
    persons = [row.person_id for row in without]
    facts, seats = facts_of(session, persons, on), sittings(session, persons)
    return Counter(
        (row.organisation_id, band_of(row.target))
        for row in without
        if not is_barred(facts.get(row.person_id)) and needs_post(row, seats[row.person_id])
    )


def promised(session: Session, organisation_id: str, band: str, *, besides: str) -> int:
    """How many others of a school were recommended within its vacancies and hold no post of the band yet."""
    levels = [level for level in LEVELS if band_of(level) == band]
    mine = (APPLICATION.c.organisation_id == organisation_id, APPLICATION.c.target.in_(levels))
    others = (APPLICATION.c.promised_at.is_not(None), APPLICATION.c.instance_id != besides)
    joined = APPLICATION.join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
    found = select(func.count()).select_from(joined).where(*mine, *others, INSTANCE.c.state.in_(UNDER_WAY))
    return int(session.execute(found).scalar_one())
