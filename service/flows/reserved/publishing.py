"""What the allocation of a reserved post publishes: who gets a post of which band at which school (policy §3.P 7)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.publicity.declaring import Line, Published, publish
from service.flows.reserved.rounds import APPLICATION
from service.people.members import PERSON
from service.people.queries import organisation_names

BANDS = {"senior": {"zh": "高级岗位", "en": "senior post"}, "middle": {"zh": "中级岗位", "en": "middle post"}}


def lines(session: Session, instance_id: str, subject: str, locale: str) -> list[Line]:
    """The applicant with the receiving school."""
    found = select(APPLICATION.c.band, APPLICATION.c.school_id, PERSON.c.name)
    applied = found.join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    row = session.execute(applied.where(APPLICATION.c.instance_id == instance_id)).one()
    place = organisation_names([row.school_id], locale)[row.school_id]
    return [Line(subject, row.name, place, BANDS[row.band][locale])]


publish(Published("reserved", "预留岗位拟分配人员公示", "Reserved posts to be lent", lines, "application_id"))
