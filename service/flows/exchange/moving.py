"""What an exchange moves: headcount, post and appointment of one person, or nothing but the place of work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows import acting
from service.flows.exchange.matching.problem import LEND, LOAN
from service.people import staff
from service.people.staff import Terms
from service.posts import ledger, lending, pools, sitting
from service.posts.ledger import Full, Line
from service.posts.lending import NewLoan
from service.posts.posting import Cause
from service.posts.sitting import Sitting
from workflows.surroundings import Call

HEADCOUNT, HOLDING = "headcount", "+hold"


@dataclass(frozen=True)
class Way:
    """One person's way to a school: `line` names the hold, `manner` is move, lend or loan, `band` "" takes no post."""

    line: str
    person_id: str
    target_id: str
    manner: str
    band: str


def cause_of(call: Call, instance_id: str | None = None, *, step: str = "") -> Cause:
    """The case, element and token of an operation, and who acts in it.

    A cause posts once to an account and line: what holds and then occupies in one operation names its first `step`.
    """
    cause = acting.cause_of(call)
    return replace(cause, instance_id=instance_id or call.instance_id, token=f"{call.token}{step}")


class Accounts:
    """The accounts of schools and of the pool, read once: (organisation, headcount or band) → id; band → pool's id."""

    def __init__(self, session: Session, organisation_ids: Sequence[str]) -> None:
        own = sitting.accounts(session, set(organisation_ids))
        self.own = {(place, band or HEADCOUNT): account_id for (place, band), account_id in own.items()}
        self.pool = pools.accounts(session)

    def of(self, organisation_id: str, name: str) -> str:
        """A school's own account; Conflict("ledger.no_account")."""
        if (organisation_id, name) not in self.own:
            raise Conflict("ledger.no_account", kind=name)
        return self.own[organisation_id, name]

    def of_pool(self, band: str) -> str:
        """The pool's account of a band; Conflict("ledger.no_account")."""
        return pools.expect(self.pool, band)

    def lines(self, way: Way, count: int = 1) -> list[Line]:
        """What a way holds at its target before anything moves; a loan holds nothing."""
        if way.manner == LOAN:
            return []
        found = [Line(self.of(way.target_id, HEADCOUNT), way.line, count)]
        if way.band:
            post = self.of_pool(way.band) if way.manner == LEND else self.of(way.target_id, way.band)
            found.append(Line(post, way.line, count))
        return found


def carry_out(call: Call, way: Way, on: date, until: date) -> None:
    """Headcount, post and appointment move to the target, where they were held; of a loan nothing moves.

    A post lent to the person before goes back to its pool. Conflict("exchange.gone") for who has left,
    Invalid("dates.order") for a day before the appointment or after today.
    """
    if way.manner == LOAN:
        return
    held = Accounts(call.session, [way.target_id]).lines(way)
    seat = sitting.lock(call.session, cause_of(call), way.person_id, [line.account_id for line in held])
    post = seat.appointment
    if post is None:
        raise Conflict("exchange.gone", person_id=way.person_id)
    expect_day(call, post, on)
    _move_posts(call, way, seat, held, on, until)
    by = acting.actor_of(call)
    staff.end_appointment(call.session, way.person_id, post.id, on, "exchange", by=by, now=call.now)
    kept = ("employment_kind", "post_category", "band", "grade", "subject", "stage", "title")
    terms = Terms(
        way.target_id, on, **{name: getattr(post, name) for name in kept}, document=call.instance_id,
        instance_id=call.instance_id,
    )  # fmt: skip
    staff.appoint(call.session, way.person_id, terms, by=by, now=call.now)


def _move_posts(call: Call, way: Way, seat: Sitting, held: list[Line], on: date, until: date) -> None:
    """Headcount moves with who uses one, else the held one is released; a post of the own school is left."""
    session, cause, (headcount, *post) = call.session, cause_of(call), held
    if seat.headcount is None:
        ledger.release(session, cause, headcount.account_id, headcount.line)
    moves = {} if seat.headcount is None else {seat.headcount: headcount.account_id}
    if seat.loan is not None and _ends(seat, way):
        lending.give_back(session, cause, way.person_id, "transfer", max(on, seat.loan.from_on))
    if way.manner != LEND and post and seat.post is not None:
        moves[seat.post] = post[0].account_id
    if moves:
        ledger.exchange(session, cause, way.line, moves)
    if way.manner == LEND and post:
        if seat.post is not None:
            ledger.vacate(session, cause, [seat.post], way.line)
        lending.lend_to(session, cause, NewLoan(post[0].account_id, way.line, way.target_id, way.person_id, on, until))
        lending.appoint(session, cause, way.person_id, on)
    elif post and seat.post is None:
        ledger.occupy_many(session, cause, post)


def _ends(seat: Sitting, way: Way) -> bool:
    """A lent post goes back; one that is only promised stays where its person moves to the school it was lent to."""
    return (
        seat.lent is not None
        or way.manner == LEND
        or (seat.promised is not None and seat.promised.borrower_id != way.target_id)
    )


def expect_day(call: Call, post: Any, on: date) -> None:
    """The day lies in the appointment and is not to come: Invalid("dates.order")."""
    if not post.valid_from <= on <= day_of(call.now):
        raise Invalid("dates.order", faults=(Fault("values.arrived_on", "dates.order"),))


def take_own_post(call: Call, way: Way, on: date) -> bool:
    """A post of the school's own instead of the lent one, which goes back to its pool; False when none is free.

    Headcount and appointment stay as they are.
    """
    if not way.band:
        return True
    session, cause = call.session, cause_of(call)
    account_id = Accounts(session, [way.target_id]).of(way.target_id, way.band)
    if sitting.lock(session, cause, way.person_id, [account_id]).lent is None:
        return True
    if isinstance(ledger.hold(session, cause_of(call, step=HOLDING), account_id, way.line, 1), Full):
        return False
    ledger.occupy(session, cause, account_id, way.line)
    lending.give_back(session, cause, way.person_id, "returned", on)
    return True
