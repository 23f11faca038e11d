"""What a case has moved in the ledger is taken back by opposite entries; the old ones stay (policy §5, 更正)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.posts import ledger, posting
from service.posts.ledger import Full, Line, Posted
from service.posts.posting import ENTRY, Cause, Locked, Movement
from service.posts.rules import Figures

EVENT = "undone"
NAMES = ("approved", "excess", "occupied", "reserved", "lent")


def undo(
    session: Session, cause: Cause, account_ids: Iterable[str] = (), *, line: str | None = None
) -> Mapping[str, int]:
    """Post the opposite of all that the cause's case has settled so far (under one line); account id → the excess
    allowed at the end.

    Whoever calls has put loans and appointments back, which refuses what something else was built on: what such a thing
    has given back already would be taken here once more. What the case occupies or has lent is held by it again, so
    that nobody else takes it before it is used once more or released. Whoever has left is back: where that place has
    been given away since, the account stands in excess until the rest of the correction has been posted, and
    `expect_within` says whether it may stay so. These accounts and those of the case are locked, by id.
    Conflict("ledger.full") where a pool cannot take a lent post back out.
    """
    accounts = posting.lock(session, cause, account_ids)
    settled = [row for row in _settled(session, cause.instance_id) if line is None or row.line == line]
    allowed = {account_id: account.figures.excess for account_id, account in accounts.items()}
    for row in settled:
        allowed[row.account_id] += max(0, -row.excess)
    outcome = posting.post(session, cause, accounts, [_opposite(row, accounts[row.account_id]) for row in settled])
    if isinstance(outcome, Full):
        ledger.refuse(outcome)
    return allowed


def make_room(session: Session, cause: Cause, lines: Sequence[Line]) -> Posted | Full:
    """Hold these lines while something is done once more that has been over since: nobody need have left for it.

    An account of a school, but no pool, stands in excess meanwhile; `expect_within` says whether it may stay so.
    """
    accounts = posting.lock(session, cause, [line.account_id for line in lines])
    moved = []
    for line in lines:
        account = accounts[line.account_id]
        more = line.count - account.held.get(line.line, 0)
        restored = 0 if account.row.pool else max(0, more)
        moved.append(Movement(line.account_id, EVENT, line.line, Figures(reserved=more), restored=restored))
    return posting.post(session, cause, accounts, moved)


def expect_within(session: Session, cause: Cause, allowed: Mapping[str, int]) -> None:
    """Release what the case still holds; Conflict("ledger.full") with the account that would have been overdrawn."""
    ledger.release_all(session, cause)
    for account_id, account in sorted(posting.lock(session, cause, allowed).items()):
        beyond = account.figures.excess - allowed.get(account_id, account.figures.excess)
        if beyond > 0:
            row = account.row
            ledger.refuse(Full(account_id, row.organisation_id, row.kind, row.band, row.pool, beyond, 0))


def _settled(session: Session, instance_id: str | None) -> list[Row[Any]]:
    """What a case has occupied, vacated, lent or moved along in sum, for each account, line and borrower."""
    sums = [func.sum(ENTRY.c[name]).label(name) for name in NAMES]
    key = (ENTRY.c.account_id, ENTRY.c.line, ENTRY.c.borrower_id)
    found = select(*key, *sums).where(ENTRY.c.instance_id == instance_id).group_by(*key).order_by(*key)
    return [row for row in session.execute(found) if row.occupied or row.lent or row.approved]


def _opposite(row: Row[Any], account: Locked) -> Movement:
    again = max(0, row.occupied) + max(0, row.lent)
    figures = Figures(-row.approved, 0, -row.occupied, again - max(0, row.approved), -row.lent)
    back = max(0, -row.occupied)
    restored = 0 if account.row.pool else back
    return Movement(row.account_id, EVENT, row.line, figures, row.borrower_id, restored)
