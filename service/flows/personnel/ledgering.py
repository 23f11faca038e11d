"""What a change moves in the ledger: holds while it is asked for, movements on its day (policy.md §2)."""

from typing import Any

from service.errors import Conflict
from service.flows.acting import cause_of
from service.flows.holding import set_to
from service.flows.personnel import rules
from service.flows.personnel.change import LINE, Change, accounts, school_names
from service.posts import ledger, lending, sitting
from service.posts.leaving import leave
from service.posts.ledger import Full, Line, refuse
from service.posts.sitting import Sitting

Place = tuple[str, str]


def hold(change: Change) -> None:
    """Hold what the change comes into, and nothing else.

    Conflict("ledger.full") where it is not free, Conflict("ledger.others_wait") where somebody waits for it.
    """
    outcome = set_to(change.call, _lines(change, rules.needed(change.values, change.standing, change.school)))
    if isinstance(outcome, Full):
        refuse(outcome)


def lock(change: Change) -> None:
    """What the change comes into and what its person has, at once and by id, before it is held and moved.

    Two people who change places at the same moment would else each hold what the other waits for.
    """
    assert change.person_id is not None
    lines = _lines(change, rules.needed(change.values, change.standing, change.school))
    accounts_of = [line.account_id for line in lines]
    sitting.lock(change.call.session, cause_of(change.call), change.person_id, accounts_of)


def _lines(change: Change, places: list[Place]) -> list[Line]:
    if not places:
        return []
    found = accounts(change, places)
    missing = [name for place, name in places if (place, name) not in found]
    if missing:
        raise Conflict("ledger.no_account", kind=missing[0])
    return [Line(found[place], LINE, 1) for place in places]


def effect(change: Change) -> list[dict[str, Any]]:
    """What the change will move, for those who confirm it: school, account and +1 or −1; excess falls first."""
    entered = rules.needed(change.values, change.standing, change.school)
    names = school_names(change, {change.school, *(place for place, _ in entered)})
    moved = [(place, name, 1) for place, name in entered]
    if change.standing is not None and change.person_id is not None:
        seat = sitting.sittings(change.call.session, [change.person_id])[change.person_id]
        moved += [(change.school, name, -1) for name in _left(change, seat)]
    return [{"school": names.get(place, ""), "account": name, "change": step} for place, name, step in moved]


def go(change: Change) -> None:
    """Somebody leaves the service: what was the school's own is vacated, a lent post returns."""
    assert change.person_id is not None
    leave(change.call.session, cause_of(change.call), change.person_id, change.kind.because, change.on)


def come(change: Change) -> None:
    """Somebody comes: what the case holds is occupied."""
    lines = _lines(change, rules.needed(change.values, None, change.school))
    if lines:
        ledger.occupy_many(change.call.session, cause_of(change.call), lines)


def move(change: Change) -> None:
    """Somebody known comes into a headcount or a post and leaves the old ones; what stays the same is not touched.

    A post lent by the pool goes back there instead of opening a vacancy. All accounts are locked at once, by id.
    """
    session, cause, before = change.call.session, cause_of(change.call), change.standing
    assert before is not None and change.person_id is not None
    lines = _lines(change, rules.needed(change.values, before, change.school))
    seat = sitting.lock(session, cause, change.person_id, [line.account_id for line in lines])
    if lines:
        ledger.occupy_many(session, cause, lines)
    gone = [account_id for account_id in _left(change, seat).values() if account_id is not None]
    if gone:
        ledger.vacate(session, cause, gone, f"{LINE}.left")
    if _ends_loan(change, seat):
        lending.give_back(session, cause, change.person_id, change.kind.because or "returned", change.on)


def _left(change: Change, seat: Sitting) -> dict[str, str | None]:
    """What the person leaves: headcount, and the band or a lent post ("returned") → the school's own account of it."""
    before, values = change.standing, change.values
    assert before is not None
    moves = values["kind"] == "transfer" or change.kind.group == "out"
    left: dict[str, str | None] = {}
    if moves and before.employment_kind == "staffed":
        left["headcount"] = seat.headcount
    if rules.leaves_post(values, before):
        left["returned" if seat.lent is not None else str(before.band)] = seat.post
    return left


def _ends_loan(change: Change, seat: Sitting) -> bool:
    """A lent post goes back when its holder leaves it; one that is only promised, by a demotion or a move elsewhere."""
    if seat.promised is not None:
        kind, to = change.values["kind"], change.values.get("to_school")
        return bool(kind == "demotion" or (kind == "transfer" and to != seat.promised.borrower_id))
    return seat.lent is not None and change.standing is not None and rules.leaves_post(change.values, change.standing)
