"""An arrival that was entered wrongly: another day, another manner; the county's posts stay whole throughout."""

from datetime import date

import pytest
from sqlalchemy import select, update

from service.db import transaction
from service.errors import Conflict, Invalid, NotFound
from service.flows.exchange.casework import OPENING
from service.flows.exchange.drawing_up import ENTRY
from service.flows.publicity import queries as publicity
from service.people.regrading import regrade
from service.posts.ledger import Cause, Line, hold_many
from service.posts.lending import open_loans
from service.posts.posting import ACCOUNT
from service.records.reading import RECORD
from service.reports.process_rows import CASE
from tests.driver import Case
from tests.flows.exchange import placing
from tests.flows.exchange.driving import FIRST
from tests.flows.exchange.placing import LAST, books, full, records
from tests.flows.personnel.correcting import correct, propose, standing
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


HOME = ((10, 10), (6, 6), (0, 0))
MOVED = ((9, 9), (7, 7), (0, 0))


def back(world, one, end="return"):
    one.complete("term_decision", "bureau.hr", end, returned_on=LAST.isoformat())
    return one


def taken(world, school, band):
    """Others hold whatever is free."""
    mine = (ACCOUNT.c.organisation_id == world.county.organisations[school], ACCOUNT.c.band == band)
    with transaction() as session:
        found = session.execute(select(ACCOUNT).where(*mine, ACCOUNT.c.pool.is_(False))).one()
        free = found.approved + found.excess - found.occupied - found.reserved
        cause = Cause(None, "taken", f"{school}{band}", "test", world.now)
        hold_many(session, cause, [Line(found.id, "others", free)])


@pytest.mark.parametrize("manner", ["move", "bring", "lend", "loan"])
def test_of_who_has_returned_the_days_are_put_right_and_nobody_need_make_room(ended, manner):
    """Both schools are full: what is over is done once more on other days, and the books stay as they are."""
    world, one = ended(manner)
    back(world, one)
    for school in ("s01", "s02"):
        for band in (None, "middle"):
            taken(world, school, band)
    before, people = books(world), nameless()
    for arrived, returned in (("2026-10-20", "2029-11-01"), ("2026-10-09", "2029-10-31")):
        correct(world, one, **KIND, arrived_on=arrived, returned_on=returned)
        assert (books(world), world.appointment("a1"), nameless()) == (before, "s01", people)
        [days] = [row[2:] for row in standing(world.county.persons["a1"]) if row[0] in ("exchange", "loan")]
        assert [day.isoformat() for day in days] == [arrived, returned]
    with pytest.raises(Invalid, match=r"correction\.invalid"):
        propose(world, one, **KIND, arrived_on="2029-11-01")


@pytest.mark.parametrize(("manner", "stayed"), [("move", MOVED), ("loan", MOVED), ("lend", MOVED)])
def test_who_stayed_is_entered_as_returned_and_the_other_way_round(ended, manner, stayed):
    world, one = ended(manner)
    back(world, one)
    people, order = nameless(), LockOrder()
    assert books(world) == HOME
    for end, found, place in (("stay", stayed, "s02"), ("return", HOME, "s01"), ("stay", stayed, "s02")):
        correct(world, one, **KIND, ended=end)
        assert (books(world), world.appointment("a1")) == (found, place)
    order.stop()
    assert (nameless(), order.taken()) == (people, [])


def test_who_stays_after_all_needs_a_place_and_its_account_is_named(ended):
    world, one = ended("move")
    back(world, one)
    full(world, "s02", "middle")
    with pytest.raises(Conflict, match=r"ledger\.full") as refused:
        propose(world, one, **KIND, ended="stay")
    assert refused.value.params["band"] == "middle"


def test_after_the_term_something_else_was_built_on_it_and_is_corrected_first(ended):
    world, one = ended("move")
    back(world, one)
    with transaction() as session:
        regrade(session, world.county.persons["a1"], LAST, "晋级", {"grade": 8}, instance_id=None, by="test",
                document="x", now=world.now)  # fmt: skip
    with pytest.raises(Conflict, match=r"correction\.built_on"):
        propose(world, one, **KIND, arrived_on="2026-10-20")


