"""What a plan takes of the ledger, which runs it begins, and what is true of it when somebody has left."""

import pytest
from sqlalchemy import select, update

from service.db import db, transaction
from service.errors import Conflict, Invalid
from service.flows.exchange import (
    commands_applications,
    commands_openings,
    commands_rounds,
    queries_list,
    queries_rounds,
)
from service.flows.exchange.commands_applications import EntryCommand
from service.flows.exchange.commands_competitions import assess
from service.flows.exchange.rules import backbone_needed
from service.instances import runs_asked
from service.instances.commands import CaseCommand, cancel_instance
from service.people.persons import APPOINTMENT
from service.runs.rows import RUN
from tests.flows.exchange import driving
from tests.flows.exchange.test_fair_plan import called
from tests.flows.exchange.test_plan import record
from tests.parameters import SetParameter, set_parameter
from tests.service.tasks import scans


@pytest.fixture
def calling(at):
    return lambda: at("calling", called)


def test_who_has_no_band_or_uses_no_headcount_takes_none(world):
    people = {name: world.county.persons[name] for name in ("a1", "a2")}
    with transaction() as session:
        plain = {"band": None, "grade": None, "post_category": "management"}
        session.execute(update(APPOINTMENT).where(APPOINTMENT.c.person_id == people["a1"]).values(plain))
        kind = {"employment_kind": "special"}
        session.execute(update(APPOINTMENT).where(APPOINTMENT.c.person_id == people["a2"]).values(kind))
    enter(world, "exchange_staff_scope", "everybody")
    case = driving.start(world)
    opening = driving.offer(world, case, "s02", count=2)
    lent = driving.offer(world, case, "s02", manner="lend")
    driving.opened(world, case)
    with pytest.raises(Invalid) as refused:
        driving.apply(world, case, "a1", lent)
    assert [fault.code for fault in refused.value.faults] == ["exchange.no_band"]
    for who in people:
        driving.apply(world, case, who, opening)
    driving.closed(world, case)
    driving.matched(world, case)
    assert (world.figures("s02"), world.figures("s02", "middle")) == ((6, 1, 0), (6, 1, 0))
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    world.work()
    world.move_to(driving.FIRST)
    for one in world.placements(case):
        one.complete("arrival", "s02.hr", "arrived", arrived_on=driving.FIRST.isoformat())
    after = [world.figures(school, band)[0] for school in ("s01", "s02") for band in (None, "middle")]
    assert after == [9, 9, 7, 7]


def test_a_competition_is_ranked_by_the_school_for_everybody_and_its_order_is_the_result(at):
    def competed(world):
        case = driving.start(world)
        with pytest.raises(Invalid) as refused:
            driving.offer(world, case, "s02", competition=True)
        assert [fault.code for fault in refused.value.faults] == ["exchange.competition_band"]
        opening = driving.offer(world, case, "s02", competition=True, band="middle")
        driving.opened(world, case)
        for who in ("a1", "a2", "a3"):
            driving.apply(world, case, who, opening)
        driving.closed(world, case)
        return case

    world, case = at("competed", competed)
    (opening,) = driving.openings(world, case)
    ids = {who: world.entry(case, who).id for who in ("a1", "a2", "a3")}
    hr, asked = world.actor("bureau.hr"), commands_rounds.AskRound(case.id, 3)
    with pytest.raises(Invalid, match=r"exchange\.not_ranked") as refused:
        commands_rounds.ask_round(hr, asked, now=world.now)
    assert refused.value.params["count"] == 3
    marks = {ids["a1"]: ("80", "85.5", "90"), ids["a2"]: ("95", "84", "88"), ids["a3"]: ()}
    sheet = scans.scan(world, "bureau.hr")
    assessed = driving.marked(opening.id, marks, {ids["a3"]: "未参加考核"}, sheet=sheet)
    with pytest.raises(Conflict, match=r"exchange\.school_closed"):
        assess(world.actor("s02.hr"), assessed, now=world.now)
    with pytest.raises(Conflict, match=r"exchange\.by_marks"):
        commands_openings.rank(hr, commands_openings.Rank(opening.id, list(ids.values()), {}), now=world.now)
    assess(hr, assessed, now=world.now)
    shown = {one.entry_id: (one.rank, one.total) for one in driving.applicants(world, opening.id)}
    assert shown == {ids["a2"]: (1, "89.00"), ids["a1"]: (2, "85.17"), ids["a3"]: (None, None)}
    row = driving.matched(world, case)
    assert row.result["assignment"] == {ids["a2"]: opening.id}
    why = {who: queries_rounds.explanation(world.actor(who), ids[who]).missed[0].reason for who in ("a1", "a3")}
    assert (why, world.entry(case, "a2").state) == ({"a1": "ranked_higher", "a3": "declined"}, "placed")


def enter(world, key, value):
    """A policy parameter by decision, from today on."""
    set_parameter(SetParameter(key, value, world.now.date(), "教〔2026〕3号"), now=world.now)


