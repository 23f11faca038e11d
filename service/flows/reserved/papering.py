"""Whom papers of an application for a reserved post are about: the applicant, with the receiving school."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.papered import BANDS, Subject, papered
from service.flows.reserved.rounds import APPLICATION
from service.people.members import PERSON
from service.people.queries import organisation_names


@papered("reserved_post")
def subjects(session: Session, instance_id: str) -> list[Subject]:
    """The one applicant."""
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    row = session.execute(found.where(APPLICATION.c.instance_id == instance_id)).first()
    if row is None:
        return []
    place = organisation_names([row.school_id], "zh")[row.school_id]
    band = BANDS[row.band]
    facts = {"place": place, "to_place": place, "what": f"预留{band}", "band": band, "manner": "借用预留岗位"}
    return [Subject(row.person_id, row.name, row.person_id, facts)]
