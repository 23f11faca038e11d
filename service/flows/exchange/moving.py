"""What an exchange moves: headcount, post and appointment of one person, or nothing but the place of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows import acting
from service.flows.exchange.matching.problem import BRING, LEND, LOAN
from service.parameters.queries import county
from service.people import staff
from service.people.locking import lock_persons
from service.people.staff import Terms
from service.posts import ledger, lending, pools, queueing, recording, sitting, uplift
from service.posts.ledger import Line
from service.posts.lending import NewLoan
from service.posts.posting import Cause
from service.posts.sitting import Sitting
from workflows.surroundings import Call

HEADCOUNT, POST, HOLDING = "headcount", "post", "+hold"
PAPER: Mapping[str, Any] = {"post_document": None, "post_decided_on": None}
"""The decision by which a post is brought along: the next one is asked for anew."""


@dataclass(frozen=True)
class Way:
    """One person's way to a school: `line` names the hold, `manner` one of `MANNERS`.

    `band` "" takes no post, and who is not `staffed` (在编) no headcount.
    """

    line: str
    person_id: str
    target_id: str
    manner: str
    band: str
    staffed: bool = True


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

    def entered(self, way: Way, count: int = 1) -> dict[str, Line]:
        """What a way holds at its target before anything moves, as `headcount` and `post`.

        A loan holds nothing, and no post who brings the own one along.
        """
        if way.manner == LOAN:
            return {}
        found = {}
        if way.staffed:
            found[HEADCOUNT] = Line(self.of(way.target_id, HEADCOUNT), way.line, count)
        if way.band and way.manner != BRING:
            post = self.of_pool(way.band) if way.manner == LEND else self.of(way.target_id, way.band)
            found[POST] = Line(post, way.line, count)
        return found

    def lines(self, way: Way, count: int = 1) -> list[Line]:
        """The same as lines of the ledger."""
        return list(self.entered(way, count).values())


def seated(call: Call, person_id: str, organisation_id: str, elsewhere: str) -> Sitting:
    """Where the person sits, locked; Conflict("exchange.gone") for who has left, Conflict(elsewhere) at another."""
    lock_persons(call.session, [person_id])
    seat = sitting.sittings(call.session, [person_id])[person_id]
    if seat.appointment is None:
        raise Conflict("exchange.gone", person_id=person_id)
    if seat.appointment.organisation_id != organisation_id:
        raise Conflict(elsewhere, person_id=person_id)
    return seat


def way_of(way: Way, seat: Sitting, target_id: str, manner: str) -> Way:
    """The same person's way to a school as the appointment stands now."""
    post: Any = seat.appointment
    return Way(way.line, way.person_id, target_id, manner, post.band or "", post.employment_kind == "staffed")


def lock(call: Call, way: Way) -> None:
    """Lock all that a way moves at once, by id: what it enters and what the person has."""
    accounts = Accounts(call.session, [way.target_id])
    entered = [line.account_id for line in accounts.lines(way)]
    if way.manner == BRING:
        entered.append(accounts.of(way.target_id, way.band))
    sitting.lock(call.session, cause_of(call), way.person_id, entered)


def carry_out(call: Call, way: Way, seat: Sitting, on: date, until: date) -> None:
    """Headcount, post and appointment move to the target, where they were held; of a loan nothing moves.

    A post lent to the person before goes back to its pool. Invalid("dates.order") for a day before the appointment or
    after today.
    """
    if way.manner == LOAN:
        return
    post: Any = seat.appointment
    expect_day(call, post, on)
    lock(call, way)
    _move_posts(call, way, seat, on, until)
    by = acting.actor_of(call)
    staff.end_appointment(call.session, way.person_id, post.id, on, "exchange", by=by, now=call.now)
    kept = ("employment_kind", "post_category", "band", "grade", "subject", "stage", "title")
    terms = Terms(
        way.target_id, on, **{name: getattr(post, name) for name in kept}, document=call.instance_id,
        instance_id=call.instance_id,
    )  # fmt: skip
    staff.appoint(call.session, way.person_id, terms, by=by, now=call.now)


