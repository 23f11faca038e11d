"""What a change moves in the ledger: holds while it is asked for, movements on its day (policy.md §2)."""

from typing import Any

from service.errors import Conflict
from service.flows.acting import cause_of
from service.flows.holding import set_to
from service.flows.personnel import rules
from service.flows.personnel.change import LINE, Change, accounts, school_names
from service.posts import ledger, lending
from service.posts.leaving import leave
from service.posts.ledger import Full, Line, refuse

Place = tuple[str, str]


def hold(change: Change) -> None:
    """Hold what the change comes into, and nothing else; Conflict("ledger.full") where it is not free."""
    outcome = set_to(change.call, _lines(change, rules.needed(change.values, change.standing, change.school)))
    if isinstance(outcome, Full):
        refuse(outcome)


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
    left = list(_left(change).values()) if change.standing is not None else []
    names = school_names(change, {place for place, _ in (*entered, *left)})
    lent = _is_lent(change)
    moved = [(place, name, 1) for place, name in entered]
    moved += [(place, "returned" if lent and name != "headcount" else name, -1) for place, name in left]
    return [{"school": names.get(place, ""), "account": name, "change": step} for place, name, step in moved]


def _is_lent(change: Change) -> bool:
    return change.person_id is not None and bool(lending.open_loans(change.call.session, [change.person_id]))


def go(change: Change) -> None:
    """Somebody leaves the service: what was the school's own is vacated, a lent post returns."""
    leave(change.call.session, cause_of(change.call), change.row, change.kind.because, change.on)


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
    entered = {name: (place, name) for place, name in rules.needed(change.values, before, change.school)}
    left = _left(change)
    known = accounts(change, [*entered.values(), *left.values()])
    loan = lending.lock(session, cause, [change.person_id], known.values()).get(change.person_id)
    if loan is not None:
        left = {name: place for name, place in left.items() if name == "headcount"}
    lines = _lines(change, list(entered.values()))
    if lines:
        ledger.occupy_many(session, cause, lines)
    gone = [known[place] for place in left.values() if place in known]
    if gone:
        ledger.vacate(session, cause, gone, f"{LINE}.left")
    if loan is not None and rules.leaves_post(change.values, before):
        lending.give_back(session, cause, change.person_id, change.kind.because or "returned", change.on)


def _left(change: Change) -> dict[str, Place]:
    """The school's own headcount and band that the person leaves."""
    before, values = change.standing, change.values
    assert before is not None
    left: dict[str, Place] = {}
    moves = values["kind"] == "transfer" or change.kind.group == "out"
    if moves and before.employment_kind == "staffed":
        left["headcount"] = (change.school, "headcount")
    if rules.leaves_post(values, before) and before.band is not None:
        left[before.band] = (change.school, before.band)
    return left
