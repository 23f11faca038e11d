"""What becomes of an exchange when the appointment it was planned with has changed, or its person has gone."""

from datetime import date

import pytest
from sqlalchemy import select

from service.access import policy
from service.audit.chain import EVENT
from service.db import db, transaction
from service.errors import Conflict, Forbidden
from service.flows.declaring import QUEUES
from service.flows.exchange import queries, queries_list, queries_placements
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.queries_placements import PlacementQuery
from service.instances.commands import CaseCommand, cancel_instance
from service.posts import lending
from service.posts.ledger import Cause
from service.posts.posting import ACCOUNT
from tests.flows.exchange import driving
from tests.flows.exchange.driving import FIRST
from tests.flows.exchange.placing import LAST, RETURNED, books, full, records
from tests.queues import of_bands

ARRIVED = {"arrived_on": FIRST.isoformat()}


def goals(world, one):
    plan_id = world.row(select(ENTRY.c.instance_id).where(ENTRY.c.placement_id == one.id)).instance_id
    found = {goal.name: goal.reached for goal in queries.plan(world.actor("bureau.hr"), plan_id).goals}
    db.session.rollback()
    return found["target"]


def state(world, one):
    entry_id = world.row(select(ENTRY.c.id).where(ENTRY.c.placement_id == one.id)).id
    found = queries_list.entry(world.actor("bureau.hr"), entry_id).state
    db.session.rollback()
    return found


def test_who_was_promoted_since_the_plan_moves_with_a_post_of_the_new_band_once_it_is_reserved(waiting):
    world, one = waiting()
    with pytest.raises(Conflict, match=r"exchange\.post_same"):
        one.complete("arrival", "s02.hr", "rehold")
    driving.promoted(world, "a1")
    with pytest.raises(Conflict, match=r"exchange\.post_changed"):
        one.complete("arrival", "s02.hr", "arrived", **ARRIVED)
    assert (one.open(), world.figures("s02", "middle")) == (["arrival"], (6, 1, 0))
    one.complete("arrival", "s02.hr", "rehold")
    assert (one.open(), world.figures("s02", "middle"), world.figures("s02", "senior")) == (
        ["arrival"], (6, 0, 0), (0, 1, 0),
    )  # fmt: skip
    one.complete("arrival", "s02.hr", "arrived", **ARRIVED)
    assert (books(world), world.figures("s01", "senior"), world.figures("s02", "senior")) == (
        ((9, 9), (7, 6), (0, 0)), (0, 0, 0), (1, 0, 0),
    )  # fmt: skip


def test_without_a_post_of_the_new_band_nothing_that_was_reserved_is_lost(waiting):
    world, one = waiting()
    driving.promoted(world, "a1")
    full(world, "s02", "senior")
    with pytest.raises(Conflict, match=r"exchange\.no_free_post"):
        one.complete("arrival", "s02.hr", "rehold")
    assert (one.open(), world.figures("s02"), world.figures("s02", "middle")) == (["arrival"], (6, 1, 0), (6, 1, 0))


def test_a_post_of_the_new_band_that_somebody_waits_for_is_not_reserved_instead(waiting, monkeypatch):
    world, one = waiting()
    driving.promoted(world, "a1")
    monkeypatch.setitem(QUEUES, "title", of_bands({"senior": 2}))
    with pytest.raises(Conflict, match=r"ledger\.others_wait"):
        one.complete("arrival", "s02.hr", "rehold")
    assert (world.figures("s02", "middle"), world.figures("s02", "senior")) == ((6, 1, 0), (0, 0, 0))


def test_who_was_transferred_before_the_arrival_is_not_moved_a_second_time(waiting):
    world, one = waiting()
    driving.moved(world, "a1", "point")
    for decision in ("arrived", "rehold"):
        with pytest.raises(Conflict, match=r"exchange\.moved_away"):
            one.complete("arrival", "s02.hr", decision, **ARRIVED)
    one.complete("arrival", "s02.hr", "no_show", "已调往他校")
    assert (one.state, world.figures("s02"), goals(world, one), state(world, one)) == (
        "cancelled", (6, 0, 0), 0, "missed",
    )  # fmt: skip


@pytest.mark.parametrize("decision", ["return", "stay"])
def test_who_was_transferred_during_the_term_has_left_and_nothing_moves(ended, decision):
    world, one = ended()
    driving.moved(world, "a1", "point")
    with pytest.raises(Conflict, match=r"exchange\.elsewhere"):
        one.complete("term_decision", "bureau.hr", decision, **RETURNED)
    one.complete("term_decision", "bureau.hr", "left")
    assert (one.state, world.appointment("a1")) == ("completed", "point")


def test_who_was_promoted_during_the_term_returns_into_a_post_of_that_band(ended):
    world, one = ended()
    driving.promoted(world, "a1")
    one.complete("term_decision", "bureau.hr", "return", returned_on=world.now.date().isoformat())
    assert (one.state, world.appointment("a1"), world.figures("s01", "senior"), books(world)) == (
        "completed", "s01", (1, 0, 0), ((10, 9), (6, 6), (0, 0)),
    )  # fmt: skip


