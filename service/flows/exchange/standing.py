"""An inquiry opened before somebody arrives: the placement keeps its hold and stands still until that is over."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.flows import standstill
from service.flows.declaring import discipline
from service.flows.exchange.drawing_up import ENTRY
from service.records.facts import Facts


@discipline("exchange_placement")
def asked(session: Session, on: date) -> Mapping[str, str]:
    """What holds on that day. A finding bars nobody from an exchange, and who has arrived was exchanged."""
    cases = select(ENTRY.c.placement_id.label("instance_id"), ENTRY.c.person_id)
    waiting = cases.where(ENTRY.c.state == "began", ENTRY.c.arrived_on.is_(None))
    return standstill.asked(session, on, waiting, _held_for)


def _held_for(_row: Row[Any], facts: Facts) -> str | None:
    return standstill.OPEN if facts.open_case else None
