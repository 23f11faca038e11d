"""An ethics case opened while somebody applies: the application stands still until it is decided (policy §1)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.flows import standstill
from service.flows.declaring import discipline
from service.flows.title.roster import APPLICATION
from service.records.facts import Facts


@discipline("title")
def asked(session: Session, on: date) -> Mapping[str, str]:
    """What holds on that day. Who has the certificate keeps the title and is passed over in the queue."""
    cases = select(APPLICATION.c.instance_id, APPLICATION.c.person_id, APPLICATION.c.result)
    return standstill.asked(session, on, cases, _held_for)


def _held_for(row: Row[Any], facts: Facts) -> str | None:
    if facts.ethics == "investigation":
        return standstill.OPEN
    return standstill.FOUND if facts.ethics == "upheld" and row.result != "passed" else None
