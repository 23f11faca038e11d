"""Who waits for a post comes before everybody else who would take it (policy §3.T 7); flows say who waits."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict
from service.posts import posting
from service.posts.ledger import NAMED, Full, Line, hold_many
from service.posts.posting import Cause, Locked

Queue = Callable[[Session, Collection[str], date], Mapping[tuple[str, str], int]]
"""(session, organisation ids, day) → (organisation id, band) → how many wait in a flow for a post of its own."""

QUEUES: dict[str, Queue] = {}
"""Process definition → its queue."""


def waiting(session: Session, organisation_ids: Collection[str], on: date) -> Counter[tuple[str, str]]:
    """(Organisation, band) → how many wait for a post of its own and could take it, in the queues of all flows."""
    found = Counter[tuple[str, str]]()
    for queue in QUEUES.values():
        found.update(queue(session, organisation_ids, on))
    return found


def taken(lines: Sequence[Line], accounts: Mapping[str, Locked]) -> Counter[str]:
    """Account id → how many free posts these holds take beyond what the case holds already.

    All lines of an account count together: rows of one band take posts together, and what moves from one name to
    another, as from a row of a demand to a chosen person, takes none. Nor does what a named hold has kept for the case.
    """
    found = Counter[str]()
    for line in lines:
        found[line.account_id] += line.count - accounts[line.account_id].held.get(line.line, 0)
    for account_id in found.keys() - {line.account_id for line in lines if line.line == NAMED}:
        found[account_id] -= min(accounts[account_id].held.get(NAMED, 0), max(0, found[account_id]))
    return found


def others(session: Session, taken: Mapping[str, int], accounts: Mapping[str, Locked], on: date) -> tuple[str, int]:
    """(Band, how many wait) of the first account that would keep too few free posts for them, else ("", 0).

    `taken`: account id → how many free posts go in all, what is given back at the same time taken off. Posts of a pool
    and headcount have no queue, and what is not free at all is for the ledger to refuse.
    """
    asked = {one: more for one, more in sorted(taken.items()) if _may_be_waited_for(accounts[one], more)}
    if not asked:
        return "", 0
    queues = waiting(session, {accounts[one].row.organisation_id for one in asked}, on)
    for account_id, more in asked.items():
        row, free = accounts[account_id].row, accounts[account_id].figures.free
        count = queues[row.organisation_id, row.band]
        if count and free - more < count:
            return row.band, count
    return "", 0


def _may_be_waited_for(account: Locked, more: int) -> bool:
    return account.row.kind == "post" and not account.row.pool and 0 < more <= account.figures.free


def could_take(session: Session, account_id: str, on: date) -> bool:
    """Whether one of an account's posts could be taken now without passing by who waits; looked at without a lock."""
    row = session.execute(select(posting.ACCOUNT).where(posting.ACCOUNT.c.id == account_id)).one()
    free = row.approved + row.excess - row.occupied - row.reserved - row.lent
    return bool(free > waiting(session, [row.organisation_id], on)[row.organisation_id, row.band])


def expect_free(session: Session, taken: Mapping[str, int], accounts: Mapping[str, Locked], on: date) -> None:
    """Pass when a free post is left for each who waits; Conflict("ledger.others_wait")."""
    band, count = others(session, taken, accounts, on)
    if count:
        raise Conflict("ledger.others_wait", band=band, waiting=count)


def hold(session: Session, cause: Cause, lines: Sequence[Line]) -> bool:
    """Set these holds; False, and nothing is held, where one is not free or the last free posts are for who waits."""
    accounts = posting.lock(session, cause, [line.account_id for line in lines])
    if others(session, taken(lines, accounts), accounts, day_of(cause.now))[1]:
        return False
    return not isinstance(hold_many(session, cause, lines), Full)
