"""What an operation on seats does to them: ask, add, hand over, take away (policy.md §5). Pure.

Policy.md leaves open who is tied to whom; here every seat that an operation makes names the seat for which it was made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.errors import Conflict
from service.tasks.signing import SeatState
from workflows.base import new_id


@dataclass(frozen=True)
class Change:
    """Seats that are new, and those that read differently now."""

    added: tuple[SeatState, ...] = ()
    changed: tuple[SeatState, ...] = ()


def expect_turn(seat: SeatState) -> None:
    """Only who could sign now may ask others or add them: Conflict("seat.closed")."""
    if seat.state != "open":
        raise Conflict("seat.closed", seat_id=seat.id, state=seat.state)


def expect_deciding(seat: SeatState) -> None:
    """Nobody can sign after advice: Conflict("seat.adviser")."""
    if seat.advises:
        raise Conflict("seat.adviser", seat_id=seat.id)


def expect_live(seat: SeatState) -> None:
    """A seat that has signed, or has been taken away, stays as it is: Conflict("seat.acted")."""
    if not seat.is_live:
        raise Conflict("seat.acted", seat_id=seat.id, state=seat.state)


def expect_depth(seats: Sequence[SeatState], seat: SeatState, depth: int) -> None:
    """How far asking in turn may go: Conflict("seat.too_deep")."""
    by_id = {each.id: each for each in seats}
    steps, above = 1, seat
    while above.for_seat_id is not None:
        steps, above = steps + 1, by_id[above.for_seat_id]
    if steps > depth:
        raise Conflict("seat.too_deep", depth=depth)


def ask(seat: SeatState, person_ids: Sequence[str], kind: str) -> Change:
    """Before me: the persons advise (or, one of them, act for me) at once, and my seat waits for all of them."""
    asked = tuple(SeatState(new_id(), seat.position, person, "open", kind=kind, for_seat_id=seat.id)
                  for person in person_ids)  # fmt: skip
    return Change(asked, (replace(seat, state="waiting"),))


def add_after(seats: Sequence[SeatState], seat: SeatState, person_ids: Sequence[str]) -> Change:
    """After me: the persons sign when I have agreed, in this order where the policy has one; later seats move on."""
    tied = _below(seats, seat)
    last = max([seat.position, *(each.position for each in seats if each.id in tied and not each.advises)])
    added = tuple(SeatState(new_id(), last + number, person, "waiting", for_seat_id=seat.id)
                  for number, person in enumerate(person_ids, start=1))  # fmt: skip
    later = tuple(replace(each, position=each.position + len(added)) for each in seats if each.position > last)
    return Change(added, later)


def hand_over(seats: Sequence[SeatState], seat: SeatState, person_id: str) -> Change:
    """The person has a seat instead of this one, in the same place and with everybody who hangs on it."""
    taken = replace(seat, id=new_id(), person_id=person_id)
    tied = tuple(replace(each, for_seat_id=taken.id) for each in seats if each.for_seat_id == seat.id)
    return Change((taken,), (replace(seat, state="removed"), *tied))


def take_away(signing: str, seats: Sequence[SeatState], seat: SeatState, state: str = "removed") -> Change:
    """The seat goes (or is set aside, as `state` says), with everybody whom its holder has drawn in.

    Whoever waited for it goes on. Conflict("seat.acted") when it has signed, Conflict("seat.last") when nobody would be
    left who can decide.
    """
    expect_live(seat)
    below = _below(seats, seat)
    gone = tuple(replace(each, state="removed") for each in seats if each.is_live and each.id in below)
    left = [each for each in seats if each.is_live and each.id not in {seat.id, *below}]
    if not any(not each.advises for each in left):
        raise Conflict("seat.last", seat_id=seat.id)
    return Change(changed=(replace(seat, state=state), *gone, *_freed(signing, seats, seat, left)))


def _freed(
    signing: str, seats: Sequence[SeatState], gone: SeatState, left: Sequence[SeatState]
) -> tuple[SeatState, ...]:
    """The seat that waited for the one that goes: who asked, or whoever is next in a sequence."""
    if gone.advises:
        waits = any(each.advises and each.for_seat_id == gone.for_seat_id for each in left)
        return () if waits else tuple(replace(each, state="open") for each in left if each.id == gone.for_seat_id)
    if signing != "sequence":
        return ()
    following = min((each for each in left if not each.advises), key=lambda each: each.position)
    return (replace(following, state="open"),) if _had_the_turn(seats, gone) else ()


def _had_the_turn(seats: Sequence[SeatState], seat: SeatState) -> bool:
    """Whether a sequence stood at this seat, open or waiting for those whom its holder has asked."""
    return not any(each.is_live and not each.advises and each.position < seat.position for each in seats)


def _below(seats: Sequence[SeatState], seat: SeatState) -> frozenset[str]:
    """Everybody whom the holder of a seat has drawn in, and whom those have, and so on."""
    found: set[str] = set()
    todo = [seat.id]
    while todo:
        above = todo.pop()
        new = [each.id for each in seats if each.for_seat_id == above]
        found.update(new)
        todo.extend(new)
    return frozenset(found)
