"""One person's exchange: every branch of its diagram, what moves in the ledger, and the county's sums throughout."""

from datetime import date, timedelta

import pytest

from service.db import transaction
from service.errors import Conflict, Invalid
from service.flows.declaring import QUEUES
from service.instances.commands import CaseCommand, cancel_instance
from service.instances.disciplined import follow_files
from service.posts.lending import open_loans
from service.records import writing
from service.records.rules import Entry
from tests.flows.cancelling import given_back
from tests.flows.exchange.driving import FIRST
from tests.flows.exchange.placing import DECIDED, LAST, RETURNED, books, full, records, years


@pytest.mark.parametrize(
    ("manner", "after", "place", "kind"),
    [
        ("move", ((9, 9), (7, 7), (0, 0)), "s02", ("exchange", "moved", None)),
        ("bring", ((9, 9), (7, 7), (0, 0)), "s02", ("exchange", "moved", None)),
        ("lend", ((9, 9), (7, 6), (0, 1)), "s02", ("exchange", "lent", None)),
        ("loan", ((10, 10), (6, 6), (0, 0)), "s01", ("loan", "support", None)),
    ],
)
def test_who_arrives_moves_as_the_opening_says_and_the_counts_stay_whole(waiting, manner, after, place, kind):
    world, one = waiting(manner)
    assert books(world)[:2] == ((10, 10), (6, 6))
    decided = DECIDED if manner == "bring" else {}
    one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat(), **decided)
    assert (books(world), world.appointment("a1"), records(world)) == (after, place, [kind])
    assert [row.rule for row in one.timers() if row.kind == "event"] == ["2027-11-02"]
    with transaction() as session:
        held = open_loans(session, [world.county.persons["a1"]])
    assert len(held) == (1 if manner == "lend" else 0)


@pytest.mark.parametrize("manner", ["move", "bring", "lend", "loan"])
def test_who_does_not_arrive_gives_back_what_was_held(waiting, manner):
    world, one = waiting(manner)
    one.complete("arrival", "s02.hr", "no_show")
    assert (one.state, books(world), world.figures("s02")[1]) == ("cancelled", ((10, 10), (6, 6), (0, 0)), 0)


@pytest.mark.parametrize("day", ["2019-12-31", "2026-11-03"])
def test_a_day_before_the_appointment_or_to_come_is_refused(waiting, day):
    _, one = waiting()
    with pytest.raises(Invalid, match=r"dates\.order"):
        one.complete("arrival", "s02.hr", "arrived", arrived_on=day)
    assert one.open() == ["arrival"]


def test_an_inquiry_that_is_opened_meanwhile_stops_the_exchange_and_keeps_its_hold(waiting):
    world, one = waiting()
    with transaction() as session:
        entry = Entry("inquiry", FIRST, document="教〔2026〕12号")
        record = writing.add(session, world.county.persons["a1"], entry, by="system", now=world.now)
    with pytest.raises(Conflict, match=r"exchange\.suspended"):
        one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat())
    assert (one.open(), world.figures("s02")[1]) == (["arrival"], 1)
    assert follow_files(world.now) == 1
    assert (one.state, world.figures("s02")[1]) == ("suspended", 1)
    with transaction() as session:
        writing.end(session, record, FIRST, by="system", now=world.now)
    assert follow_files(world.now) == 1
    one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat())
    assert one.state == "running"


def test_an_inquiry_after_the_arrival_lets_the_exchange_go_on(teaching):
    world, one = teaching()
    with transaction() as session:
        entry = Entry("inquiry", FIRST, document="教〔2026〕12号")
        writing.add(session, world.county.persons["a1"], entry, by="system", now=world.now)
    assert (follow_files(world.now), one.state) == (0, "running")


