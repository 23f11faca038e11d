"""Whom papers of a title are about: the applicant, or whose title a revocation takes."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.corrections.queries import corrected
from service.flows.papered import BANDS, Subject, papered
from service.flows.title.roster import APPLICATION
from service.flows.title.rules import band_of
from service.people.members import PERSON
from service.people.queries import organisation_names
from workflows import store


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


GROUNDS = {"fraud": "弄虚作假", "correction": "评审结果有误"}


@papered("title_revocation")
def holders(session: Session, instance_id: str) -> list[Subject]:
    """Whose title it is; decided as long as the title is revoked."""
    known = store.read(session, instance_id).variables
    if not known.get("certificate_of"):
        return []
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    row = session.execute(found.where(APPLICATION.c.instance_id == known["certificate_of"])).one()
    place, on = organisation_names([row.organisation_id], "zh")[row.organisation_id], known.get("revoked_on")
    ground = corrected(session, instance_id, "title.revocation", "").get("ground", known["ground"])
    facts = {
        "place": place, "what": f"撤销{row.target}职称", "subject": row.subject, "title": row.target,
        "manner": GROUNDS[ground], "from_on": date.fromisoformat(on) if on else None,
    }  # fmt: skip
    return [Subject(row.person_id, row.name, row.person_id, facts, decided=row.result == "revoked")]
