"""An inquiry opened while a post is applied for: the application keeps its place and its hold until it is decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.flows import standstill
from service.flows.declaring import discipline
from service.flows.reserved.rounds import APPLICATION
from service.records.facts import Facts

BEFORE = ("submitted", "accepted", "granted", "lent")
"""States before the appointment but for `suspended`: that one waits for the inquiry at a step of its own."""


@discipline("reserved_post")
def asked(session: Session, on: date) -> Mapping[str, str]:
    """What holds on that day; who has been appointed keeps the post until its term is decided on."""
    mine = APPLICATION.c.state.in_(BEFORE)
    return standstill.asked(
        session, on, select(APPLICATION.c.instance_id, APPLICATION.c.person_id).where(mine), _held_for
    )


def _held_for(_row: Row[Any], facts: Facts) -> str | None:
    if facts.ethics == "upheld":
        return standstill.FOUND
    return standstill.OPEN if facts.open_case else None
