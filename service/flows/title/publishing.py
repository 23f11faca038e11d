"""What title evaluation publishes: who is to have which title (policy §3.T 6); the list within a school stays there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.publicity.declaring import Line, Period, Published, publish
from service.flows.title.roster import APPLICATION
from service.people.members import PERSON
from service.people.queries import organisation_names
from workflows.surroundings import Call


def lines(session: Session, periods: Sequence[Period], locale: str) -> Mapping[Period, list[Line]]:
    """Each applicant with the title applied for."""
    cases = [instance_id for instance_id, _ in periods]
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    rows = {row.instance_id: row for row in session.execute(found.where(APPLICATION.c.instance_id.in_(cases)))}
    places = organisation_names({row.organisation_id for row in rows.values()}, locale)
    return {
        (case, subject): [Line(subject, row.name, places[row.organisation_id], f"{row.target} · {row.subject}")]
        for case, subject in periods
        for row in (rows[case],)
    }


def _opened(_call: Call) -> dict[str, Any]:
    return {"publicity_result": "clear"}


WORDS = ("职称评审结果公示", "Titles to be granted")
publish(
    Published("title", *WORDS, lines, "application_id", opened=_opened, inside="internal"),
    writes=("publicity_result",),
)
