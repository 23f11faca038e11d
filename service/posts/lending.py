"""Posts of a pool in the hands of persons: lent, appointed to, given back, inside a caller's transaction (policy §3.P).

The ledger counts posts (`ledger.lend`, `ledger.take_back`); here stands who holds each. A person's stream of events
guards that person's loans; it is locked before any account. So a step that moves other accounts, too, or several
persons, calls `lock` first with all of them, as `leaving.leave` does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, column, func, insert, or_, select, table, update
from sqlalchemy.orm import Session

from service.errors import Conflict, Fault, Invalid, NotFound
from service.notices import outbox
from service.parameters import queries as parameters
from service.people.locking import lock_persons
from service.people.recording import person_event
from service.posts import ledger, posting
from service.posts.borrowing import borrowed
from service.posts.models import PostLoan
from service.posts.posting import Cause, Posted
from workflows.base import new_id
from workflows.models import MessageSubscription

LOAN = cast("Table", PostLoan.__table__)
SUBSCRIPTION = cast("Table", MessageSubscription.__table__)
INSTANCE = table("process_instance", column("id"), column("state"))
LOOKED_AFTER = ("running", "suspended", "failed")
"""States of a case that looks after what it has lent."""
ENDED = "loan.ended"
"""The message, by the loan's id, for which the case that made a loan may wait."""
BECAUSE = ("returned", "transfer", "retirement", "demotion", "exit", "term_over", "not_appointed")
"""Why a loan ends; `exit` is every way out of the service but retirement."""


@dataclass(frozen=True, slots=True)
class NewLoan:
    """A post of the pool account for a person at a school, on from_on ≤ day ≤ until; `line` is the case's hold."""

    account_id: str
    line: str
    borrower_id: str
    person_id: str
    from_on: date
    until: date


@dataclass(frozen=True, slots=True)
class Loan:
    """Who holds a lent post: `ended_on` is the first day without it, None while it is open."""

    id: str
    account_id: str
    borrower_id: str
    person_id: str
    instance_id: str | None
    from_on: date
    until: date
    appointed_on: date | None
    ended_on: date | None
    ended_because: str | None


_LOAN = [LOAN.c[name] for name in Loan.__slots__]


def lock(
    session: Session, cause: Cause, person_ids: Iterable[str], account_ids: Iterable[str] = ()
) -> Mapping[str, Loan]:
    """Lock these persons' loans, then these accounts and those of the loans, each in order; person id → open loan."""
    persons = sorted(set(person_ids))
    lock_persons(session, persons)
    loans = open_loans(session, persons)
    posting.lock(session, cause, {*account_ids, *(loan.account_id for loan in loans.values())})
    return loans


def lend_to(session: Session, cause: Cause, new: NewLoan) -> str:
    """Lend a held post of the pool to a person at a school; the loan's id. A replay gives the same id.

    Conflict("loan.held") while the person has another lent post, Conflict("ledger.not_held"), Invalid("dates.order").
    """
    if new.until < new.from_on:
        raise Invalid("dates.order", faults=(Fault("until", "dates.order"),))
    there = lock(session, cause, [new.person_id], [new.account_id]).get(new.person_id)
    if there is not None:
        _expect_same(there, cause, new)
        return there.id
    ledger.lend(session, cause, new.account_id, new.line, new.borrower_id)
    return _insert(session, cause, new)


def name_holder(session: Session, cause: Cause, new: NewLoan) -> str:
    """Say who sits in a post that the opening balance has lent to the school: nothing moves. The loan's id.

    The post is taken up from its first day. Conflict("loan.held"), Conflict("loan.all_named") when every post that the
    school has borrowed there is somebody's, Invalid("dates.order").
    """
    if new.until < new.from_on:
        raise Invalid("dates.order", faults=(Fault("until", "dates.order"),))
    if lock(session, cause, [new.person_id], [new.account_id]):
        raise Conflict("loan.held", person_id=new.person_id)
    lent = borrowed(session, new.borrower_id).get(new.account_id, 0)
    if lent <= _named(session, new.account_id, new.borrower_id):
        raise Conflict("loan.all_named", borrower_id=new.borrower_id, lent=lent)
    return _insert(session, cause, new, appointed_on=new.from_on)


def appoint(session: Session, cause: Cause, person_id: str, on: date) -> str:
    """The person takes up the lent post on that day; the loan's id. A repeat changes nothing.

    NotFound("loan.absent") without an open loan, Invalid("dates.order") for a day outside its term.
    """
    loan = lock(session, cause, [person_id]).get(person_id)
    if loan is None:
        raise NotFound("loan.absent", person_id=person_id)
    if not loan.from_on <= on <= loan.until:
        raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
    if loan.appointed_on is None:
        _change(session, loan.id, appointed_on=on, appointed_by=cause.actor_id)
        _record(session, cause, "post.appointed", loan, {"on": on})
    return loan.id


