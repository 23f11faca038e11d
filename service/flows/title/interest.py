"""Recusal 回避: who is the applicant, or a relative, may neither handle nor judge nor vote (policy §3.H, §3.T)."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.declaring import interest, queue
from service.flows.title import claims
from service.flows.title.roster import APPLICATION
from service.people import members

SELF, RELATED = "title.is_applicant", "title.related_to_applicant"


@queue("title")
def waiting(session: Session, organisation_ids: Collection[str], on: date) -> Mapping[tuple[str, str], int]:
    """Who has passed, waits for a post, and could take one."""
    return claims.spoken_for(session, organisation_ids, on)


@interest("title")
def interested(session: Session, instance_id: str, person_id: str) -> str | None:
    """Why this person must recuse, as a code; None when nothing is declared."""
    found = select(APPLICATION.c.person_id).where(APPLICATION.c.instance_id == instance_id)
    applicant = session.scalar(found)
    if applicant == person_id:
        return SELF
    return RELATED if applicant and members.related_among(person_id, [applicant]) else None
