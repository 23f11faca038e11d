"""Recusal 回避: who applied, or is related to somebody who did, may not act in the application or its round."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.flows.declaring import applications, interest
from service.flows.reserved.rounds import APPLICATION
from service.people import members

SELF, RELATED = "reserved.is_applicant", "reserved.related_to_applicant"


@interest("reserved_round")
@interest("reserved_post")
def interested(session: Session, instance_id: str, person_id: str) -> str | None:
    """Why this person must recuse, as a code; None when nothing is declared."""
    here = or_(APPLICATION.c.instance_id == instance_id, APPLICATION.c.round_id == instance_id)
    persons = set(session.scalars(select(APPLICATION.c.person_id).where(here)))
    if person_id in persons:
        return SELF
    return RELATED if persons and members.related_among(person_id, persons) else None


@applications("reserved_post")
def of_person(session: Session, person_id: str) -> list[str]:
    """The applications for a person up to the appointment; after it the case follows the loan, whoever ends that."""
    before = ("submitted", "suspended", "accepted", "granted", "lent")
    found = select(APPLICATION.c.instance_id).where(APPLICATION.c.person_id == person_id)
    return list(session.scalars(found.where(APPLICATION.c.state.in_(before))))
