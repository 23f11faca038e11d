"""Lent posts that no case looks after, such as those of before the opening day: whose they are, and how they end.

Each is a decision of bureau HR with its document (policy §3.P 10, §8). What a running case has lent is decided there.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.people import regrading
from service.people.members import is_related
from service.posts import checked, ledger, lending, posting, queueing, recording, sitting
from service.posts.ledger import Cause, Full
from service.posts.lending import INSTANCE, LOAN, LOOKED_AFTER, NewLoan
from service.posts.sitting import Sitting

OPENING, AFTERWARDS = "opening", "afterwards"
"""The lines of a loan that was made before the opening day, and of the own post that takes its place."""
OWN_POST, NO_POST = "own_post", "no_post"


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


@dataclass(frozen=True)
class ExtendLoan:
    """The term of a lent post ends later."""

    loan_id: str
    until: date
    document: str
    decided_on: date


@dataclass(frozen=True)
class ReturnPost:
    """A lent post goes back; `on` is the first day without it.

    `afterwards` own_post: the holder takes a post of the school's own of the same band; no_post: has none for now.
    """

    loan_id: str
    on: date
    afterwards: str
    document: str
    decided_on: date


@dataclass(frozen=True)
class CorrectHolder:
    """Somebody else holds a post that was lent before the opening day: the wrong person was named."""

    loan_id: str
    person_id: str
    document: str
    decided_on: date


def name_holder(actor: Actor, command: NameHolder, *, now: datetime) -> str:
    """The id of the loan; nothing moves, the opening balance has counted the post as lent (policy §8).

    NotFound("ledger_account.absent"), Invalid("ledger.not_pool" | "loan.not_there" | "loan.not_begun" | "dates.order"),
    Conflict("loan.held" | "loan.all_named"), Forbidden("loan.own_interest") for oneself and one's kin.
    """
    with transaction() as session:
        cause = _cause(actor, command, now)
        seat = sitting.lock(session, cause, command.person_id, [command.account_id])
        account = posting.lock(session, cause, [command.account_id])[command.account_id].row
        policy.require(actor, "ledger.open", account)
        if not account.pool:
            raise Invalid("ledger.not_pool", account_id=account.id)
        _expect_no_interest(actor, command.person_id)
        if command.from_on > day_of(now):
            raise Invalid("loan.not_begun", faults=(Fault("from_on", "loan.not_begun"),))
        _expect_there(session, seat, command.from_on, (command.borrower_id, account.band))
        term = (command.from_on, command.until)
        new = NewLoan(account.id, OPENING, command.borrower_id, command.person_id, *term)
        loan_id = lending.name_holder(session, cause, new)
        answer(session, loan_id=loan_id)
        return loan_id


def extend_loan(actor: Actor, command: ExtendLoan, *, now: datetime) -> None:
    """NotFound("loan.absent"), Conflict("loan.has_case"), Forbidden("loan.own_interest"), Invalid("dates.order")."""
    with transaction() as session:
        loan = _open_loan(session, actor, command.loan_id)
        policy.require(actor, "loan_term.decide")
        cause = _cause(actor, command, now)
        sitting.lock(session, cause, loan.person_id)
        _expect_mine(session, actor, loan)
        if command.until <= loan.until:
            raise Invalid("dates.order", faults=(Fault("until", "dates.order"),))
        lending.extend(session, cause, loan.person_id, command.until)
        answer(session, loan_id=loan.id)


def return_post(actor: Actor, command: ReturnPost, *, now: datetime) -> None:
    """The post is the pool's again; a post of the school's own is occupied where one is free of claims.

    NotFound("loan.absent"), Conflict("loan.has_case" | "loan.promised" | "ledger.full" | "ledger.others_wait" |
    "ledger.no_account"), Forbidden("loan.own_interest"), Invalid("loan.afterwards" | "dates.order").
    """
    if command.afterwards not in (OWN_POST, NO_POST):
        raise Invalid("loan.afterwards", faults=(Fault("afterwards", "loan.afterwards"),))
    with transaction() as session:
        loan = _open_loan(session, actor, command.loan_id)
        policy.require(actor, "loan_term.decide")
        cause = _cause(actor, command, now)
        seat = sitting.lock(session, cause, loan.person_id)
        _expect_mine(session, actor, loan)
        if seat.lent is None or seat.appointment is None:
            raise Conflict("loan.promised", person_id=loan.person_id)
        if not loan.from_on <= command.on <= day_of(now):
            raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
        if command.afterwards == OWN_POST:
            _occupy_own(session, cause, seat)
        back = lending.give_back(session, cause, loan.person_id, "returned", command.on)
        recording.record(session, cause, back)
        if command.afterwards == NO_POST:
            _without_post(session, cause, seat, command)
        answer(session, loan_id=loan.id)


def correct_holder(actor: Actor, command: CorrectHolder, *, now: datetime) -> None:
    """Nothing moves in the ledger: who was named wrongly sits in a post of the school's own.

    NotFound("loan.absent"), Conflict("loan.has_case" | "loan.held"), Invalid("loan.not_there"),
    Forbidden("loan.own_interest").
    """
    with transaction() as session:
        loan = _open_loan(session, actor, command.loan_id)
        policy.require(actor, "loan_term.decide")
        cause = _cause(actor, command, now)
        lending.lock(session, cause, [loan.person_id, command.person_id])
        _expect_mine(session, actor, loan)
        if loan.line != OPENING:
            raise Conflict("loan.not_opening", person_id=loan.person_id)
        _expect_no_interest(actor, command.person_id)
        seat = sitting.sittings(session, [command.person_id])[command.person_id]
        _expect_there(session, seat, loan.from_on, (loan.borrower_id, loan.band))
        lending.rename(session, cause, loan.person_id, command.person_id)
        answer(session, loan_id=loan.id)


def _open_loan(session: Session, actor: Actor, loan_id: str) -> Row[Any]:
    """A visible loan that has not ended, with its band; NotFound("loan.absent")."""
    band = posting.ACCOUNT.c.band
    found = select(LOAN, band).join(posting.ACCOUNT, posting.ACCOUNT.c.id == LOAN.c.account_id)
    mine = (LOAN.c.id == loan_id, LOAN.c.ended_on.is_(None), policy.visible(actor, "post_loan"))
    row = session.execute(found.where(*mine)).first()
    if row is None:
        raise NotFound("loan.absent", loan_id=loan_id)
    return row


def _expect_mine(session: Session, actor: Actor, loan: Row[Any]) -> None:
    """Still the loan that was read, of no running case, and of nobody close to who decides."""
    now = lending.open_loans(session, [loan.person_id]).get(loan.person_id)
    if now is None or now.id != loan.id:
        raise NotFound("loan.absent", loan_id=loan.id)
    running = (INSTANCE.c.id == loan.instance_id, INSTANCE.c.state.in_(LOOKED_AFTER))
    if loan.instance_id and session.execute(select(INSTANCE.c.id).where(*running)).first() is not None:
        raise Conflict("loan.has_case", instance_id=loan.instance_id)
    _expect_no_interest(actor, loan.person_id)


def _expect_no_interest(actor: Actor, person_id: str) -> None:
    if actor.person_id is not None and (actor.person_id == person_id or is_related(actor.person_id, person_id)):
        raise Forbidden("loan.own_interest")


def _expect_there(session: Session, seat: Sitting, from_on: date, place: tuple[str, str]) -> None:
    """The person was appointed at the school in that band then, and is now.

    Who has come into that band only later has come to a post in another way.
    """
    since = sitting.sittings(session, [seat.person_id], from_on)[seat.person_id]
    jobs = [one.appointment for one in (since, seat)]
    if any(job is None or (job.organisation_id, job.band) != place for job in jobs):
        raise Invalid("loan.not_there", faults=(Fault("person_id", "loan.not_there"),))


def _occupy_own(session: Session, cause: Cause, seat: Sitting) -> None:
    account_id = seat.band_account
    if account_id is None:
        raise Conflict("ledger.no_account", kind=(seat.appointment and seat.appointment.band) or "")
    accounts = posting.lock(session, cause, [account_id])
    checked.expect_taken(session, {account_id: 1}, accounts, day_of(cause.now))
    queueing.expect_free(session, {account_id: 1}, accounts, day_of(cause.now))
    taken = ledger.take_free(session, cause, account_id, AFTERWARDS)
    if isinstance(taken, Full):
        ledger.refuse(taken)
    recording.record(session, cause, taken)


def _without_post(session: Session, cause: Cause, seat: Sitting, command: ReturnPost) -> None:
    job: Any = seat.appointment
    regrading.regrade(
        session, seat.person_id, max(command.on, job.valid_from), "预留岗位收回", {"band": None, "grade": None},
        instance_id=None, by=cause.actor_id, document=cause.document or "", now=cause.now,
    )  # fmt: skip


def _cause(actor: Actor, paper: Any, now: datetime) -> Cause:
    by = actor.person_id or actor.account_id
    return Cause(None, "", "", by, now, paper.document.strip(), paper.decided_on)
