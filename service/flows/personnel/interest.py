"""Whose change it is: who may not act in it, and which cases end when that person leaves."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.declaring import applications, interest
from service.flows.personnel.change import CHANGE
from service.people import members

SELF, RELATED = "personnel.is_subject", "personnel.related_to_subject"


@interest("personnel")
def interested(session: Session, instance_id: str, person_id: str) -> str | None:
    """Why this person must recuse, as a code; None when nothing is declared."""
    subject = session.scalar(select(CHANGE.c.person_id).where(CHANGE.c.instance_id == instance_id))
    if subject is None:
        return None
    if subject == person_id:
        return SELF
    return RELATED if members.related_among(person_id, [subject]) else None


@applications("personnel")
def about(session: Session, person_id: str) -> Iterable[str]:
    """The changes of this person that were asked for and not carried out: there is nothing left to change."""
    mine = (CHANGE.c.person_id == person_id, CHANGE.c.state != "done")
    return session.scalars(select(CHANGE.c.instance_id).where(*mine)).all()
