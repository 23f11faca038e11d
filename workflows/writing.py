"""Writes for whose answers nobody waits: what they must have touched is looked at before the commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.orm import Session

from workflows.errors import LecternError

LANE = "lectern_lane"
"""Where a session keeps the `Lane` of its transaction."""

UNKNOWN = -1
"""The row count of a statement whose answer has not come."""

_EXPECTED = "lectern_expected"

Row = Mapping[str, Any]


@dataclass
class Lane:
    """The connection of a transaction; `later` while a statement is sent whose answer is looked at later."""

    connection: Connection
    later: bool = False


def write(
    session: Session, statement: Executable, rows: Row | Sequence[Row], otherwise: LecternError | None = None
) -> None:
    """Send a write without RETURNING, of one row or of several; without rows nothing is sent.

    `otherwise` is raised unless it touched exactly one row: here, or by `expect_all` where the answer is not there yet.
    """
    if not rows:
        return
    sent = rows[0] if isinstance(rows, Sequence) and len(rows) == 1 else rows
    lane: Lane = session.info.get(LANE) or Lane(session.connection())
    lane.later = True
    try:
        result = lane.connection.execute(statement, sent)
    finally:
        lane.later = False
    if otherwise is None:
        return
    if result.rowcount == UNKNOWN:
        session.info.setdefault(_EXPECTED, []).append((result, otherwise))
    elif result.rowcount != 1:
        raise otherwise


def expect_all(session: Session) -> None:
    """Look at the answers that have come in the meantime; raises what a write gave as its `otherwise`.

    After a statement that failed, too: one before it may have met what explains the failure.
    """
    for result, otherwise in session.info.pop(_EXPECTED, ()):
        if _touched(result) not in (1, UNKNOWN):
            raise otherwise


def forget(session: Session) -> None:
    """The transaction is over, whatever was expected of it."""
    session.info.pop(_EXPECTED, None)
    session.info.pop(LANE, None)


def _touched(result: CursorResult[Any]) -> int:
    cursor: Any = result.context.cursor
    return int(cursor.rowcount)