def test_each_year_is_assessed_and_stands_in_the_record(teaching):
    world, one = teaching()
    years(world, one, count=2)
    assert ("assessment", "competent", None) in records(world)
    assert (one.variables["years"], one.variables["term_over"], one.open()) == (2, False, [])
    world.move_to(LAST + timedelta(days=1))
    one.fire("year_over")
    with pytest.raises(Invalid, match=r"form\.invalid"):
        one.complete("yearly_assessment", "s02.hr", "failed")
    with transaction() as session:
        known = Entry("assessment", date(2028, 12, 31), value="excellent", year=2028)
        writing.add(session, world.county.persons["a1"], known, by="system", now=world.now)
    for value, year, code in (
        ("basic", 2028, "exchange.assessed_otherwise"), ("basic", 2027, "exchange.year_assessed"),
        ("basic", 2025, "exchange.assessed_year"), ("basic", 2030, "exchange.assessed_year"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            one.complete("yearly_assessment", "s02.hr", value, assessed_year=year)
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [("values.assessed_year", code)]
    one.complete("yearly_assessment", "s02.hr", "excellent", assessed_year=2028)
    assert one.open() == ["term_assessment"]
    assert [value for kind, value, _ in records(world) if kind == "assessment"] == [
        "competent", "competent", "excellent",
    ]  # fmt: skip


def test_who_leaves_during_the_term_ends_the_exchange_and_nothing_moves(teaching):
    world, one = teaching()
    before = books(world)
    world.move_to(date(2027, 11, 3))
    one.fire("year_over")
    one.complete("yearly_assessment", "s02.hr", "left")
    assert (one.state, books(world), records(world)) == (
        "completed", before, [("exchange", "moved", date(2027, 11, 3))],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("manner", "decision", "after", "place"),
    [
        ("move", "return", ((10, 10), (6, 6), (0, 0)), "s01"),
        ("lend", "return", ((10, 10), (6, 6), (0, 0)), "s01"),
        ("loan", "return", ((10, 10), (6, 6), (0, 0)), "s01"),
        ("move", "stay", ((9, 9), (7, 7), (0, 0)), "s02"),
        ("lend", "stay", ((9, 9), (7, 7), (0, 0)), "s02"),
        ("loan", "stay", ((9, 9), (7, 7), (0, 0)), "s02"),
        ("move", "left", ((9, 9), (7, 7), (0, 0)), "s02"),
    ],
)
def test_after_the_term_a_teacher_returns_stays_or_has_left(ended, manner, decision, after, place):
    world, one = ended(manner)
    one.complete("term_decision", "bureau.hr", decision, **({} if decision == "left" else RETURNED))
    assert (one.state, books(world), world.appointment("a1")) == ("completed", after, place)
    ended = [until for kind, _, until in records(world) if kind in ("exchange", "loan")]
    assert ended == [world.now.date() if decision == "left" else LAST]
    assert ("term_assessment", "excellent", None) in records(world)


@pytest.mark.parametrize("manner", ["move", "lend"])
def test_a_term_is_extended_by_years_and_goes_on(ended, manner):
    world, one = ended(manner)
    with pytest.raises(Invalid, match=r"form\.invalid"):
        one.complete("term_decision", "bureau.hr", "extend")
    one.complete("term_decision", "bureau.hr", "extend", extend_years=1)
    assert (one.variables["until"], one.variables["next_on"], one.open()) == ("2030-11-02", "2030-11-02", [])
    world.move_to(date(2030, 11, 4))
    one.fire("year_over")
    one.complete("yearly_assessment", "s02.hr", "competent", assessed_year=2029)
    assert one.open() == ["term_assessment"]
    if manner == "lend":
        with transaction() as session:
            held = open_loans(session, [world.county.persons["a1"]])[world.county.persons["a1"]]
        assert held.until == date(2030, 11, 2)


@pytest.mark.parametrize(
    ("manner", "decision", "school", "band"),
    [("move", "return", "s01", None), ("loan", "stay", "s02", None), ("lend", "stay", "s02", "middle")],
)
def test_without_a_free_post_something_else_must_be_decided(ended, manner, decision, school, band):
    world, one = ended(manner)
    full(world, school, band)
    before = world.appointment("a1")
    one.complete("term_decision", "bureau.hr", decision, **RETURNED)
    assert (one.open(), one.variables["ledger_full"], world.appointment("a1")) == (["term_decision"], True, before)


@pytest.mark.parametrize(
    ("manner", "decision", "school", "free"),
    [("move", "return", "s01", 3), ("loan", "stay", "s02", 2), ("lend", "stay", "s02", 2)],
)
def test_the_last_free_posts_are_for_those_who_wait_and_nobody_returns_or_stays_past_them(
    ended, monkeypatch, manner, decision, school, free
):
    world, one = ended(manner)
    waits = {(world.county.organisations[school], "middle"): free}
    monkeypatch.setitem(QUEUES, "title", lambda _session, _places, _on: waits)
    before = books(world), world.appointment("a1")
    one.complete("term_decision", "bureau.hr", decision, **RETURNED)
    assert (one.open(), one.variables["ledger_full"]) == (["term_decision"], True)
    assert (books(world), world.appointment("a1")) == before
    waits[world.county.organisations[school], "middle"] = free - 1
    one.complete("term_decision", "bureau.hr", decision, **RETURNED)
    assert (one.state, world.figures(school)[1:]) == ("completed", (0, 0))


def test_a_placement_that_hr_cancels_before_the_arrival_gives_its_hold_back(waiting):
    world, one = waiting()
    command = CaseCommand(one.id, reason="另有安排")
    assert given_back(world, one) == ["cancel.released"] * 2
    cancel_instance(world.actor("bureau.hr"), command, now=world.now)
    assert (one.state, world.figures("s02")) == ("cancelled", (6, 0, 0))


@pytest.mark.parametrize(
    ("manner", "after", "place", "kind", "told"),
    [
        ("move", ((9, 9), (7, 7), (0, 0)), "s02", "exchange", ["file_ends", "stays"]),
        ("bring", ((9, 9), (7, 7), (0, 0)), "s02", "exchange", ["file_ends", "stays"]),
        ("lend", ((9, 9), (7, 7), (0, 0)), "s02", "exchange", ["lent_own", "file_ends", "stays"]),
        ("loan", ((10, 10), (6, 6), (0, 0)), "s01", "loan", ["file_ends"]),
    ],
)
def test_a_placement_that_hr_cancels_within_its_term_leaves_no_lent_post_and_no_open_record(
    teaching, manner, after, place, kind, told
):
    world, one = teaching(manner)
    assert given_back(world, one) == [f"cancel.{what}" for what in told]
    world.move_to(FIRST + timedelta(days=30))
    cancel_instance(world.actor("bureau.hr"), CaseCommand(one.id, reason="另有安排"), now=world.now)
    assert (one.state, books(world), world.appointment("a1")) == ("cancelled", after, place)
    assert [(name, until) for name, _, until in records(world)] == [(kind, FIRST + timedelta(days=30))]
    with transaction() as session:
        assert open_loans(session, [world.county.persons["a1"]]) == {}


def test_a_placement_is_not_cancelled_where_nothing_can_follow_the_lent_post(teaching):
    world, one = teaching("lend")
    full(world, "s02", "middle")
    assert given_back(world, one)[0] == "cancel.lent_stuck"
    with pytest.raises(Conflict, match=r"exchange\.lent_still"):
        cancel_instance(world.actor("bureau.hr"), CaseCommand(one.id, reason="另有安排"), now=world.now)
    assert (one.state, world.figures("bureau", "middle", pool=True)) == ("running", (0, 0, 1))
