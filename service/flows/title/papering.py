"""Whom papers of a title application are about: the applicant, with the title applied for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.papered import BANDS, Subject, papered
from service.flows.title.roster import APPLICATION
from service.flows.title.rules import band_of
from service.people.members import PERSON
from service.people.queries import organisation_names


@papered("title")
def subjects(session: Session, instance_id: str) -> list[Subject]:
    """The one applicant."""
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    row = session.execute(found.where(APPLICATION.c.instance_id == instance_id)).first()
    if row is None:
        return []
    place = organisation_names([row.organisation_id], "zh")[row.organisation_id]
    facts = {
        "place": place, "what": f"{row.target} · {row.subject}", "subject": row.subject, "title": row.target,
        "band": BANDS.get(band_of(row.target) or ""), "from_on": row.appointed_on, "manner": "评聘",
    }  # fmt: skip
    return [Subject(row.person_id, row.name, row.person_id, facts)]
