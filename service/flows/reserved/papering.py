"""Whom papers are about: of an application the applicant, of a round those who get a post by it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.papered import BANDS, Subject, noticed, papered
from service.flows.reserved.queries import DECIDED
from service.flows.reserved.rounds import APPLICATION, ROUND
from service.people.members import PERSON
from service.people.queries import organisation_names
from service.posts.lending import LOAN


@papered("reserved_post")
def subjects(session: Session, instance_id: str) -> list[Subject]:
    """The one applicant."""
    return _of(session, APPLICATION.c.instance_id == instance_id)


@papered("reserved_round")
def granted(session: Session, instance_id: str) -> list[Subject]:
    """Those who get a post, by band and rank, once the round is decided; a correction of it is followed."""
    decided = select(ROUND.c.state).where(ROUND.c.instance_id == instance_id)
    if session.scalar(decided) not in DECIDED:
        return []
    return _of(session, (APPLICATION.c.round_id == instance_id) & APPLICATION.c.granted)


@noticed("reserved_round")
def published(session: Session, instance_id: str) -> Sequence[str]:
    """The applications that have got a post: each has a period of its own, one notice tells of all."""
    mine = (APPLICATION.c.round_id == instance_id, APPLICATION.c.granted)
    return list(session.scalars(select(APPLICATION.c.instance_id).where(*mine)))


def _of(session: Session, which: Any) -> list[Subject]:
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    rows = session.execute(found.where(which).order_by(APPLICATION.c.band.desc(), APPLICATION.c.rank)).all()
    places = organisation_names({row.school_id for row in rows}, "zh")
    cases = [row.instance_id for row in rows]
    loans = {
        loan.instance_id: loan
        for loan in session.execute(select(LOAN).where(LOAN.c.instance_id.in_(cases), LOAN.c.ended_on.is_(None)))
    }
    return [_subject(row, places[row.school_id], loans.get(row.instance_id)) for row in rows]


def _subject(row: Any, place: str, loan: Any) -> Subject:
    band = BANDS[row.band]
    facts = {
        "place": place, "to_place": place, "what": f"预留{band}", "band": band, "manner": "借用预留岗位",
        "from_on": loan and (loan.appointed_on or loan.from_on), "until": loan and loan.until,
    }  # fmt: skip
    return Subject(row.person_id, row.name, row.person_id, facts)
