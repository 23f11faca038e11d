"""An arrival that was entered wrongly: another day, another manner; the county's posts stay whole throughout."""

import pytest

from service.db import transaction
from service.errors import Conflict, Invalid, NotFound
from service.posts.lending import open_loans
from tests.flows.exchange.driving import FIRST
from tests.flows.exchange.placing import books, full, records
from tests.flows.personnel.correcting import correct, propose
from tests.proofs.mixing_books import LockOrder, nameless

AFTER = {
    "move": (((9, 9), (7, 7), (0, 0)), "s02", ("exchange", "moved", None)),
    "lend": (((9, 9), (7, 6), (0, 1)), "s02", ("exchange", "lent", None)),
    "loan": (((10, 10), (6, 6), (0, 0)), "s01", ("loan", "support", None)),
}
KIND = {"kind": "exchange.arrival"}


@pytest.mark.parametrize(("wrong", "right"), [("move", "lend"), ("lend", "loan"), ("loan", "move")])
def test_who_moved_in_the_wrong_manner_moves_in_the_right_one_and_back(teaching, wrong, right):
    world, one = teaching(wrong)
    people, order = nameless(), LockOrder()
    for manner in (right, wrong, right):
        correct(world, one, **KIND, manner=manner)
        found, place, kind = AFTER[manner]
        standing = [record for record in records(world) if record[2] is None]
        assert (books(world), world.appointment("a1"), one.variables["manner"]) == (found, place, manner)
        assert kind in standing
        with transaction() as session:
            assert len(open_loans(session, [world.county.persons["a1"]])) == (manner == "lend")
    order.stop()
    assert (nameless(), order.taken()) == (people, [])


def test_a_post_that_should_have_come_along_does(teaching):
    world, one = teaching("move")
    correct(world, one, **KIND, manner="bring")
    assert (books(world), world.appointment("a1")) == (AFTER["move"][0], "s02")
    correct(world, one, **KIND, manner="loan")
    assert (books(world), world.appointment("a1")) == AFTER["loan"][:2]


def test_the_day_is_put_right_and_lies_neither_ahead_nor_before_the_appointment(teaching):
    world, one = teaching("move")
    before = books(world)
    correct(world, one, **KIND, arrived_on="2026-10-20")
    assert (books(world), one.variables["arrived_on"], one.open()) == (before, "2026-10-20", [])
    with pytest.raises(Invalid, match=r"correction\.invalid"):
        propose(world, one, **KIND, arrived_on="2027-01-01")
    with pytest.raises(Invalid, match=r"dates\.order"):
        propose(world, one, **KIND, arrived_on="2019-01-01")


def test_without_a_post_at_the_target_the_account_is_named(teaching):
    world, one = teaching("loan")
    full(world, "s02", "middle")
    before = world.figures("s02", "middle")
    with pytest.raises(Conflict, match=r"ledger\.full"):
        propose(world, one, **KIND, manner="move")
    assert world.figures("s02", "middle") == before


def test_before_the_arrival_there_is_nothing_to_correct(waiting):
    world, one = waiting("move")
    with pytest.raises(NotFound, match=r"correction\.nothing"):
        propose(world, one, **KIND, arrived_on=FIRST.isoformat())
