"""Whether a school may ask for posts: school and HR say that no case on paper is left that needs them (policy §8)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from service.audit import chain
from service.errors import Conflict
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY
from service.people.recording import organisation_event
from service.posts.models import OpenCaseCheck
from service.posts.posting import ACCOUNT, Locked
from workflows.base import new_id, table_of

CHECK = table_of(OpenCaseCheck)
SCHOOL, BUREAU = "school", "bureau"
SIDES = (SCHOOL, BUREAU)
NEEDED = "no_open_cases_needed"
"""The parameter: no in a county that was here before its cases on paper were; yes from its opening day on."""
DISPROVED = "补登了一件书面在办案件。"
"""Why what both sides said holds no more, where a case on paper is told."""


def expect(session: Session, organisation_id: str, on: date) -> None:
    """Pass where it is not asked for, or both sides have confirmed; of whatever has no account of its own nobody asks.

    Conflict("open_cases.none_confirmed" | "open_cases.school_missing" | "open_cases.bureau_missing").
    """
    if not parameters.current(session, NEEDED, on, COUNTY).value or not _has_account(session, organisation_id):
        return
    there = confirmed(session, organisation_id)
    if not there:
        raise Conflict("open_cases.none_confirmed", organisation_id=organisation_id)
    if SCHOOL not in there:
        raise Conflict("open_cases.school_missing", organisation_id=organisation_id)
    if BUREAU not in there:
        raise Conflict("open_cases.bureau_missing", organisation_id=organisation_id)


def expect_taken(session: Session, taken: Mapping[str, int], accounts: Mapping[str, Locked], on: date) -> None:
    """The same of every school that gives up free posts or headcount: account id → how many, of locked accounts.

    What a pool gives is no school's, and who changes from one post of a school into another takes none of the first.
    """
    asked = {
        accounts[one].row.organisation_id for one, count in taken.items() if count > 0 and not _of_pool(accounts, one)
    }
    for organisation_id in sorted(asked):
        expect(session, organisation_id, on)


def _of_pool(accounts: Mapping[str, Locked], account_id: str) -> bool:
    return bool(accounts[account_id].row.pool)


def lock(session: Session, organisation_id: str) -> None:
    """Whoever confirms it and whoever tells a case of this school take turns, to the end of the transaction."""
    chain.lock(session, f"organisation:{organisation_id}")


def disprove(session: Session, organisation_id: str, person_id: str, account_id: str, now: datetime) -> None:
    """A case on paper is told: what was confirmed is wrong, and holds no more until both sides confirm it anew."""
    lock(session, organisation_id)
    there = confirmed(session, organisation_id)
    for side in there:
        write(session, row_of(organisation_id, side, person_id, now, DISPROVED))
    if there:
        body = {"reason": DISPROVED}
        organisation_event(session, organisation_id, "open_cases.taken_back", account_id, now, body)


def confirmed(session: Session, organisation_id: str) -> dict[str, Row[Any]]:
    """The sides that have confirmed it, each with its last row."""
    found = select(CHECK).where(CHECK.c.organisation_id == organisation_id).order_by(CHECK.c.id)
    last = {row.side: row for row in session.execute(found)}
    return {side: row for side, row in last.items() if row.confirmed}


def row_of(organisation_id: str, side: str, person_id: str, now: datetime, reason: str | None) -> dict[str, Any]:
    """What a side says: that there is none, or with a reason that there is one after all."""
    return {
        "id": new_id(), "organisation_id": organisation_id, "side": side, "confirmed": reason is None,
        "person_id": person_id, "at": now, "reason": reason,
    }  # fmt: skip


def write(session: Session, row: dict[str, Any]) -> None:
    """One side says so, or takes it back."""
    session.execute(insert(CHECK), row)


def _has_account(session: Session, organisation_id: str) -> bool:
    own = select(ACCOUNT.c.id).where(ACCOUNT.c.organisation_id == organisation_id, ~ACCOUNT.c.pool).limit(1)
    return session.execute(own).first() is not None