@pytest.mark.parametrize("decision", ["extend", "stay"])
def test_a_lent_post_that_has_gone_back_stands_in_nobodys_way(ended, decision):
    world, one = ended("lend")
    with transaction() as session:
        cause = Cause(None, "demotion", "x", "system", world.now)
        lending.give_back(session, cause, world.county.persons["a1"], "demotion", LAST)
    more = {"extend_years": 1} if decision == "extend" else RETURNED
    one.complete("term_decision", "bureau.hr", decision, **more)
    assert one.variables["until"] == ("2030-11-02" if decision == "extend" else "2029-11-02")
    assert world.figures("s02", "middle") == (6, 0, 0)


def test_after_the_arrival_an_exchange_cannot_be_withdrawn(teaching):
    world, one = teaching()
    with pytest.raises(Conflict, match=r"instance\.decided"):
        one.withdraw("bureau.hr")
    assert (one.state, goals(world, one), state(world, one)) == ("running", 1, "arrived")


@pytest.mark.parametrize("manner", ["move", "lend"])
def test_who_leaves_before_the_arrival_ends_the_exchange_and_frees_what_was_held(waiting, manner):
    world, one = waiting(manner)
    assert (goals(world, one), state(world, one)) == (1, "began")
    driving.gone(world, "a1")
    assert (one.state, world.figures("s02"), world.figures("bureau", "middle", pool=True), goals(world, one)) == (
        "cancelled", (6, 0, 0), (0, 0, 0), 0,
    )  # fmt: skip


def test_who_leaves_after_the_arrival_was_exchanged_and_the_record_ends_on_that_day(teaching):
    world, one = teaching()
    world.move_to(date(2027, 3, 1))
    driving.gone(world, "a1", "退休")
    assert (one.state, goals(world, one), state(world, one)) == ("cancelled", 1, "arrived")
    assert ("exchange", "moved", date(2027, 3, 1)) in records(world)


def test_who_is_cancelled_before_the_arrival_counts_as_nobody(waiting):
    world, one = waiting()
    cancel_instance(world.actor("bureau.hr"), CaseCommand(one.id, reason="另有安排"), now=world.now)
    assert (goals(world, one), state(world, one)) == (0, "missed")


def test_nobody_handles_the_exchange_of_oneself_or_of_a_relative(waiting):
    world, one = waiting()
    driving.related(world, "s02.hr", "a1")
    with pytest.raises(Forbidden, match=r"task\.recused"):
        one.complete("arrival", "s02.hr", "arrived", **ARRIVED)


def test_a_cut_while_the_cases_begin_takes_no_hold_away(at):
    def decided(world):
        case, _ = driving.applied(world, "a1")
        driving.matched(world, case)
        driving.published(world, case)
        driving.meet(world, case, "decision", "approve")
        return case

    world, _ = at("decided", decided)
    with transaction() as session:
        here = (ACCOUNT.c.organisation_id == world.county.organisations["s02"], ACCOUNT.c.band.is_(None))
        session.execute(ACCOUNT.update().where(*here).values(approved=5, excess=2))
    world.work()
    (one,) = world.placements(None)
    assert (one.open(), world.figures("s02")) == (["arrival"], (6, 1, 0))
    world.move_to(FIRST)
    one.complete("arrival", "s02.hr", "arrived", **ARRIVED)
    assert world.figures("s02") == (7, 0, 0)


def test_what_a_school_handles_in_a_plan_does_not_open_the_whole_plan(waiting):
    world, one = waiting()
    plan_id = world.row(select(ENTRY.c.instance_id).where(ENTRY.c.placement_id == one.id)).instance_id
    stream = select(EVENT.c.kind).where(EVENT.c.stream == f"instance:{plan_id}")
    clerk, hr = (policy.visible(world.actor(who), "event") for who in ("s01.hr", "bureau.hr"))
    seen = {"s01.hr": len(world.rows(stream.where(clerk))), "bureau.hr": len(world.rows(stream.where(hr)))}
    assert (seen["bureau.hr"] > 5, seen["s01.hr"]) == (True, 0)


def test_the_bureau_and_both_schools_see_how_far_a_placement_is_and_what_is_overdue(waiting):
    world, one = waiting()
    plan_id = world.row(select(ENTRY.c.instance_id).where(ENTRY.c.placement_id == one.id)).instance_id

    def seen(who, **asked):
        found = queries_placements.placements(world.actor(who), plan_id, world.now, PlacementQuery(**asked))
        db.session.rollback()
        return [(each.name, each.state, each.step, each.overdue) for each in found]

    due = [("a1", "waiting", "arrival", False)]
    assert [seen(who) for who in ("bureau.hr", "s01.hr", "s02.hr", "a1", "b1", "point.principal")] == [
        *[due] * 4,
        [],
        [],
    ]
    assert seen("bureau.hr", overdue=True) == []
    world.move_to(date(2026, 11, 6))
    assert seen("bureau.hr", overdue=True) == [("a1", "waiting", "arrival", True)]
    assert seen("bureau.hr", organisation_id=world.county.organisations["point"]) == []
    counted = queries_placements.by_school(queries_placements.placements(world.actor("s02.hr"), plan_id, world.now))
    assert [(one.waiting, one.arrived, one.overdue) for one in counted] == [(1, 0, 1)]
    db.session.rollback()
    one.complete("arrival", "s02.hr", "arrived", **ARRIVED)
    assert seen("s02.hr") == [("a1", "arrived", None, False)]