def reappoint(session: Session, cause: Cause, loan: Loan, on: date) -> None:
    """The lent post was taken up on another day than was entered; Invalid("dates.order") for one outside its term."""
    lock(session, cause, [loan.person_id], [loan.account_id])
    if not loan.from_on <= on <= loan.until:
        raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
    _change(session, loan.id, appointed_on=on, appointed_by=cause.actor_id)
    _record(session, cause, "post.appointed", loan, {"on": on, "document": cause.document})


def extend(session: Session, cause: Cause, person_id: str, until: date) -> str:
    """The term ends later; the loan's id. NotFound("loan.absent"), Invalid("dates.order") for an earlier day."""
    loan = lock(session, cause, [person_id]).get(person_id)
    if loan is None:
        raise NotFound("loan.absent", person_id=person_id)
    if until < loan.until:
        raise Invalid("dates.order", faults=(Fault("until", "dates.order"),))
    if until != loan.until:
        _change(session, loan.id, until=until)
        _record(session, cause, "post.loan_extended", loan, {"old": loan.until, "new": until})
    return loan.id


def adopt(session: Session, cause: Cause, person_id: str) -> None:
    """A lent post that the opening balance named is from now on what this case has lent: it ends and extends it."""
    loan = lock(session, cause, [person_id]).get(person_id)
    if loan is not None and loan.instance_id is None:
        _change(session, loan.id, instance_id=cause.instance_id)
        _record(session, cause, "post.loan_adopted", loan, {})


def give_back(session: Session, cause: Cause, person_id: str, because: str, on: date) -> Posted:
    """The person's lent post, if there is one, returns to its pool; the school gains no vacancy (example 4).

    `on` is the first day without it, `because` one of `BECAUSE`. Without an open loan nothing is posted.
    Invalid("dates.order") for a day before the loan began.
    """
    loan = lock(session, cause, [person_id]).get(person_id)
    if loan is None:
        return Posted()
    if because not in BECAUSE:
        raise Invalid("loan.because", faults=(Fault("because", "loan.because"),))
    if on < loan.from_on:
        raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
    posted = ledger.take_back(session, cause, loan.account_id, loan.id, loan.borrower_id)
    _change(session, loan.id, ended_on=on, ended_because=because, ended_instance_id=cause.instance_id)
    _record(session, cause, "post.given_back", loan, {"on": on, "because": because})
    _tell(session, cause, loan.id)
    return posted


def undo(session: Session, cause: Cause) -> None:
    """A correction takes back what the cause's case has done, the latest first: loans that it has ended go on, those
    that it has made end on their first day.

    Conflict("loan.held") where the person has been lent another one since.
    """
    ended, made = ended_by(session, cause.instance_id), of_case(session, cause.instance_id or "")
    for loan in sorted({*ended, *made}, key=lambda loan: loan.id, reverse=True):
        if loan in ended:
            _reopen(session, cause, loan)
        if loan in made and (loan in ended or loan.ended_on is None):
            _change(session, loan.id, ended_on=loan.from_on, ended_because="returned")
            _record(session, cause, "post.loan_struck", loan, {"document": cause.document})


def _reopen(session: Session, cause: Cause, loan: Loan) -> None:
    if loan.person_id in open_loans(session, [loan.person_id]):
        raise Conflict("loan.held", person_id=loan.person_id)
    _change(session, loan.id, ended_on=None, ended_because=None, ended_instance_id=None)
    _record(session, cause, "post.loan_reopened", loan, {"document": cause.document})


def ended_by(session: Session, instance_id: str | None) -> list[Loan]:
    """The loans that a case has ended."""
    found = select(*_LOAN).where(LOAN.c.ended_instance_id == instance_id).order_by(LOAN.c.id)
    return [_loan(row) for row in session.execute(found)]


def rename(session: Session, cause: Cause, person_id: str, other_id: str) -> str:
    """The lent post is somebody else's from its first day on; both are locked. The loan's id.

    NotFound("loan.absent"), Conflict("loan.held") for who holds another one.
    """
    loans = open_loans(session, [person_id, other_id])
    loan = loans.get(person_id)
    if loan is None:
        raise NotFound("loan.absent", person_id=person_id)
    if other_id in loans:
        raise Conflict("loan.held", person_id=other_id)
    _change(session, loan.id, person_id=other_id, appointed_by=cause.actor_id)
    for one, holds in ((person_id, False), (other_id, True)):
        facts = {"loan_id": loan.id, "borrower_id": loan.borrower_id, "holds": holds, "document": cause.document}
        person_event(session, one, "post.holder_corrected", cause.actor_id, cause.now, facts)
    return loan.id


