"""Who may act in a plan and when, what is looked at again before somebody takes part, and what nobody may infer."""

import pytest
from sqlalchemy import select, update

from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid
from service.flows.exchange import (
    commands,
    commands_applications,
    commands_openings,
    commands_rounds,
    queries,
    queries_list,
    queries_rounds,
)
from service.flows.exchange.commands_applications import EntryCommand, GiveOpinion
from service.flows.exchange.rules import backbone_needed
from service.instances import runs_asked
from service.instances.commands import CaseCommand, cancel_instance
from service.parameters.commands import SetParameter, set_parameter
from service.people.persons import APPOINTMENT
from service.records.reading import CHECK
from service.runs.rows import RUN
from tests.flows.exchange import driving
from tests.flows.exchange.test_plan import lock, record

PLACE = {"subject": "语文", "stage": "primary"}


def begun(world):
    """A plan whose list is checked by s01 alone, with an opening of s02."""
    case = driving.start(world)
    driving.offer(world, case, "s02", count=2)
    case.complete("list_check", "s01.hr", "confirm", number=_of(world, case, "list_check", "s01"))
    return case


def called(world):
    """A plan in the time of applications, with an opening of s02."""
    case = driving.start(world)
    driving.offer(world, case, "s02", count=2)
    return driving.opened(world, case)


def _of(world, case, element_id, school):
    """Which of the open tasks of an element is that school's."""
    place = world.county.organisations[school]
    for number in range(3):
        if case.task(element_id, number).item == place:
            return number
    raise AssertionError(school)


@pytest.fixture
def calling(at):
    return lambda: at("calling", called)


def test_a_school_that_has_finished_its_step_changes_nothing_more_and_the_bureau_may(at):
    world, case = at("one-checked", begun)
    entry = world.entry(case, "a1")
    clerk = world.actor("s01.hr")
    wrong = commands.Object(entry.id, "请核对")
    for late in (
        lambda: commands.correct_entry(clerk, wrong, now=world.now),
        lambda: driving.offer(world, case, "s01"),
        lambda: commands.ask_exception(clerk, commands.AskException(entry.id, "需要"), now=world.now),
    ):
        with pytest.raises(Conflict, match=r"exchange\.school_closed"):
            late()
    commands.correct_entry(world.actor("a1"), wrong, now=world.now)
    driving.offer(world, case, "s01", by="bureau.hr")
    driving.offer(world, case, "s02")
    found = queries.plan(clerk, case.id)
    places = {name: world.county.organisations[name] for name in ("s01", "s02")}
    assert [queries.opens(clerk, found, "offer", places[name]) for name in ("s01", "s02")] == [False, True]


def test_opinions_and_ranks_are_closed_school_by_school(calling):
    world, case = calling()
    (opening,) = driving.openings(world, case)
    driving.apply(world, case, "a1", opening.id)
    case.fire("applications_over")
    rank = commands_openings.Rank(opening.id, [world.entry(case, "a1").id], {})
    for school in ("s01", "s02"):
        case.complete("school_opinions", f"{school}.hr", "confirm", number=_of(world, case, "school_opinions", school))
    with pytest.raises(Conflict, match=r"exchange\.school_closed"):
        commands_openings.rank(world.actor("s02.hr"), rank, now=world.now)
    with pytest.raises(Conflict, match=r"exchange\.school_closed"):
        opinion = GiveOpinion(world.entry(case, "a1").id, "support")
        commands_applications.give_opinion(world.actor("s01.hr"), opinion, now=world.now)
    commands_openings.rank(world.actor("bureau.hr"), rank, now=world.now)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (lambda world: record(world, "a1", "inquiry"), "exchange.on_hold"),
        (lambda world: lock(world, "a1"), "exchange.locked"),
        (lambda world: driving.moved(world, "a1", "point"), "exchange.moved"),
    ],
)
def test_what_has_happened_since_the_list_was_drawn_up_counts_at_the_application(calling, happens, code):
    world, case = calling()
    (opening,) = driving.openings(world, case)
    happens(world)
    with pytest.raises(Conflict, match=code.replace(".", r"\.")):
        driving.apply(world, case, "a1", opening.id)


