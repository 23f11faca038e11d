"""Commands of the ledger: dated decisions by bureau HR and the offices that own the quota."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.parameters import queries as parameters
from service.people.members import is_related
from service.posts import ledger, lending, opening, posting, queueing, recording, sitting, uplift
from service.posts.ledger import Cause, Full, Posted
from service.posts.lending import NewLoan
from service.posts.opening import NewAccount
from service.posts.sitting import Sitting

OPENING = "opening"
"""The line of a loan that was made before the opening day."""


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


@dataclass(frozen=True)
class NameHolder:
    """Who sits in a post that the opening balance of a pool has lent to a school, on from_on ≤ day ≤ until."""

    account_id: str
    borrower_id: str
    person_id: str
    from_on: date
    until: date
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
    Conflict("ledger.others_wait") where somebody of the school waits for the post.
    """
    with transaction() as session:
        cause = _cause(actor, command.document, command.decided_on, now)
        accounts = posting.lock(session, cause, [command.source_id, command.target_id])
        policy.require(actor, "ledger.move_post", accounts[command.source_id].row)
        queueing.expect_free(session, {command.source_id: command.count}, accounts, day_of(now))
        moved = ledger.move_post(session, cause, command.source_id, command.target_id, command.count)
        posted = _granted(moved)
        uplift.expect_left(session, command.source_id, parameters.view(session, day_of(now)))
        recording.record(session, cause, posted)
        return posted


def name_holder(actor: Actor, command: NameHolder, *, now: datetime) -> str:
    """The id of the loan; nothing moves, the opening balance has counted the post as lent (policy §8).

    NotFound("ledger_account.absent"), Invalid("ledger.not_pool" | "loan.not_there" | "loan.not_begun" | "dates.order"),
    Conflict("loan.held" | "loan.all_named"), Forbidden("loan.own_interest") for oneself and one's kin.
    """
    with transaction() as session:
        cause = _cause(actor, command.document, command.decided_on, now)
        seat = sitting.lock(session, cause, command.person_id, [command.account_id])
        account = posting.lock(session, cause, [command.account_id])[command.account_id].row
        policy.require(actor, "ledger.open", account)
        if not account.pool:
            raise Invalid("ledger.not_pool", account_id=account.id)
        _expect_no_interest(actor, command.person_id)
        since = sitting.sittings(session, [command.person_id], command.from_on)[command.person_id]
        _expect_there((since, seat), command, account.band, day_of(now))
        term = (command.from_on, command.until)
        new = NewLoan(account.id, OPENING, command.borrower_id, command.person_id, *term)
        loan_id = lending.name_holder(session, cause, new)
        answer(session, loan_id=loan_id)
        return loan_id


def _expect_no_interest(actor: Actor, person_id: str) -> None:
    if actor.person_id is not None and is_related(actor.person_id, person_id):
        raise Forbidden("loan.own_interest")


def _expect_there(seats: tuple[Sitting, Sitting], command: NameHolder, band: str, today: date) -> None:
    """The post is lent already, and the person was appointed at the school in its band then, and is now.

    Who has come into that band only later has come to a post in another way.
    """
    if command.from_on > today:
        raise Invalid("loan.not_begun", faults=(Fault("from_on", "loan.not_begun"),))
    jobs = [seat.appointment for seat in seats]
    if any(job is None or (job.organisation_id, job.band) != (command.borrower_id, band) for job in jobs):
        raise Invalid("loan.not_there", faults=(Fault("person_id", "loan.not_there"),))


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