def open_loans(session: Session, person_ids: Iterable[str]) -> Mapping[str, Loan]:
    """Person id → the loan that has not ended; one that begins later counts, too."""
    found = select(*_LOAN).where(LOAN.c.person_id.in_(list(person_ids)), LOAN.c.ended_on.is_(None))
    return {row.person_id: _loan(row) for row in session.execute(found)}


def held_on(session: Session, person_ids: Iterable[str], on: date) -> Mapping[str, Loan]:
    """Person id → the lent post held on that day; one statement for any number of persons."""
    holding = (LOAN.c.from_on <= on, or_(LOAN.c.ended_on.is_(None), LOAN.c.ended_on > on))
    found = select(*_LOAN).where(LOAN.c.person_id.in_(list(person_ids)), *holding)
    return {row.person_id: _loan(row) for row in session.execute(found)}


def due(session: Session, by: date) -> list[Loan]:
    """Open loans whose term is over by the end of that day, the earliest first."""
    found = select(*_LOAN).where(LOAN.c.ended_on.is_(None), LOAN.c.until <= by).order_by(LOAN.c.until, LOAN.c.id)
    return [_loan(row) for row in session.execute(found)]


def noticed_until(session: Session, today: date) -> date:
    """The last day of the terms that are to be decided on now."""
    return today + timedelta(days=int(parameters.county(session, today)["reserved_term_notice_days"]))


def of_case(session: Session, instance_id: str) -> Sequence[Loan]:
    """The loans that a case has made, in the order in which it made them."""
    found = select(*_LOAN).where(LOAN.c.instance_id == instance_id).order_by(LOAN.c.id)
    return [_loan(row) for row in session.execute(found)]


def _expect_same(there: Loan, cause: Cause, new: NewLoan) -> None:
    same = (cause.instance_id, new.account_id, new.borrower_id)
    if cause.instance_id is None or (there.instance_id, there.account_id, there.borrower_id) != same:
        raise Conflict("loan.held", person_id=new.person_id)


def _named(session: Session, account_id: str, borrower_id: str) -> int:
    mine = (LOAN.c.account_id == account_id, LOAN.c.borrower_id == borrower_id, LOAN.c.ended_on.is_(None))
    return int(session.execute(select(func.count()).where(*mine)).scalar_one())


def _insert(session: Session, cause: Cause, new: NewLoan, *, appointed_on: date | None = None) -> str:
    loan_id = new_id()
    row: dict[str, Any] = {"id": loan_id, **asdict(new), "instance_id": cause.instance_id}
    row |= dict.fromkeys(("ended_on", "ended_because", "ended_instance_id"))
    row |= {"appointed_on": appointed_on, "appointed_by": cause.actor_id if appointed_on else None}
    session.execute(insert(LOAN), row)
    body = {"loan_id": loan_id, **asdict(new), "instance_id": cause.instance_id}
    person_event(session, new.person_id, "post.lent", cause.actor_id, cause.now, body)
    return loan_id


def _tell(session: Session, cause: Cause, loan_id: str) -> None:
    """A case that waits for the loan's end goes on; loans of which no case is waiting are told to nobody."""
    waits = select(SUBSCRIPTION.c.id).where(SUBSCRIPTION.c.name == ENDED, SUBSCRIPTION.c.correlation_key == loan_id)
    if session.execute(waits.where(SUBSCRIPTION.c.instance_id != (cause.instance_id or ""))).first() is None:
        return
    body: dict[str, Any] = {"name": ENDED, "correlation_key": loan_id, "payload": {}, "instance_id": cause.instance_id}
    outbox.post(session, [outbox.Message(outbox.THROWN, f"message:{ENDED}", body)], cause.now)


def _change(session: Session, loan_id: str, **values: Any) -> None:
    session.execute(update(LOAN).where(LOAN.c.id == loan_id).values(values))


def _record(session: Session, cause: Cause, kind: str, loan: Loan, body: Mapping[str, Any]) -> None:
    facts = {"loan_id": loan.id, "borrower_id": loan.borrower_id, "instance_id": cause.instance_id, **body}
    person_event(session, loan.person_id, kind, cause.actor_id, cause.now, facts)


def _loan(row: Row[*tuple[Any, ...]]) -> Loan:
    return Loan(*row)
