"""What open cases and findings in a person's file ask of the cases about that person (policy §1, ethics record)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, column, or_, select, table
from sqlalchemy.orm import Session

from service.flows.declaring import AWAITS_HR, HELD_BY_FILE
from service.records.facts import Facts
from service.records.queries import facts_of
from service.records.reading import RECORD

OPEN, FOUND = "open", "found"
"""What a file holds against a case: something that is not decided yet; a finding that bars who it is about."""
BY_FILE = (HELD_BY_FILE, AWAITS_HR)
"""Why a case stands still for the file: a hold that somebody else has put on it is left to that person."""
KINDS = ("ethics", "inquiry")

INSTANCE = table("process_instance", column("id"), column("state"))
CASE = table("process_case", column("instance_id"), column("suspension_reason"))

Judge = Callable[[Row[Any], Facts], str | None]
"""(row of the flow, facts of its person) → OPEN, FOUND, or None where the file is in nobody's way."""


def asked(session: Session, on: date, cases: Select[Any], judge: Judge) -> Mapping[str, str]:
    """Instance id → suspend | resume | confirm; `cases` selects instance_id, person_id and what `judge` looks at.

    Two statements and those of the facts, for any number of cases.
    """
    rows = _concerned(session, cases)
    facts = facts_of(session, {row.person_id for row in rows}, on)
    words = {row.instance_id: _word(row, judge(row, facts[row.person_id])) for row in rows}
    return {instance_id: word for instance_id, word in words.items() if word is not None}


def _word(row: Row[Any], held_for: str | None) -> str | None:
    running, by_file = row.state == "running", row.suspension_reason in BY_FILE
    if held_for == FOUND:
        return "confirm" if running or row.suspension_reason == HELD_BY_FILE else None
    if held_for == OPEN:
        return "suspend" if running else None
    return "resume" if row.state == "suspended" and by_file else None


def _concerned(session: Session, cases: Select[Any]) -> list[Row[Any]]:
    """Cases under way of whoever has such a record, and those that stand still for one."""
    mine = cases.subquery()
    against = select(RECORD.c.id).where(
        RECORD.c.kind.in_(KINDS), RECORD.c.person_id == mine.c.person_id, RECORD.c.voided_at.is_(None)
    )
    found = (
        select(mine, INSTANCE.c.state, CASE.c.suspension_reason)
        .join(INSTANCE, INSTANCE.c.id == mine.c.instance_id)
        .join(CASE, CASE.c.instance_id == mine.c.instance_id)
        .where(
            INSTANCE.c.state.in_(("running", "suspended")),
            or_(CASE.c.suspension_reason.in_(BY_FILE), against.exists()),
        )
    )
    return list(session.execute(found))
