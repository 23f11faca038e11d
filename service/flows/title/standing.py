"""An ethics case opened while somebody applies: the application stands still, its end lets it go on or ends it (§1)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, column, or_, select, table
from sqlalchemy.orm import Session

from service.flows.declaring import HELD_BY_FILE, discipline
from service.flows.title.roster import APPLICATION, INSTANCE
from service.records.queries import facts_of
from service.records.reading import RECORD

_case = table("process_case", column("instance_id"), column("suspension_reason"))


@discipline("title")
def asked(session: Session, on: date) -> Mapping[str, str]:
    """What holds on that day; a hold that somebody else has put on a case is left to that person.

    A finding in force ends an application. Who has the certificate keeps the title and is passed over in the queue.
    """
    rows = _concerned(session)
    facts = facts_of(session, {row.person_id for row in rows}, on)
    words = {row.instance_id: _word(row, facts[row.person_id].ethics) for row in rows}
    return {instance_id: word for instance_id, word in words.items() if word is not None}


def _word(row: Row[Any], ethics: str | None) -> str | None:
    if ethics == "upheld" and row.result != "passed":
        return "end"
    if ethics == "investigation":
        return "suspend" if row.state == "running" else None
    return "resume" if row.state == "suspended" and row.suspension_reason == HELD_BY_FILE else None


def _concerned(session: Session) -> list[Row[Any]]:
    """Applications under way of who has an ethics record, and those that stand still for one."""
    ethics = (RECORD.c.kind == "ethics", RECORD.c.person_id == APPLICATION.c.person_id, RECORD.c.voided_at.is_(None))
    found = (
        select(
            APPLICATION.c.instance_id, APPLICATION.c.person_id, APPLICATION.c.result, INSTANCE.c.state,
            _case.c.suspension_reason,
        )
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .join(_case, _case.c.instance_id == APPLICATION.c.instance_id)
        .where(
            INSTANCE.c.state.in_(("running", "suspended")),
            or_(_case.c.suspension_reason == HELD_BY_FILE, select(RECORD.c.id).where(*ethics).exists()),
        )
    )  # fmt: skip
    return list(session.execute(found))