def _move_posts(call: Call, way: Way, seat: Sitting, on: date, until: date) -> None:
    """What the person uses of the school moves over or is left; a lent post goes back."""
    session, cause = call.session, cause_of(call)
    entered = Accounts(session, [way.target_id]).entered(way)
    left = {name: one for name, one in ((HEADCOUNT, seat.headcount), (POST, seat.post)) if one is not None}
    if seat.loan is not None and _ends(seat, way):
        lending.give_back(session, cause, way.person_id, "transfer", max(on, seat.loan.from_on))
    taken = entered.pop(POST, None) if way.manner == LEND else None
    if way.manner == BRING:
        _bring(call, way, left.pop(POST, None))
    _exchange(session, cause, way.line, left, entered)
    if taken is not None:
        lending.lend_to(session, cause, NewLoan(taken.account_id, way.line, way.target_id, way.person_id, on, until))
        lending.appoint(session, cause, way.person_id, on)


def _bring(call: Call, way: Way, post_id: str | None) -> None:
    """The own post goes along by a dated decision (policy §2, example 3); of the county's posts none is more or fewer.

    Conflict("exchange.no_own_post") for who sits in a lent one, Conflict("ledger.excess_first" | "ledger.uplift"),
    Invalid("form.invalid") without the decision.
    """
    if post_id is None:
        raise Conflict("exchange.no_own_post", person_id=way.person_id)
    decided_on = date.fromisoformat(filled_in(call, "post_decided_on"))
    if decided_on > day_of(call.now):
        raise Invalid("dates.order", faults=(Fault("values.post_decided_on", "dates.order"),))
    document = str(filled_in(call, "post_document")).strip()
    cause = replace(cause_of(call), document=document, decided_on=decided_on)
    target_id = Accounts(call.session, [way.target_id]).of(way.target_id, way.band)
    posted = ledger.move_along(call.session, cause, way.line, post_id, target_id)
    uplift.expect_left(call.session, post_id, county(call.session, day_of(call.now)))
    recording.record(call.session, cause, posted)


def filled_in(call: Call, name: str) -> Any:
    """What a step needs of its form; Invalid("form.invalid") with a fault at the field."""
    value = call.variables.get(name)
    if value is None or not str(value).strip():
        raise Invalid("form.invalid", faults=(Fault(f"values.{name}", "field.required"),))
    return value


def _ends(seat: Sitting, way: Way) -> bool:
    """A lent post goes back; one that is only promised stays where its person moves to the school it was lent to."""
    return (
        seat.lent is not None
        or way.manner == LEND
        or (seat.promised is not None and seat.promised.borrower_id != way.target_id)
    )


def _exchange(session: Session, cause: Cause, line: str, left: Mapping[str, str], entered: Mapping[str, Line]) -> None:
    """What is left and entered alike moves over; what is entered or left alone is occupied or vacated."""
    both = {left[name]: entered[name].account_id for name in left if name in entered}
    if both:
        ledger.exchange(session, cause, line, both)
    new = [one for name, one in entered.items() if name not in left]
    if new:
        ledger.occupy_many(session, cause, new)
    gone = [account_id for name, account_id in left.items() if name not in entered]
    if gone:
        ledger.vacate(session, cause, gone, line)


def expect_day(call: Call, post: Any, on: date) -> None:
    """The day lies in the appointment and is not to come: Invalid("dates.order")."""
    expect_past(call, on)
    if on < post.valid_from:
        raise Invalid("dates.order", faults=(Fault("values.arrived_on", "dates.order"),))


def expect_past(call: Call, on: date) -> None:
    """Nobody has arrived on a day to come: Invalid("dates.order")."""
    if on > day_of(call.now):
        raise Invalid("dates.order", faults=(Fault("values.arrived_on", "dates.order"),))


def take_own_post(session: Session, cause: Cause, person_id: str, line: str, on: date) -> bool:
    """A post of the school's own instead of the lent one, which goes back to its pool; False: none is free of claims.

    Headcount and appointment stay as they are. Who has no lent post any more sits in one of the school's own.
    """
    seat = sitting.lock(session, cause, person_id)
    if seat.lent is None or seat.appointment is None:
        return True
    if seat.band_account is None:
        raise Conflict("ledger.no_account", kind=seat.appointment.band or "")
    holding = replace(cause, token=f"{cause.token}{HOLDING}")
    if not queueing.hold(session, holding, [Line(seat.band_account, line, 1)]):
        return False
    ledger.occupy(session, cause, seat.band_account, line)
    lending.give_back(session, cause, person_id, "returned", max(on, seat.lent.from_on))
    return True
