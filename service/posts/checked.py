"""Whether a school may ask for posts: school and HR say that no case on paper is left that needs them (policy §8)."""

from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from service.errors import Conflict
from service.parameters import queries as parameters
from service.posts.models import OpenCaseCheck
from service.posts.posting import ACCOUNT
from workflows.base import table_of

CHECK = table_of(OpenCaseCheck)
SCHOOL, BUREAU = "school", "bureau"
SIDES = (SCHOOL, BUREAU)
NEEDED = "no_open_cases_needed"
"""The parameter: no in a county that was here before its cases on paper were; yes from its opening day on."""


def expect(session: Session, organisation_id: str, on: date) -> None:
    """Pass where it is not asked for, or both sides have confirmed; of whatever has no account of its own nobody asks.

    Conflict("open_cases.none_confirmed" | "open_cases.school_missing" | "open_cases.bureau_missing").
    """
    if not parameters.current(session, NEEDED, on).value or not _has_account(session, organisation_id):
        return
    there = confirmed(session, organisation_id)
    if not there:
        raise Conflict("open_cases.none_confirmed", organisation_id=organisation_id)
    if SCHOOL not in there:
        raise Conflict("open_cases.school_missing", organisation_id=organisation_id)
    if BUREAU not in there:
        raise Conflict("open_cases.bureau_missing", organisation_id=organisation_id)


def confirmed(session: Session, organisation_id: str) -> dict[str, Row[Any]]:
    """The sides that have confirmed it, each with its last row."""
    found = select(CHECK).where(CHECK.c.organisation_id == organisation_id).order_by(CHECK.c.id)
    last = {row.side: row for row in session.execute(found)}
    return {side: row for side, row in last.items() if row.confirmed}


def write(session: Session, row: dict[str, Any]) -> None:
    """One side says so, or takes it back."""
    session.execute(insert(CHECK), row)


def _has_account(session: Session, organisation_id: str) -> bool:
    own = select(ACCOUNT.c.id).where(ACCOUNT.c.organisation_id == organisation_id, ~ACCOUNT.c.pool).limit(1)
    return session.execute(own).first() is not None
