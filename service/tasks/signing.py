"""Signing policies: what one ballot does to a task (policy §5, design §3.2). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.errors import Conflict

POLICIES = ("single", "all", "any", "sequence", "vote")
LIVE = ("open", "waiting")
"""States of a seat that may still act."""
SIGNER, ADVISER, DELEGATE = "signer", "adviser", "delegate"
SIGNED, RECORDED = "signed", "recorded"
"""A seat that was signed here, and one of which a decision on paper was recorded: nobody signed that."""
SAID = (SIGNED, RECORDED)


@dataclass(frozen=True)
class SeatState:
    """One seat as it stands; `state` is waiting | open | signed | recorded | removed | recused | superseded.

    `kind` is signer, or adviser | delegate: somebody whom the holder of the seat `for_seat_id` has asked, and whose
    decision is advice. A signer with `for_seat_id` was added to sign after that seat.
    """

    id: str
    position: int
    person_id: str
    state: str
    decision: str | None = None
    opinion: str | None = None
    values: dict[str, Any] | None = None
    signed_at: datetime | None = None
    on_behalf_of: str | None = None
    kind: str = SIGNER
    for_seat_id: str | None = None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def has_said(self) -> bool:
        """Whether its decision is there, signed here or on paper."""
        return self.state in SAID

    @property
    def advises(self) -> bool:
        """Whether its decision is advice to another seat and never decides."""
        return self.kind != SIGNER

    @property
    def is_past_advice(self) -> bool:
        """Whether it was given by somebody who may now sit here otherwise."""
        return self.advises and self.state not in (*LIVE, "recused")

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Who has or signed it, and for whom it was signed by a substitute."""
        return (self.person_id, self.on_behalf_of) if self.on_behalf_of else (self.person_id,)


@dataclass(frozen=True)
class Ballot:
    """What a signer says: a decision of the task, an opinion, the fields declared per signer.

    `decision` is None on the seat of a secret vote, which tells only that its person has voted. `on_paper`: it was said
    outside, at the moment `at`, and somebody records it; nobody signs.
    """

    decision: str | None
    opinion: str | None
    values: dict[str, Any] | None
    at: datetime
    on_paper: bool = False


@dataclass(frozen=True)
class Removed:
    """Rows that a signature deleted: of a task that is done its timers and drafts, and entries of boxes."""

    timers: Sequence[Mapping[str, Any]] = ()
    drafts: Sequence[Mapping[str, Any]] = ()
    entries: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Signed:
    """The effect: the signed seat, the seats that open next, and the task's decision when it is made.

    `superseded` are seats that need not sign any more because the decision has fallen; `removed` rows that
    it deleted; `filed` entries of boxes that are still to be written.
    """

    seat: SeatState
    opened: tuple[SeatState, ...] = ()
    superseded: tuple[SeatState, ...] = ()
    decision: str | None = None
    removed: Removed = Removed()
    filed: Sequence[Mapping[str, Any]] = ()


def first_open(signing: str, seats: Sequence[SeatState]) -> tuple[SeatState, ...]:
    """The seats as they stand when the task opens: all open, in a sequence only the first."""
    if signing != "sequence":
        return tuple(replace(seat, state="open") for seat in seats)
    return tuple(replace(seat, state="open" if number == 0 else "waiting") for number, seat in enumerate(seats))


def sign(signing: str, agreeing: str, seats: Sequence[SeatState], seat: SeatState, ballot: Ballot) -> Signed:
    """Put a ballot on a seat.

    Advice decides nothing: it gives the turn back to who asked. Who was added after a seat signs when that seat has
    agreed; under `any` (and `single`) the first who agrees then waits for those whom he added, and for nobody else.
    A ballot of a vote decides nothing by itself either: the count does (`voting`). `agreeing` is the decision that lets
    the task go on (the first of its decisions). Raises Conflict("seat.closed") when the seat has signed, waits for its
    turn or was removed.
    """
    if seat.state != "open":
        raise Conflict("seat.closed", seat_id=seat.id, state=seat.state)
    signed = replace(
        seat,
        state=RECORDED if ballot.on_paper else SIGNED,
        decision=ballot.decision,
        opinion=ballot.opinion,
        values=ballot.values,
        signed_at=ballot.at,
    )
    if signing == "vote":
        return Signed(signed)
    others = [other for other in seats if other.id != seat.id and other.is_live]
    if seat.advises:
        return Signed(signed, opened=_answered(others, seat))
    signers = [other for other in others if not other.advises]
    if ballot.decision != agreeing or not signers:
        return Signed(signed, superseded=tuple(others), decision=ballot.decision)
    return _agreed(signing, seats, signed, others)


def _answered(others: Sequence[SeatState], adviser: SeatState) -> tuple[SeatState, ...]:
    """The seat that asked opens again when everybody whom it asked has answered."""
    if any(other.advises and other.for_seat_id == adviser.for_seat_id for other in others):
        return ()
    return tuple(replace(other, state="open") for other in others if other.id == adviser.for_seat_id)


def _agreed(signing: str, seats: Sequence[SeatState], signed: SeatState, others: Sequence[SeatState]) -> Signed:
    """A signature that agrees while other signers are left: who signs after it, and whether that is needed."""
    after = tuple(
        replace(other, state="open") for other in others if not other.advises and other.for_seat_id == signed.id
    )
    if signing == "all":
        return Signed(signed, opened=after)
    if signing == "sequence":
        following = min((other for other in others if not other.advises), key=lambda other: other.position)
        opened = (replace(following, state="open"),) if following.state == "waiting" else ()
        return Signed(signed, opened=opened)
    chain = family(seats, signed)
    tied = [other for other in others if other.id in chain]
    freed = tuple(other for other in others if other.id not in chain)
    if any(not other.advises for other in tied):
        return Signed(signed, opened=after, superseded=freed)
    return Signed(signed, superseded=tuple(others), decision=signed.decision)


def family(seats: Sequence[SeatState], seat: SeatState) -> frozenset[str]:
    """The ids of a seat's own root and of all that hangs on it: whom one signer has drawn in."""
    by_id = {each.id: each for each in seats}
    return frozenset(each.id for each in seats if _root(by_id, each) == _root(by_id, seat))


def _root(by_id: Mapping[str, SeatState], seat: SeatState) -> str:
    while seat.for_seat_id is not None:
        seat = by_id[seat.for_seat_id]
    return seat.id
