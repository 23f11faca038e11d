"""Whom papers of a personnel change are about: the person, with the school before and afterwards."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import sealed
from service.flows.papered import Subject, papered
from service.flows.personnel.change import CHANGE
from service.flows.personnel.rules import KINDS
from service.people.members import PERSON
from service.people.queries import organisation_names
from workflows import store


@papered("personnel")
def subjects(session: Session, instance_id: str) -> list[Subject]:
    """The one person; who comes from outside has no record yet, and is named as the case does."""
    found = select(CHANGE, PERSON.c.name).outerjoin(PERSON, PERSON.c.id == CHANGE.c.person_id)
    row = session.execute(found.where(CHANGE.c.instance_id == instance_id)).first()
    if row is None:
        return []
    kind, values = KINDS[row.kind], store.read(session, instance_id).variables
    places = organisation_names([one for one in (row.organisation_id, row.to_organisation_id) if one], "zh")
    here, there = places[row.organisation_id], places.get(row.to_organisation_id or "")
    comes = kind.group == "in"
    facts = {
        "place": there or here, "from_place": None if comes else here, "to_place": here if comes else there,
        "what": kind.zh, "manner": kind.zh,
        "subject": values.get("subject"), "from_on": row.effective_on,
    }  # fmt: skip
    name = row.name or sealed.opened(sealed.case(instance_id), values.get("name")) or ""
    return [Subject(row.person_id or instance_id, name, row.person_id, facts, decided=row.state != "asked")]
