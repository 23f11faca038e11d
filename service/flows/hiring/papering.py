"""Whom papers of a hiring case are about: the candidates who were chosen and have not fallen out."""

from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from service.flows.hiring import roster
from service.flows.hiring.roster import CANDIDATE
from service.flows.papered import BANDS, Subject, papered
from service.people.queries import organisation_names
from workflows import store
from workflows.base import Json

TASK = table("task", column("instance_id"), column("element_id"), column("properties", Json))
ABOUT = TASK.c.properties["about"].as_string()
AFTER = ("contract", "onboarding")
"""Steps that open once the hire of the candidate whom they are about has been filed or approved."""
OUT = ("unqualified", "eliminated", "failed", "no_show")


@papered("hiring")
def subjects(session: Session, instance_id: str) -> list[Subject]:
    """In the order of the demand's rows, then of rank."""
    mine = (CANDIDATE.c.instance_id == instance_id, CANDIDATE.c.chosen, CANDIDATE.c.state.not_in(OUT))
    rows = session.execute(select(CANDIDATE).where(*mine).order_by(CANDIDATE.c.line, CANDIDATE.c.number)).all()
    if not rows:
        return []
    posts = {post["line"]: post for post in store.read(session, instance_id).variables.get("posts") or ()}
    decided = set(session.scalars(select(ABOUT).where(TASK.c.instance_id == instance_id, TASK.c.element_id.in_(AFTER))))
    places = organisation_names({row.organisation_id for row in rows}, "zh")
    return [
        _subject(session, row, posts.get(row.line, {}), places[row.organisation_id], row.id in decided) for row in rows
    ]


def _subject(session: Session, row: Any, post: dict[str, Any], place: str, called: bool) -> Subject:
    band, subject = BANDS.get(post.get("band", "")), post.get("subject")
    facts = {
        "place": place, "to_place": place, "what": " · ".join(filter(None, (subject, band))) or None,
        "subject": subject, "band": band, "manner": "聘用", "degree": row.degree,
        "graduated_from": row.graduated_from or None, "certificate": row.certificate or None,
    }  # fmt: skip
    decided = called or row.state == "hired"
    return Subject(row.id, row.name, row.person_id, facts, lambda name: roster.personal(session, row.id)[name], decided)
