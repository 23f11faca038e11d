"""Who waits for a post comes before everybody else who would take it (policy §3.T 7); flows say who waits."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from service.errors import Conflict
from service.posts.posting import Locked

Queue = Callable[[Session, str, str, date], int]
"""(session, organisation id, band, day) → how many wait in a flow for a post of the school's own in that band."""

QUEUES: dict[str, Queue] = {}
"""Process definition → its queue."""


def waiting(session: Session, organisation_id: str, band: str, on: date) -> int:
    """How many wait for a post of the school's own in that band and could take it, in the queues of all flows."""
    return sum(queue(session, organisation_id, band, on) for queue in QUEUES.values())


def others(session: Session, taken: Mapping[str, int], accounts: Mapping[str, Locked], on: date) -> tuple[str, int]:
    """(Band, how many wait) of the first account that would keep too few free posts for them, else ("", 0).

    `taken`: account id → how many free posts go in all, what is given back at the same time taken off. Posts of a pool
    and headcount have no queue, and what is not free at all is for the ledger to refuse.
    """
    for account_id, more in sorted(taken.items()):
        row, free = accounts[account_id].row, accounts[account_id].figures.free
        if row.kind != "post" or row.pool or not 0 < more <= free:
            continue
        count = waiting(session, row.organisation_id, row.band, on)
        if count and free - more < count:
            return row.band, count
    return "", 0


def expect_free(session: Session, taken: Mapping[str, int], accounts: Mapping[str, Locked], on: date) -> None:
    """Pass when a free post is left for each who waits; Conflict("ledger.others_wait")."""
    band, count = others(session, taken, accounts, on)
    if count:
        raise Conflict("ledger.others_wait", band=band, waiting=count)