@pytest.mark.parametrize("over", [False, True])
def test_it_was_somebody_else_who_was_exchanged(teaching, ended, over):
    """List, appointment, file and assessments are the other's; who never went is at home and takes part again."""
    world, one = (ended if over else teaching)("move")
    if over:
        back(world, one, "stay")
    wrong, right = (world.county.persons[who] for who in ("a1", "a2"))
    with transaction() as session:
        session.execute(update(ENTRY).where(ENTRY.c.person_id == right).values(state="applied"))
    people, filed = nameless(), [record for record in standing(wrong) if record[0] != "exchange"]
    correct(world, one, **KIND, person_id=right)
    assert (world.appointment("a1"), world.appointment("a2"), books(world)) == ("s01", "s02", MOVED)
    assert (nameless(), standing(wrong)) == (people, [])
    assert [record for record in standing(right) if record[0] != "exchange"] == filed
    assert [entry.placement_id for entry in entries(world, wrong, right)] == [None, one.id]
    assert (one.variables["person_id"] == right) is not over, "of what is over the variables stay as decided"
    correct(world, one, **KIND, person_id=wrong)
    assert (world.appointment("a1"), world.appointment("a2")) == ("s02", "s01")
    with pytest.raises(Invalid, match=r"correction\.invalid"):
        propose(world, one, **KIND, person_id=world.county.persons["b1"])


def entries(world, *persons):
    return [world.row(select(ENTRY).where(ENTRY.c.person_id == one)) for one in persons]


def two_schools(world, manner):
    """Who has arrived at s02, by a plan with places at the teaching point and the own school, too; with the plan."""
    one = placing.arrived(world, manner, also=("point", "s01"))
    return Case(world, one.variables["plan_id"]), one


@pytest.mark.parametrize("manner", ["move", "lend", "loan"])
def test_who_was_told_to_the_wrong_school_was_at_the_right_one_all_the_time_and_back(world, manner):
    """Ledger, appointment, file, list and case: a transfer would leave an exchange to the wrong school on record."""
    plan, one = two_schools(world, manner)
    places, people, order = world.county.organisations, nameless(), LockOrder()
    before = (books(world), world.figures("point"), world.figures("point", "middle"))
    correct(world, one, **KIND, school=places["point"])
    moved = manner != "loan"
    assert world.figures("point")[0] == before[1][0] + moved
    assert world.figures("point", "middle")[0] == before[2][0] + (manner == "move")
    assert world.figures("s02")[:2] == (6, 0)
    assert world.appointment("a1") == ("point" if moved else "s01")
    assert world.figures("bureau", "middle", pool=True)[2] == (manner == "lend")
    mine = (RECORD.c.person_id == world.county.persons["a1"], RECORD.c.voided_at.is_(None))
    kinds = RECORD.c.kind.in_(("exchange", "loan"))
    assert [row.organisation_id for row in world.rows(select(RECORD).where(*mine, kinds))] == [places["point"]]
    here = world.row(select(CASE.c.organisation_id).where(CASE.c.instance_id == one.id))
    assert (here.organisation_id, one.variables["school"]) == (places["point"], places["point"])
    opening = world.row(select(OPENING).where(OPENING.c.id == world.entry(plan, "a1").opening_id))
    assert opening.organisation_id == places["point"]
    [notice] = publicity.notices("zh", world.now.date())
    assert (notice.corrected, notice.from_on) == (True, world.now.date())
    assert [line.what.split()[-1] for line in notice.lines] == ["POINT"]
    correct(world, one, **KIND, school=places["s02"])
    order.stop()
    assert (books(world), world.figures("point"), world.figures("point", "middle")) == before
    assert (nameless(), order.taken()) == (people, [])


def test_an_exchange_is_at_a_school_of_the_plan_and_not_at_the_own_one(world):
    _, one = two_schools(world, "move")
    for school, code in (("s01", "correction.own_school"), ("bureau", "correction.no_opening")):
        with pytest.raises(Invalid) as refused:
            propose(world, one, **KIND, school=world.county.organisations[school])
        assert [fault.code for fault in refused.value.faults] == [code]
    world.move_to(date(2027, 11, 3))
    assert one.fire("year_over")
    with pytest.raises(Conflict, match=r"correction\.school_acts"):
        propose(world, one, **KIND, school=world.county.organisations["point"])


def test_the_next_step_is_the_right_schools(world):
    _, one = two_schools(world, "move")
    correct(world, one, **KIND, school=world.county.organisations["point"])
    world.move_to(date(2027, 11, 3))
    assert one.fire("year_over")
    assert f"school_hr@{world.county.organisations['point']}" in one.task("yearly_assessment").groups
