"""What hiring publishes: the name of who is to be hired, school and post (policy §3.H 7)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.hiring import roster
from service.flows.hiring.roster import CANDIDATE
from service.flows.publicity.declaring import Line, Published, publish
from service.people.queries import organisation_names
from workflows import store
from workflows.surroundings import Call


def lines(session: Session, instance_id: str, subject: str, locale: str) -> list[Line]:
    """The candidate of one slot."""
    row = session.execute(select(CANDIDATE).where(CANDIDATE.c.id == subject)).one()
    posts = {post["line"]: post for post in store.read(session, instance_id).variables.get("posts") or ()}
    what = posts.get(row.line, {}).get("subject") or ""
    place = organisation_names([row.organisation_id], locale)[row.organisation_id]
    return [Line(row.id, row.name, place, what)]


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
