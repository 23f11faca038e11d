"""What operations do to seats, whatever comes after what: pure, and by commands with queue, engine and record."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from service.db import db
from service.errors import Conflict, Forbidden, Invalid
from service.tasks import seats
from service.tasks.models import QueueEntry, Seat
from service.tasks.signing import ADVISER, DELEGATE, Ballot, SeatState, first_open, sign
from tests.driver import Driver
from tests.proofs.killing import check_whole
from tests.service.tasks import desk as desks
from tests.service.tasks.desk import Desk

NOW = datetime(2026, 9, 10, tzinfo=UTC)
PROVE = "LECTERN_PROVE" in os.environ
POLICIES = ("single", "all", "any", "sequence")
STEPS = st.lists(st.tuples(st.sampled_from("saadtr"), st.integers(0, 9), st.integers(1, 2)), max_size=14)
"""(sign | ask | after | delegate | transfer | remove …, which seat, how many) of one random history."""


class Table:
    """The seats of one task in memory, and whoever comes next."""

    def __init__(self, policy: str, count: int) -> None:
        self.policy, self.decision = policy, None
        made = [SeatState(f"seat{n}", n, f"person{n}", "open") for n in range(count)]
        self.seats = {seat.id: seat for seat in first_open(policy, made)}
        self.persons = count

    def take(self, *changed: SeatState) -> None:
        self.seats |= {seat.id: seat for seat in changed}
        ordered = sorted(self.seats.values(), key=lambda seat: (seat.position, seat.id))
        self.seats = {seat.id: seat for seat in ordered}

    @property
    def open(self) -> list[SeatState]:
        return [seat for seat in self.seats.values() if seat.state == "open"]

    def new(self, count: int) -> list[str]:
        self.persons += count
        return [f"person{self.persons - number}" for number in range(count)]

    def sign(self, seat: SeatState, decision: str) -> None:
        signed = sign(self.policy, "approve", list(self.seats.values()), seat, Ballot(decision, None, {}, NOW))
        self.take(signed.seat, *signed.opened, *(replace(left, state="superseded") for left in signed.superseded))
        self.decision = signed.decision

    def change(self, change: seats.Change) -> None:
        self.take(*change.added, *change.changed)


def act(table: Table, what: str, seat: SeatState, count: int) -> None:
    every = list(table.seats.values())
    if what == "s":
        table.sign(seat, "approve" if count == 1 or seat.advises else "return")
    elif what == "a" and not seat.advises and count == 2:
        table.change(seats.add_after(every, seat, table.new(count)))
    elif what == "a":
        table.change(seats.ask(seat, table.new(count), ADVISER))
    elif what == "d":
        table.change(seats.ask(seat, table.new(1), DELEGATE))
    elif what == "t":
        table.change(seats.hand_over(every, seat, table.new(1)[0]))
    else:
        table.change(seats.take_away(table.policy, every, seat))


def is_last(table: Table, seat: SeatState) -> bool:
    """Whether no signer would be left without this one and those drawn in by it, directly or not."""
    gone = {seat.id}
    for each in sorted(table.seats.values(), key=lambda one: one.id):
        if each.for_seat_id in gone:
            gone.add(each.id)
    return not [each for each in table.seats.values() if each.is_live and not each.advises and each.id not in gone]


def check(table: Table, before: dict[str, SeatState]) -> None:
    """No seat is lost or loses what it said; somebody has the turn until it is decided; nobody waits for nothing."""
    assert set(before) <= set(table.seats)
    for seat in before.values():
        if seat.state == "signed":
            assert replace(table.seats[seat.id], position=0, for_seat_id=None) == replace(
                seat, position=0, for_seat_id=None
            )
    live = [seat for seat in table.seats.values() if seat.is_live]
    if table.decision is not None:
        assert not live
        return
    assert table.open
    assert any(not seat.advises for seat in live)
    for seat in live:
        asked = [each for each in live if each.advises and each.for_seat_id == seat.id]
        above = table.seats.get(seat.for_seat_id or "")
        assert not asked or seat.state == "waiting"
        assert above is None or above.is_live or (above.state == "signed" and not seat.advises)
        before_it = [each for each in live if not each.advises and each.position < seat.position]
        if seat.state == "waiting" and not asked:
            assert (above is not None and above.is_live) or (table.policy == "sequence" and before_it)
    if table.policy == "sequence":
        turn = {seat.position for seat in table.open if not seat.advises}
        assert len(turn) <= 1


@given(st.sampled_from(POLICIES), st.integers(1, 3), STEPS)
@settings(deadline=None, max_examples=2000 if PROVE else 150)
def test_no_history_of_operations_loses_a_seat_or_leaves_nobody(policy: str, count: int, steps: Any) -> None:
    table = Table(policy, 1 if policy == "single" else count)
    for what, which, many in steps:
        before = dict(table.seats)
        live = [seat for seat in before.values() if seat.is_live]
        seat = live[which % len(live)] if what in "tr" else table.open[which % len(table.open)]
        if what == "r" and is_last(table, seat):
            with pytest.raises(Conflict, match=r"seat\.last"):
                act(table, what, seat, many)
        else:
            act(table, what, seat, many)
        check(table, before)
        if table.decision is not None:
            return
    for _ in range(60):
        if table.decision is not None:
            break
        table.sign(table.open[0], "approve")
    assert table.decision == "approve"


def test_what_has_been_signed_is_neither_taken_away_nor_handed_over_nor_asked_about() -> None:
    table = Table("all", 2)
    table.sign(table.seats["seat0"], "approve")
    signed = table.seats["seat0"]
    for refuse, code in ((seats.expect_live, "seat.acted"), (seats.expect_turn, "seat.closed")):
        with pytest.raises(Conflict) as refused:
            refuse(signed)
        assert refused.value.code == code


def test_advice_goes_so_deep_and_no_deeper() -> None:
    table, seat = Table("single", 1), None
    for _ in range(3):
        seat = table.open[0]
        seats.expect_depth(list(table.seats.values()), seat, 3)
        table.change(seats.ask(seat, table.new(1), ADVISER))
    with pytest.raises(Conflict) as refused:
        seats.expect_depth(list(table.seats.values()), table.open[0], 3)
    assert refused.value.code == "seat.too_deep"


MOVES: dict[str, Callable[[Desk, str, str], Any]] = {
    "s": lambda desk, by, _to: desk.sign(by),
    "a": lambda desk, by, to: desk.before(by, to),
    "f": lambda desk, by, to: desk.after(by, to),
    "d": lambda desk, by, to: desk.delegate(by, to),
    "t": lambda desk, by, to: desk.transfer(by, to),
    "r": lambda desk, _by, to: desk.remove("bureau.chief", to),
    "c": lambda desk, by, to: desk.copy(by, to),
}
TOLD = {"s": "task.signed", "a": "task.advice_asked", "f": "task.signer_added", "d": "task.delegated",
        "t": "task.transferred", "r": "task.signer_removed", "c": "task.copied"}  # fmt: skip
HISTORY = st.lists(
    st.tuples(st.sampled_from("safdtrc"), st.integers(0, 5), st.sampled_from(desks.OFFICERS)), min_size=4, max_size=10
)


@pytest.fixture
def staffed(quick_driver: Driver) -> Driver:
    found = desks.staffed(quick_driver)
    for policy in POLICIES:
        desks.deploy(found, policy)
    return found


def test_seats_queue_engine_and_record_agree_after_any_history(staffed: Driver) -> None:
    actors = desks.acting(staffed)

    @given(st.sampled_from(POLICIES), HISTORY)
    @settings(deadline=None, max_examples=300 if PROVE else 10, suppress_health_check=list(HealthCheck), database=None)
    def lived(policy: str, history: Any) -> None:
        desk = Desk(staffed, policy, actors)
        for what, which, to in history:
            if "check" not in desk.case.open():
                break
            step(desk, what, desk.turn[which % len(desk.turn)], to)

    lived()
    check_whole(staffed)


def step(desk: Desk, what: str, by: str, to: str) -> None:
    """One move: it is refused and changes nothing, or it is told once and everything still agrees."""
    before, version, told = desk.task.seats, desk.task.version, Counter(desk.kinds())
    try:
        MOVES[what](desk, by, to)
    except (Conflict, Invalid, Forbidden, StopIteration):
        assert desk.task.seats == before
        assert (desk.task.version, Counter(desk.kinds())) == (version, told)
        return
    new = Counter(desk.kinds()) - told
    assert new[TOLD[what]] == 1
    agree(desk)
    if "check" in desk.case.open() and what not in "sc":
        assert desk.task.version == version + 1


def agree(desk: Desk) -> None:
    """Who has the turn is who has it in the queue, each once."""
    rows = db.session.execute(select(QueueEntry.holder, QueueEntry.box).where(QueueEntry.task_id == desk.task_id)).all()
    found = select(Seat.person_id).where(Seat.task_id == desk.task_id, Seat.state == "open")
    turn = sorted(f"person:{person}" for person in db.session.scalars(found))
    db.session.rollback()
    assert sorted(row.holder for row in rows if row.box == "todo") == turn
    assert not [row for row in rows if row.box == "claimable"]
    assert max(Counter(map(tuple, rows)).values(), default=1) == 1
    assert turn or "check" not in desk.case.open()
