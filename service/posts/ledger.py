"""The movements of the ledger inside a caller's transaction (policy §2); a full account is a value, not an error.

Locks: a call locks its accounts and all that its case has touched, by id, and they stay locked to the end of the
transaction. Nothing else may be locked after them, so a step names all its accounts in one call where it can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid
from service.posts.borrowing import borrowed
from service.posts.lines import NAMED, Line, from_named
from service.posts.posting import Accounts, Cause, Entry, Full, Movement, Posted, lock, move, pass_on, post
from service.posts.rules import Figures
from workflows.base import new_id

__all__ = [
    "NAMED",
    "Cause",
    "Entry",
    "Full",
    "Line",
    "Posted",
    "change_approved",
    "exchange",
    "hand_over",
    "hold",
    "hold_many",
    "lend",
    "move_along",
    "move_post",
    "occupy",
    "occupy_many",
    "promote",
    "refuse",
    "release",
    "release_all",
    "take_back",
    "take_free",
    "vacate",
]


def refuse(full: Full) -> NoReturn:
    """Turn the value into the 409 of whoever submits; later in a case a gateway reads `ledger_full` instead."""
    raise refused(full)


def refused(full: Full) -> Conflict:
    """The same to be raised by the caller."""
    return Conflict(
        "ledger.full",
        account_id=full.account_id,
        organisation_id=full.organisation_id,
        kind=full.kind,
        band=full.band,
        asked=full.asked,
        free=full.free,
    )


def hold(session: Session, cause: Cause, account_id: str, line: str, count: int) -> Posted | Full:
    """Set the case's hold of (account, line) to `count` and post the difference: +3, or −1 after a cut to 2."""
    return hold_many(session, cause, [Line(account_id, line, count)])


def hold_many(session: Session, cause: Cause, lines: Sequence[Line]) -> Posted | Full:
    """Set several holds; all or none."""
    if any(line.count < 0 for line in lines):
        raise Invalid("ledger.negative")

    def plan(accounts: Accounts) -> list[Movement]:
        return [*from_named(accounts, lines), *(_reserve(accounts, line) for line in lines)]

    return move(session, cause, [line.account_id for line in lines], plan)


def _reserve(accounts: Accounts, line: Line) -> Movement:
    change = line.count - accounts[line.account_id].held.get(line.line, 0)
    return Movement(line.account_id, "reserved" if change > 0 else "released", line.line, Figures(reserved=change))


def release(session: Session, cause: Cause, account_id: str, line: str) -> Posted:
    """Set one hold to 0: a candidate failed and nobody replaces them."""
    return _whole(hold(session, cause, account_id, line, 0))


def release_all(session: Session, cause: Cause) -> Posted:
    """Set every hold of the case to 0: rejected, withdrawn, cancelled, expired, or left over at its end."""
    once = replace(cause, token=cause.token or new_id())
    accounts = lock(session, once, ())
    movements = [
        Movement(account_id, "released", line, Figures(reserved=-held))
        for account_id, account in accounts.items()
        for line, held in account.held.items()
        if held
    ]
    return _whole(post(session, once, accounts, movements))


def occupy(session: Session, cause: Cause, account_id: str, line: str, count: int = 1) -> Posted:
    """Turn `count` held posts into occupied ones. Conflict("ledger.not_held") when the case holds fewer."""
    return occupy_many(session, cause, [Line(account_id, line, count)])


def take_free(session: Session, cause: Cause, account_id: str, line: str) -> Posted | Full:
    """Occupy a free post by a dated decision that no case has held it for."""
    _expect_document(cause)
    return move(
        session, cause, [account_id], lambda _accounts: [Movement(account_id, "occupied", line, Figures(occupied=1))]
    )


def occupy_many(session: Session, cause: Cause, lines: Sequence[Line]) -> Posted:
    """Turn held posts of several accounts (headcount and band) into occupied ones."""

    def plan(accounts: Accounts) -> list[Movement]:
        return [_occupied(accounts, line, "occupied") for line in lines]

    return _whole(move(session, cause, [line.account_id for line in lines], plan))


def hand_over(session: Session, giver: Cause, taker: Cause, lines: Sequence[Line]) -> None:
    """What one case holds another holds from now on: nothing is free in between, and excess stays as it is.

    Conflict("ledger.not_held") when the giver holds fewer.
    """
    accounts = lock(session, giver, [line.account_id for line in lines])
    for line in lines:
        _expect_held(accounts, line)
    there = {
        line.account_id: (line.line, line.count) for line in lines if line.line not in accounts[line.account_id].seen
    }
    if there:
        pass_on(session, giver, taker, accounts, there)


def promote(session: Session, cause: Cause, account_id: str, line: str, old_account_id: str) -> Posted:
    """In place: the held post of the new band is occupied, one of the old band is left, headcount stays."""

    def plan(accounts: Accounts) -> list[Movement]:
        return [
            _occupied(accounts, Line(account_id, line, 1), "promoted"),
            _left(accounts, old_account_id, line, 1, "promoted"),
        ]

    return _whole(move(session, cause, (account_id, old_account_id), plan))


def exchange(session: Session, cause: Cause, line: str, moves: Mapping[str, str]) -> Posted:
    """The employment relation moves: `moves` maps each account left to the account entered, held there before."""

    def plan(accounts: Accounts) -> list[Movement]:
        entered = [_occupied(accounts, Line(target, line, 1), "exchanged") for target in moves.values()]
        return entered + [_left(accounts, source, line, 1, "exchanged") for source in moves]

    return _whole(move(session, cause, {*moves, *moves.values()}, plan))


