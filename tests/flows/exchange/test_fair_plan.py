"""Who may act in a plan and when, what is looked at again before somebody takes part, and what nobody may infer."""

import pytest

from service.db import transaction
from service.errors import Conflict, Forbidden
from service.flows.exchange import (
    casework,
    commands,
    commands_applications,
    commands_openings,
    commands_rounds,
    queries,
)
from service.flows.exchange.commands_applications import GiveOpinion
from service.records.reading import CHECK
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
    found = queries.plan(clerk, case.id).at
    places = {name: world.county.organisations[name] for name in ("s01", "s02")}
    assert [casework.opens_at(found, "offer", clerk, places[name]) for name in ("s01", "s02")] == [False, True]


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
