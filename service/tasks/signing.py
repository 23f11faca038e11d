"""Signing policies: what one ballot does to a task (policy §5, design §3.2). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.errors import Conflict

POLICIES = ("single", "all", "any", "sequence", "vote")


@dataclass(frozen=True)
class SeatState:
    """One seat as it stands; `state` is waiting | open | signed | removed."""

    id: str
    position: int
    person_id: str
    state: str
    decision: str | None = None
    opinion: str | None = None
    values: dict[str, Any] | None = None
    signed_at: datetime | None = None
    on_behalf_of: str | None = None

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Who has or signed it, and for whom it was signed by a substitute."""
        return (self.person_id, self.on_behalf_of) if self.on_behalf_of else (self.person_id,)


@dataclass(frozen=True)
class Ballot:
    """What a signer says: a decision of the task, an opinion, the fields declared per signer.

    `decision` is None on the seat of a secret vote, which tells only that its person has voted.
    """

    decision: str | None
    opinion: str | None
    values: dict[str, Any] | None
    at: datetime


@dataclass(frozen=True)
class Signed:
    """The effect: the signed seat, the seats that open next, and the task's decision when it is made.

    `superseded` are seats that need not sign any more because the decision has fallen.
    """

    seat: SeatState
    opened: tuple[SeatState, ...] = ()
    superseded: tuple[SeatState, ...] = ()
    decision: str | None = None


def first_open(signing: str, seats: Sequence[SeatState]) -> tuple[SeatState, ...]:
    """The seats as they stand when the task opens: all open, in a sequence only the first."""
    if signing != "sequence":
        return tuple(replace(seat, state="open") for seat in seats)
    return tuple(replace(seat, state="open" if number == 0 else "waiting") for number, seat in enumerate(seats))


def sign(signing: str, agreeing: str, seats: Sequence[SeatState], seat: SeatState, ballot: Ballot) -> Signed:
    """Put a ballot on a seat.

    `agreeing` is the decision that lets the task go on (the first of its decisions). A ballot of a vote decides
    nothing by itself: the count does (`voting`). Raises Conflict("seat.closed") when the seat has signed, waits for its
    turn or was removed.
    """
    if seat.state != "open":
        raise Conflict("seat.closed", seat_id=seat.id, state=seat.state)
    signed = replace(
        seat,
        state="signed",
        decision=ballot.decision,
        opinion=ballot.opinion,
        values=ballot.values,
        signed_at=ballot.at,
    )
    if signing == "vote":
        return Signed(signed)
    others = [other for other in seats if other.id != seat.id and other.state in ("open", "waiting")]
    if signing in ("single", "any") or ballot.decision != agreeing or not others:
        return Signed(signed, superseded=tuple(others), decision=ballot.decision)
    if signing == "sequence":
        following = min(others, key=lambda other: other.position)
        return Signed(signed, opened=(replace(following, state="open"),))
    return Signed(signed)