def vacate(session: Session, cause: Cause, account_ids: Sequence[str], line: str, count: int = 1) -> Posted:
    """Retirement or exit: `count` people leave each account; excess falls first, then a vacancy opens.

    Conflict("ledger.not_occupied") when fewer are in post.
    """

    def plan(accounts: Accounts) -> list[Movement]:
        return [_left(accounts, account_id, line, count, "vacated") for account_id in account_ids]

    return _whole(move(session, cause, account_ids, plan))


def lend(session: Session, cause: Cause, account_id: str, line: str, borrower_id: str, count: int = 1) -> Posted:
    """Lend held posts of the pool to a school; they stay the pool's and are not in the school's figures."""

    def plan(accounts: Accounts) -> list[Movement]:
        _expect_pool(accounts, account_id)
        _expect_held(accounts, Line(account_id, line, count))
        return [Movement(account_id, "lent", line, Figures(reserved=-count, lent=count), borrower_id)]

    return _whole(move(session, cause, [account_id], plan))


def take_back(session: Session, cause: Cause, account_id: str, line: str, borrower_id: str, count: int = 1) -> Posted:
    """A lent post returns: return, transfer, retirement or demotion; the school gains no vacancy.

    Conflict("ledger.not_lent") when the school has borrowed fewer.
    """

    def plan(accounts: Accounts) -> list[Movement]:
        _expect_pool(accounts, account_id)
        has = borrowed(session, borrower_id).get(account_id, 0)
        if not 0 < count <= has and line not in accounts[account_id].seen:
            raise Conflict("ledger.not_lent", account_id=account_id, borrower_id=borrower_id, asked=count, lent=has)
        return [Movement(account_id, "returned", line, Figures(lent=-count), borrower_id)]

    return _whole(move(session, cause, [account_id], plan))


def move_post(session: Session, cause: Cause, source_id: str, target_id: str, count: int = 1) -> Posted | Full:
    """Move free posts between a school and the pool, or two schools, by a dated decision; the county total stays.

    Full when the source has fewer free: only a free post moves. Invalid("ledger.unlike_accounts") unless both are of
    one kind and band, Invalid("ledger.document_needed") without document number and date.
    """
    _expect_document(cause)
    if count < 1:
        raise Invalid("ledger.negative")
    accounts = lock(session, cause, (source_id, target_id))
    _expect_alike(accounts, source_id, target_id)
    source = accounts[source_id]
    if source.figures.free < count:
        return source.full(count)
    line = new_id()
    movements = [
        Movement(source_id, "moved", line, Figures(approved=-count)),
        Movement(target_id, "moved", line, Figures(approved=count)),
    ]
    return post(session, cause, accounts, movements)


def move_along(session: Session, cause: Cause, line: str, source_id: str, target_id: str) -> Posted:
    """An occupied post moves with its holder, by a dated decision; neither free posts nor the county total change.

    Conflict("ledger.excess_first") where the source has more in use than approved: whoever leaves lowers that, and no
    post is left to give. Otherwise as `move_post`.
    """
    _expect_document(cause)
    accounts = lock(session, cause, (source_id, target_id))
    _expect_alike(accounts, source_id, target_id)
    source = accounts[source_id]
    if source.figures.excess and line not in source.seen:
        raise Conflict("ledger.excess_first", account_id=source_id, excess=source.figures.excess)
    left = _left(accounts, source_id, line, 1, "moved")
    movements = [
        replace(left, figures=left.figures + Figures(approved=-1)),
        Movement(target_id, "moved", line, Figures(approved=1, occupied=1)),
    ]
    return _whole(post(session, cause, accounts, movements))


def _expect_alike(accounts: Accounts, source_id: str, target_id: str) -> None:
    source, target = accounts[source_id].row, accounts[target_id].row
    if source_id == target_id or (source.kind, source.band) != (target.kind, target.band):
        raise Invalid("ledger.unlike_accounts")


def change_approved(session: Session, cause: Cause, account_id: str, approved: int) -> Posted | Full:
    """Set the approved number by a dated approval; a cut below what is in use makes excess, a rise lowers it.

    A pool has no excess: Full when it has lent or reserved more than would be left.
    """
    _expect_document(cause)
    if approved < 0:
        raise Invalid("ledger.negative")

    def plan(accounts: Accounts) -> list[Movement]:
        change = approved - accounts[account_id].figures.approved
        return [Movement(account_id, "approved", new_id(), Figures(approved=change))]

    return move(session, cause, [account_id], plan)


def _occupied(accounts: Accounts, line: Line, event: str) -> Movement:
    _expect_held(accounts, line)
    return Movement(line.account_id, event, line.line, Figures(reserved=-line.count, occupied=line.count))


def _left(accounts: Accounts, account_id: str, line: str, count: int, event: str) -> Movement:
    account = accounts[account_id]
    if not 0 < count <= account.figures.occupied and line not in account.seen:
        raise Conflict("ledger.not_occupied", account_id=account_id, asked=count, occupied=account.figures.occupied)
    return Movement(account_id, event, line, Figures(occupied=-count))


def _expect_held(accounts: Accounts, line: Line) -> None:
    account = accounts[line.account_id]
    held = account.held.get(line.line, 0)
    if not 0 < line.count <= held and line.line not in account.seen:
        raise Conflict("ledger.not_held", account_id=line.account_id, line=line.line, asked=line.count, held=held)


def _expect_pool(accounts: Accounts, account_id: str) -> None:
    if not accounts[account_id].row.pool:
        raise Invalid("ledger.not_pool", account_id=account_id)


def _expect_document(cause: Cause) -> None:
    if not cause.document or cause.decided_on is None:
        raise Invalid("ledger.document_needed")


def _whole(outcome: Posted | Full) -> Posted:
    """A movement that only frees cannot be full; if it is, the figures are wrong and nothing may be written."""
    if isinstance(outcome, Full):
        refuse(outcome)
    return outcome