def test_a_regrade_since_the_list_was_drawn_up_is_followed_and_the_new_band_is_matched(calling):
    world, case = calling()
    (opening,) = driving.openings(world, case)
    driving.apply(world, case, "a1", opening.id)
    driving.promoted(world, "a1")
    driving.promoted(world, "a2")
    driving.apply(world, case, "a2", opening.id)
    assert world.entry(case, "a2").band == "senior"
    driving.closed(world, case)
    driving.matched(world, case)
    assert (world.entry(case, "a1").band, world.figures("s02", "senior"), world.figures("s02", "middle")) == (
        "senior", (0, 2, 0), (6, 0, 0),
    )  # fmt: skip


def test_what_is_unknown_and_was_settled_by_hr_does_not_stay_locked(world):
    with transaction() as session:
        mine = CHECK.c.person_id == world.county.persons["a1"]
        session.execute(CHECK.delete().where(mine, CHECK.c.topic == "discipline"))
    case = called(world)
    (opening,) = driving.openings(world, case)
    entry = world.entry(case, "a1")
    assert entry.result == "UNKNOWN"
    with pytest.raises(Conflict, match=r"exchange\.unknown"):
        driving.apply(world, case, "a1", opening.id)
    settled = commands.SettleEntry(entry.id, entry.version, "VOLUNTARY", "已查清，没有未结事项")
    commands.settle_entry(world.actor("bureau.hr"), settled, now=world.now)
    driving.apply(world, case, "a1", opening.id)
    driving.closed(world, case)
    assert driving.matched(world, case).quality["placed"] == 1


def test_nobody_acts_on_oneself_or_a_relative(calling):
    world, case = calling()
    (opening,) = driving.openings(world, case)
    for who in ("a1", "a2", "s01.teacher"):
        driving.apply(world, case, who, opening.id)
    driving.related(world, "s01.hr", "a1")
    driving.related(world, "s02.hr", "a2")
    driving.related(world, "bureau.hr", "s01.teacher")
    case.fire("applications_over")
    entries = {who: world.entry(case, who) for who in ("a1", "a2", "s01.teacher")}
    opinion = GiveOpinion(entries["a1"].id, "support")
    with pytest.raises(Forbidden, match=r"exchange\.related"):
        commands_applications.give_opinion(world.actor("s01.hr"), opinion, now=world.now)
    commands_applications.give_opinion(world.actor("s01.principal"), opinion, now=world.now)
    with pytest.raises(Forbidden, match=r"exchange\.related"):
        commands_openings.rank(world.actor("s02.hr"), commands_openings.Rank(opening.id, [], {}), now=world.now)
    settled = commands.SettleEntry(entries["s01.teacher"].id, entries["s01.teacher"].version, "EXEMPT", "核实")
    with pytest.raises(Forbidden, match=r"exchange\.related"):
        commands.settle_entry(world.actor("bureau.hr"), settled, now=world.now)
    driving.opined(world, case)
    with pytest.raises(Forbidden, match=r"exchange\.related"):
        commands_rounds.ask_round(world.actor("bureau.hr"), commands_rounds.AskRound(case.id, 1), now=world.now)
    commands_rounds.ask_round(world.actor("bureau.chief"), commands_rounds.AskRound(case.id, 1), now=world.now)
    world.work()
    with pytest.raises(Forbidden, match=r"task\.recused"):
        case.complete("match", "bureau.hr", "adopt", round_number=1)


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


def enter(world, key, value):
    """A policy parameter by decision, from today on."""
    command = SetParameter(key, value, world.now.date(), "教〔2026〕3号")
    set_parameter(world.actor("bureau.chief"), command, now=world.now)


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
