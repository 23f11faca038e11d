"""Commands of the ledger: dated decisions by bureau HR and the offices that own the quota."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.people import staff
from service.people.models import Appointment
from service.posts import leaving, ledger, lending, opening, posting, recording
from service.posts.ledger import Cause, Full, Posted
from service.posts.lending import NewLoan
from service.posts.opening import NewAccount

APPOINTMENT = cast("Table", Appointment.__table__)


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
class VacatePost:
    """Somebody leaves: `on` is the first day without the appointment, today or earlier.

    A lent post returns to its pool instead of opening a vacancy: the one that the person is known to hold, else the one
    of `borrowed_from`, a pool account.
    """

    appointment_id: str
    on: date
    because: str
    document: str
    borrowed_from: str | None = None


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
    """Move free posts; Conflict("ledger.full") when the source has fewer free, Invalid for unlike accounts."""
    with transaction() as session:
        cause = _cause(actor, command.document, command.decided_on, now)
        accounts = posting.lock(session, cause, [command.source_id, command.target_id])
        policy.require(actor, "ledger.move_post", accounts[command.source_id].row)
        moved = ledger.move_post(session, cause, command.source_id, command.target_id, command.count)
        posted = _granted(moved)
        recording.record(session, cause, posted)
        return posted


def vacate_post(actor: Actor, command: VacatePost, *, now: datetime) -> Posted:
    """End an appointment and free its headcount and post, in one transaction; excess falls before a vacancy opens.

    NotFound("appointment.absent"), Conflict("appointment.ended"), Invalid("dates.order") for a day before the
    appointment or after today.
    """
    with transaction() as session:
        found = select(APPOINTMENT).where(APPOINTMENT.c.id == command.appointment_id).with_for_update()
        row = session.execute(found).one_or_none()
        if row is None:
            raise NotFound("appointment.absent")
        target = policy.Target(id=row.person_id, person_id=row.person_id, organisation_id=row.organisation_id)
        policy.require(actor, "person.end_appointment", target)
        _expect_open(row.valid_from, row.valid_until, command.on, now)
        cause = _cause(actor, command.document, command.on, now)
        if command.borrowed_from is not None:
            opening_loan = (command.borrowed_from, "opening", row.organisation_id, row.person_id)
            lending.name_holder(session, cause, NewLoan(*opening_loan, row.valid_from, command.on))
        posted = leaving.leave(session, cause, row.person_id, "exit", command.on)
        staff.end_appointment(session, row.person_id, row.id, command.on, command.because, by=actor.account_id, now=now)
        answer(session, account_ids=sorted({entry.movement.account_id for entry in posted.entries}))
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


def _expect_open(first: date, ended: date | None, on: date, now: datetime) -> None:
    if ended is not None:
        raise Conflict("appointment.ended", on=ended.isoformat())
    if not first <= on <= day_of(now):
        raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
