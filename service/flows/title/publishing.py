"""What title evaluation publishes: who is to have which title (policy §3.T 6); the list within a school stays there."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.publicity.declaring import Line, Published, publish
from service.flows.title.roster import APPLICATION
from service.people.members import PERSON
from service.people.queries import organisation_names
from workflows.surroundings import Call


def lines(session: Session, instance_id: str, subject: str, locale: str) -> list[Line]:
    """The applicant with the title applied for."""
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    row = session.execute(found.where(APPLICATION.c.instance_id == instance_id)).one()
    place = organisation_names([row.organisation_id], locale)[row.organisation_id]
    return [Line(subject, row.name, place, f"{row.target} · {row.subject}")]


def _opened(_call: Call) -> dict[str, Any]:
    return {"publicity_result": "clear"}


WORDS = ("职称评审结果公示", "Titles to be granted")
publish(
    Published("title", *WORDS, lines, "application_id", opened=_opened, inside="internal"),
    writes=("publicity_result",),
)
