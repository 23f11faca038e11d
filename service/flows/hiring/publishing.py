"""What hiring publishes: the name of who is to be hired, school and post (policy §3.H 7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.hiring import roster
from service.flows.hiring.roster import CANDIDATE
from service.flows.publicity.declaring import Line, Period, Published, publish
from service.people.queries import organisation_names
from workflows.models import ProcessInstance
from workflows.surroundings import Call


def lines(session: Session, periods: Sequence[Period], locale: str) -> Mapping[Period, list[Line]]:
    """The candidate of each slot."""
    found = select(CANDIDATE).where(CANDIDATE.c.id.in_([subject for _, subject in periods]))
    candidates = {row.id: row for row in session.execute(found)}
    cases = select(ProcessInstance.id, ProcessInstance.variables).where(
        ProcessInstance.id.in_({instance_id for instance_id, _ in periods})
    )
    posts = {
        row.id: {post["line"]: post for post in row.variables.get("posts") or ()} for row in session.execute(cases)
    }
    places = organisation_names({row.organisation_id for row in candidates.values()}, locale)
    told = {}
    for instance_id, subject in periods:
        row = candidates[subject]
        what = posts[instance_id].get(row.line, {}).get("subject") or ""
        told[instance_id, subject] = [Line(row.id, row.name, places[row.organisation_id], what)]
    return told


def _opened(call: Call) -> dict[str, Any]:
    roster.mark(call.session, call.variables["candidate_id"], "publicity")
    return {}


def _paused(call: Call) -> dict[str, Any]:
    roster.mark(call.session, call.variables["candidate_id"], "inquiry")
    return {}


publish(
    Published("hiring", "拟聘用人员公示", "Persons to be hired", lines, "candidate_id", opened=_opened, paused=_paused),
    reads=("candidate_id",),
)
