"""Recusal 回避: a handler related to a candidate, or who is one, may not act in that case (policy §3.H)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.declaring import interest
from service.flows.hiring.roster import CANDIDATE
from service.people import members
from service.people.members import PERSON

SELF, RELATED, NAMED = "hiring.is_candidate", "hiring.related_to_candidate", "hiring.relative_named_as_candidate"


@interest("hiring")
def interested(session: Session, instance_id: str, person_id: str) -> str | None:
    """Why this person must recuse, as a code; None when nothing is declared.

    Candidates are met as persons by their ID number, and by name where only a relative's name was declared. Whoever
    was found unqualified counts too: the finding itself is an act of the case.
    """
    known = PERSON.c.id_number_index == CANDIDATE.c.id_number_index
    found = select(CANDIDATE.c.name, PERSON.c.id).outerjoin(PERSON, known).where(CANDIDATE.c.instance_id == instance_id)
    rows = session.execute(found).all()
    persons = {row.id for row in rows if row.id}
    if person_id in persons:
        return SELF
    if persons and members.related_among(person_id, persons):
        return RELATED
    named = {row.name for row in rows} & members.declared_names(person_id) if rows else set()
    return NAMED if named else None
