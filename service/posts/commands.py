"""Commands of the ledger: dated decisions by bureau HR and the offices that own the quota."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict
from service.parameters import queries as parameters
from service.posts import checked, ledger, opening, posting, queueing, recording, uplift
from service.posts.ledger import Cause, Full, Posted
from service.posts.opening import NewAccount


@dataclass(frozen=True)
class OpenAccounts:
    """Opening balances, by one document."""

    accounts: tuple[NewAccount, ...]
    document: str
    decided_on: date


@dataclass(frozen=True)
class ChangeApproved:
    """The approved number of an account from now on, by a dated approval."""

    account_id: str
    approved: int
    document: str
    decided_on: date


@dataclass(frozen=True)
class MovePost:
    """`count` free posts move between two accounts of one kind and band, by a dated decision."""

    source_id: str
    target_id: str
    count: int
    document: str
    decided_on: date


def open_accounts(actor: Actor, command: OpenAccounts, *, now: datetime) -> list[str]:
    """The ids of the new accounts; Conflict("ledger.account_exists"), Invalid("ledger.opening")."""
    with transaction() as session:
        policy.require(actor, "ledger.open", policy.Target())
        _expect_new(session, command.accounts)
        cause = _cause(actor, command.document, command.decided_on, now)
        ids = opening.open_accounts(session, cause, command.accounts)
        answer(session, account_ids=ids)
        recording.record_opening(session, cause, dict(zip(ids, command.accounts, strict=True)))
        return ids


def change_approved(actor: Actor, command: ChangeApproved, *, now: datetime) -> Posted:
    """Set the approved number; a cut below what is in use makes excess. Conflict("ledger.full") for a pool in use."""
    with transaction() as session:
        cause = _cause(actor, command.document, command.decided_on, now)
        accounts = posting.lock(session, cause, [command.account_id])
        policy.require(actor, "ledger.change_approved", accounts[command.account_id].row)
        posted = _granted(ledger.change_approved(session, cause, command.account_id, command.approved))
        recording.record(session, cause, posted)
        return posted


def move_post(actor: Actor, command: MovePost, *, now: datetime) -> Posted:
    """Move free posts; Conflict("ledger.full") when the source has fewer free, Invalid for unlike accounts.

    Conflict("ledger.uplift") where a remote or weak school would keep fewer posts of the higher bands than it must,
    Conflict("ledger.others_wait") where somebody of the school waits for the post, Conflict of `checked.expect` while
    a case on paper may need it.
    """
    with transaction() as session:
        cause = _cause(actor, command.document, command.decided_on, now)
        accounts = posting.lock(session, cause, [command.source_id, command.target_id])
        policy.require(actor, "ledger.move_post", accounts[command.source_id].row)
        taken = {command.source_id: command.count}
        checked.expect_taken(session, taken, accounts, day_of(now))
        queueing.expect_free(session, taken, accounts, day_of(now))
        moved = ledger.move_post(session, cause, command.source_id, command.target_id, command.count)
        posted = _granted(moved)
        uplift.expect_left(session, command.source_id, parameters.county(session, day_of(now)))
        recording.record(session, cause, posted)
        return posted


def _cause(actor: Actor, document: str, decided_on: date, now: datetime) -> Cause:
    return Cause(None, "", "", actor.person_id or actor.account_id, now, document.strip(), decided_on)


def _granted(outcome: Posted | Full) -> Posted:
    if isinstance(outcome, Full):
        ledger.refuse(outcome)
    return outcome


def _expect_new(session: Session, accounts: tuple[NewAccount, ...]) -> None:
    table = posting.ACCOUNT
    wanted = {(a.organisation_id, a.kind, a.band, a.pool) for a in accounts}
    there = select(table.c.organisation_id, table.c.kind, table.c.band, table.c.pool).where(
        table.c.organisation_id.in_({a.organisation_id for a in accounts})
    )
    taken = wanted & {tuple(row) for row in session.execute(there)}
    if taken or len(wanted) < len(accounts):
        raise Conflict("ledger.account_exists")