def test_the_weights_of_a_round_are_parameters_and_stand_in_its_inputs(calling):
    world, case = calling()
    (opening,) = driving.openings(world, case)
    driving.apply(world, case, "a1", opening.id)
    driving.closed(world, case)
    enter(world, "exchange_weight_rural", 7)
    row = driving.matched(world, case)
    assert row.inputs["weights"] == {"wish": 100, "unwished": 300, "duty": 150, "rural": 7, "rank": 90}


def test_a_nomination_outlives_an_application_that_is_taken_back(calling):
    world, case = calling()
    (opening,) = driving.openings(world, case)
    mine = world.entry(case, "a1").id
    commands_applications.nominate(world.actor("s01.hr"), EntryCommand(mine, "满六年"), now=world.now)
    driving.apply(world, case, "a1", opening.id)
    assert (world.entry(case, "a1").state, world.entry(case, "a1").anywhere) == ("applied", True)
    commands_applications.withdraw_application(world.actor("a1"), EntryCommand(mine), now=world.now)
    entry = world.entry(case, "a1")
    assert (entry.state, entry.anywhere, entry.opinion_text) == ("nominated", True, "满六年")


def test_nobody_but_hr_and_the_person_learns_whether_somebody_is_counted(world):
    record(world, "a1", "health", value="pregnancy")
    record(world, "a2", "inquiry")
    case = driving.start(world)
    seen = {}
    for who in ("s01.hr", "bureau.leader", "bureau.hr", "a1"):
        listed = queries_list.entries(world.actor(who), case.id)
        seen[who] = {one.name: (one.result, one.counted) for one in listed if one.name in ("a1", "a2")}
        db.session.rollback()
    hidden = {"a1": ("ASK_HR", None), "a2": ("ASK_HR", None)}
    assert (seen["s01.hr"], seen["bureau.leader"]) == (hidden, hidden)
    assert (seen["bureau.hr"], seen["a1"]) == (
        {"a1": ("DEFER", False), "a2": ("HOLD", True)}, {"a1": ("DEFER", False)},
    )  # fmt: skip


def test_who_leaves_is_struck_with_an_event_and_what_was_held_is_free(at):
    def adopted(world):
        case, _ = driving.applied(world, "a1", "a2")
        driving.matched(world, case)
        return case

    world, case = at("adopted", adopted)
    driving.gone(world, "a1")
    driving.gone(world, "a4")
    states = [world.entry(case, who).state for who in ("a1", "a2", "a4")]
    assert (states, world.figures("s02")) == (["struck", "placed", "struck"], (6, 1, 0))
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    world.work()
    assert (case.state, len(world.placements(case))) == ("completed", 1)


def test_a_run_that_broke_off_goes_on_with_those_who_are_left(at, monkeypatch):
    def approved(world):
        case, _ = driving.applied(world, "a1", "a2")
        driving.matched(world, case)
        driving.published(world, case)
        driving.meet(world, case, "decision", "approve")
        return case

    world, case = at("approved", approved)
    with pytest.raises(Conflict, match=r"exchange\.beginning"):
        commands_rounds.begin_again(world.actor("bureau.hr"), case.id, now=world.now)
    begin, tried = runs_asked.begin_asked, []

    def only_one(actor, command, *, now):
        tried.append(command.number)
        if len(tried) > 1:
            raise Conflict("exchange.not_placed")
        return begin(actor, command, now=now)

    monkeypatch.setattr(runs_asked, "begin_asked", only_one)
    world.work()
    monkeypatch.setattr(runs_asked, "begin_asked", begin)
    assert (case.state, len(world.placements(case)), tried) == ("running", 1, [1, 2])
    run = world.row(select(RUN).where(RUN.c.kind == "case.begin_many"))
    assert (run.state, run.organisation_id) == ("failed", world.county.organisations["bureau"])
    commands_rounds.begin_again(world.actor("bureau.hr"), case.id, now=world.now)
    world.work()
    assert (case.state, len(world.placements(case)), world.figures("s02")) == ("completed", 2, (6, 2, 0))


def test_a_school_learns_where_its_ranked_went_while_the_plan_runs_and_not_after_it(calling):
    world, case = calling()
    (opening,) = driving.openings(world, case)
    driving.apply(world, case, "a1", opening.id)
    case.fire("applications_over")
    rank = commands_openings.Rank(opening.id, [world.entry(case, "a1").id], {})
    commands_openings.rank(world.actor("s02.hr"), rank, now=world.now)
    driving.opined(world, case)
    driving.matched(world, case)
    assert [one["outcome"] for one in queries_rounds.sent(world.actor("s02.hr"), opening.id)] == ["here"]
    db.session.rollback()
    cancel_instance(world.actor("bureau.hr"), CaseCommand(case.id, reason="改期"), now=world.now)
    assert queries_rounds.sent(world.actor("s02.hr"), opening.id) == []


@pytest.mark.parametrize(
    ("undertaken", "exchanged", "needed"), [(25, 124, 25), (25, 125, 25), (25, 126, 26), (30, 10, 30)]
)
def test_the_backbone_goal_is_the_share_of_those_exchanged_and_at_least_what_was_undertaken(
    undertaken, exchanged, needed
):
    assert backbone_needed(undertaken, exchanged, 20) == needed
