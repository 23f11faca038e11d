"""Who may vote on a tie, and the tied as the committee sees them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.standing import ROLE, in_force, present
from service.flows.reserved import rounds
from service.flows.reserved.interest import interested
from service.people.members import PERSON
from workflows.surroundings import Call

VOTING = ("bureau_leader", "bureau_hr_chief", "bureau_hr_officer", "hr_bureau_officer", "tdc_officer")
"""The roles whose holders are proposed as members."""


def members(session: Session, round_id: str, on: date) -> list[dict[str, Any]]:
    """Everybody who may sit in the committee, each once, ticked.

    Whoever is away that day is not proposed, nor who applied or is related to an applicant (policy §3.H, recusal).
    """
    office = select(ROLE.c.person_id, PERSON.c.name, ROLE.c.role, rounds.ORGANISATION.c.name.label("place"))
    found = (
        office.join(PERSON, PERSON.c.id == ROLE.c.person_id)
        .join(rounds.ORGANISATION, rounds.ORGANISATION.c.id == ROLE.c.organisation_id)
        .where(ROLE.c.role.in_(VOTING), ROLE.c.kind == "holder", in_force(ROLE.c, on), present(ROLE.c, on))
        .order_by(rounds.ORGANISATION.c.path, PERSON.c.name, ROLE.c.id)
    )
    rows = {row.person_id: row for row in reversed(session.execute(found).all())}
    return [
        {"person_id": row.person_id, "name": row.name, "office": row.place, "sits": True}
        for row in reversed(rows.values())
        if interested(session, round_id, row.person_id) is None
    ]


def tie_rows(call: Call, tied: Sequence[str]) -> list[dict[str, Any]]:
    """The persons between whom a vote decides; `yes` are the votes in favour that each had last."""
    rows = [row for row in rounds.standing(call.session, call.instance_id) if row.id in tied]
    return [
        {"id": r.id, "name": r.name, "school_name": r.school_name, "band": r.band, "yes": r.votes[-1] if r.votes else 0}
        for r in rows
    ]
