"""What the allocation of a reserved post publishes: who gets a post of which band at which school (policy §3.P 7)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.publicity.declaring import Line, Period, Published, publish
from service.flows.reserved.rounds import APPLICATION
from service.people.members import PERSON
from service.people.queries import organisation_names

BANDS = {"senior": {"zh": "高级岗位", "en": "senior post"}, "middle": {"zh": "中级岗位", "en": "middle post"}}


def lines(session: Session, periods: Sequence[Period], locale: str) -> Mapping[Period, list[Line]]:
    """Each applicant with the receiving school."""
    cases = [instance_id for instance_id, _ in periods]
    applied = select(APPLICATION.c.instance_id, APPLICATION.c.band, APPLICATION.c.school_id, PERSON.c.name)
    found = applied.join(PERSON, PERSON.c.id == APPLICATION.c.person_id).where(APPLICATION.c.instance_id.in_(cases))
    rows = {row.instance_id: row for row in session.execute(found)}
    places = organisation_names({row.school_id for row in rows.values()}, locale)
    return {
        (case, subject): [Line(subject, row.name, places[row.school_id], BANDS[row.band][locale])]
        for case, subject in periods
        for row in (rows[case],)
    }


publish(Published("reserved", "预留岗位拟分配人员公示", "Reserved posts to be lent", lines, "application_id"))
