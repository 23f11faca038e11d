"""The yearly plan end to end: every branch of its diagram, with the ledger, and what is refused on the way."""

from datetime import date

import pytest
from sqlalchemy import update

from service.db import transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.exchange import (
    commands,
    commands_applications,
    commands_openings,
    queries,
    queries_rounds,
)  # fmt: skip
from service.people.members import PERSON
from service.people.persons import LOCK
from service.records import writing
from service.records.rules import Entry
from tests.flows.exchange import driving
from tests.parameters import SetParameter, set_parameter
from workflows.base import new_id

A_DAY = date(2026, 9, 1)


def lock(world, who):
    """A service lock in force."""
    row = {
        "id": new_id(), "person_id": world.county.persons[who], "organisation_id": world.county.organisations["s01"],
        "starts_on": date(2025, 9, 1), "ends_on": date(2030, 9, 1), "reason": "定向招聘", "instance_id": None,
    }  # fmt: skip
    with transaction() as session:
        session.execute(LOCK.insert(), row)


def record(world, who, kind, **values):
    with transaction() as session:
        entry = Entry(kind, A_DAY, document="教〔2026〕9号", **values)
        writing.add(session, world.county.persons[who], entry, by="system", now=world.now)


def test_a_plan_keeps_by_which_parameters_it_was_drawn_up_and_what_a_school_has_of_its_own(world):
    school = world.county.organisations["s01"]
    own = SetParameter("exchange_required_years", 8, A_DAY, "教〔2026〕7号", None, f"organisation:{school}")
    set_parameter(own, now=world.now)
    plan = driving.start(world).variables["plan"]
    assert (plan["parameters"]["exchange_required_years"]["value"], list(plan["apart"])) == (6, [school])
    assert plan["apart"][school] == {
        "exchange_required_years": {
            "value": 8, "unit": "years", "source": "教〔2026〕7号", "valid_from": "2026-09-01",
            "scope": f"organisation:{school}",
        }
    }  # fmt: skip


def test_a_plan_runs_through_and_each_person_goes_on_in_a_case_of_their_own(any_world):
    world = any_world
    case, _ = driving.applied(world, "a1", "a2")
    row = driving.matched(world, case)
    assert (case.open(), row.quality["placed"], world.figures("s02")) == (["publicity"], 2, (6, 2, 0))
    assert case.timers()[0].rule == "5 workdays"
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    assert (case.state, case.timers()) == ("running", [])
    world.work()
    assert case.state == "completed"
    placements = world.placements(case)
    assert [one.open() for one in placements] == [["arrival"], ["arrival"]]
    assert (world.figures("s02"), world.figures("s02", "middle")) == ((6, 2, 0), (6, 2, 0))
    assert {world.entry(case, who).state for who in ("a1", "a2")} == {"began"}


def test_the_list_names_everybody_with_the_tables_answer_and_reason(world):
    lock(world, "a1")
    record(world, "a2", "inquiry")
    record(world, "a3", "health", value="pregnancy")
    with transaction() as session:
        gone = PERSON.c.id == world.county.persons["a4"]
        session.execute(update(PERSON).where(gone).values(retires_on=date(2029, 1, 1)))
    case = driving.start(world)
    told = {
        who: (world.entry(case, who).result, world.entry(case, who).reason) for who in ("a1", "a2", "a3", "a4", "b1")
    }
    assert told == {
        "a1": ("INELIGIBLE", "service_lock"), "a2": ("HOLD", "open_case"), "a3": ("DEFER", "protected"),
        "a4": ("EXEMPT", "retirement"), "b1": ("REQUIRED", "years_at_school"),
    }  # fmt: skip
    plan = world.plan(case)
    assert (plan.staff, plan.eligible, plan.target, plan.floor, plan.backbone) == (14, 6, 2, 1, 1)


@pytest.mark.parametrize("short", [{"target": 1}, {"floor": 0}, {"backbone": 0}])
def test_a_plan_below_what_is_needed_is_refused_and_leaves_nothing(world, short):
    with pytest.raises(Invalid) as refused:
        driving.start(world, **short)
    assert refused.value.code == "exchange.target_short"
    assert [fault.path for fault in refused.value.faults] == [f"values.{next(iter(short))}"]
    assert driving.start(world).open() == ["list_check"] * 3


def test_a_year_has_one_plan_and_no_first_day_in_the_past(world):
    with pytest.raises(Invalid, match=r"exchange\.effective_on"):
        driving.start(world, effective_on="2026-09-09")
    first = driving.start(world)
    with pytest.raises(Conflict, match=r"exchange\.year_taken"):
        driving.start(world)
    first.withdraw("bureau.hr")
    assert driving.start(world).state == "running"


def test_without_a_day_people_move_on_the_day_that_the_bureau_has_set(world):
    with pytest.raises(Invalid, match=r"exchange\.effective_on"):
        driving.start(world, effective_on=None)
    set_parameter(SetParameter("exchange_first_day", "11-15", world.now.date(), "教〔2026〕3号"), now=world.now)
    case = driving.start(world, effective_on=None)
    assert queries.plan(world.actor("bureau.hr"), case.id).effective_on == date(2026, 11, 15)
    assert (case.variables["effective_on"], case.variables["plan"]["effective_on"]) == ("2026-11-15", "2026-11-15")


def test_a_correction_is_asked_for_answered_and_changes_the_entry(world):
    case = driving.start(world)
    entry = world.entry(case, "a1")
    said = commands.Object(entry.id, "我 2023 年才调入本校。", "VOLUNTARY")
    wrong = commands.correct_entry(world.actor("a1"), said, now=world.now)
    other = commands.correct_entry(world.actor("s01.hr"), commands.Object(entry.id, "请核对"), now=world.now)
    with pytest.raises(NotFound):
        commands.correct_entry(world.actor("s02.hr"), said, now=world.now)
    driving.checked(world, case)
    with pytest.raises(Invalid, match=r"exchange\.corrections_open"):
        case.complete("list_settle", "bureau.hr", "settle")
    answer = commands.AnswerObjection(wrong, "accepted", "属实")
    with pytest.raises(Forbidden):
        commands.answer_objection(world.actor("s01.hr"), answer, now=world.now)
    commands.answer_objection(world.actor("bureau.hr"), answer, now=world.now)
    with pytest.raises(Conflict, match=r"exchange\.answered"):
        commands.answer_objection(world.actor("bureau.hr"), answer, now=world.now)
    commands.answer_objection(
        world.actor("bureau.hr"), commands.AnswerObjection(other, "declined", "无误"), now=world.now
    )
    entry = world.entry(case, "a1")
    assert (entry.result, entry.reason, entry.changed_because, entry.proposed) == (
        "VOLUNTARY", "corrected", "属实", "REQUIRED",
    )  # fmt: skip
    case.complete("list_settle", "bureau.hr", "settle")
    assert case.timers()[0].element_id == "applications_over"
    with pytest.raises(Conflict, match=r"exchange\.not_now"):
        commands.correct_entry(world.actor("a1"), said, now=world.now)


@pytest.mark.parametrize("decision", ["decided", "refuse_all"])
def test_an_exception_to_a_service_lock_is_a_meetings_with_its_reason(world, decision):
    lock(world, "a1")
    case = driving.start(world)
    opening = driving.offer(world, case, "s02")
    mine = world.entry(case, "a1").id
    with pytest.raises(Conflict, match=r"exchange\.no_lock"):
        commands.ask_exception(
            world.actor("s01.hr"), commands.AskException(world.entry(case, "a2").id, "需要"), now=world.now
        )
    commands.ask_exception(world.actor("s01.hr"), commands.AskException(mine, "夫妻团聚"), now=world.now)
    driving.checked(world, case)
    case.complete("list_settle", "bureau.hr", "settle")
    assert case.open() == ["exceptions"]
    if decision == "decided":
        with pytest.raises(Invalid, match=r"exchange\.exceptions_open"):
            driving.meet(world, case, "exceptions", decision)
        granted = commands.DecideException(mine, True, "会议同意")
        commands.decide_exception(world.actor("bureau.hr"), granted, now=world.now)
    driving.meet(world, case, "exceptions", decision)
    entry = world.entry(case, "a1")
    if decision == "refuse_all":
        assert (entry.result, entry.exception) == ("INELIGIBLE", "refused")
        with pytest.raises(Conflict, match=r"exchange\.locked"):
            driving.apply(world, case, "a1", opening)
        return
    assert (entry.result, entry.reason, entry.exception) == ("VOLUNTARY", "exception", "granted")
    driving.apply(world, case, "a1", opening)
    driving.closed(world, case)
    assert driving.matched(world, case).quality["placed"] == 1


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [("inquiry", {}, "exchange.on_hold"), ("health", {"value": "nursing"}, None)],
)
def test_who_is_under_an_inquiry_cannot_apply_and_who_is_deferred_may_by_own_will(world, kind, values, code):
    record(world, "a1", kind, **values)
    case = driving.start(world)
    opening = driving.offer(world, case, "s02")
    driving.opened(world, case)
    if code is None:
        driving.apply(world, case, "a1", opening)
        return
    with pytest.raises(Conflict, match=code):
        driving.apply(world, case, "a1", opening)


def test_who_is_unknown_cannot_apply_until_the_facts_are_there(world):
    with transaction() as session:
        mine = PERSON.c.id == world.county.persons["a1"]
        session.execute(update(PERSON).where(mine).values(retires_on=None, sex=None, born_on=None))
    case = driving.start(world)
    opening = driving.offer(world, case, "s02")
    driving.opened(world, case)
    assert world.plan(case).uncounted == 1
    with pytest.raises(Conflict, match=r"exchange\.unknown"):
        driving.apply(world, case, "a1", opening)


def test_applications_have_their_time_and_their_owner(world):
    case = driving.start(world)
    opening = driving.offer(world, case, "s02")
    with pytest.raises(Conflict, match=r"exchange\.not_now"):
        driving.apply(world, case, "a1", opening)
    driving.opened(world, case)
    with pytest.raises(NotFound):
        driving.apply(world, case, "a1", opening, by="b1")
    with pytest.raises(Forbidden):
        driving.apply(world, case, "a1", opening, by="s01.hr")
    with pytest.raises(Invalid, match=r"exchange\.wishes"):
        driving.apply(world, case, "a1")
    with pytest.raises(Invalid, match=r"exchange\.wishes"):
        driving.apply(world, case, "b1", opening)
    driving.apply(world, case, "a1", opening)
    driving.apply(world, case, "a1", opening, anywhere=True)
    back = commands_applications.EntryCommand(world.entry(case, "a1").id)
    commands_applications.withdraw_application(world.actor("a1"), back, now=world.now)
    with pytest.raises(Conflict, match=r"exchange\.not_applied"):
        commands_applications.withdraw_application(world.actor("a1"), back, now=world.now)
    case.fire("applications_over")
    with pytest.raises(Conflict, match=r"exchange\.not_now"):
        driving.apply(world, case, "a1", opening)


def test_a_school_nominates_gives_opinions_and_ranks_and_the_round_follows(world):
    case = driving.start(world)
    opening = driving.offer(world, case, "s02", count=2)
    driving.opened(world, case)
    for who in ("a1", "a2", "a3"):
        driving.apply(world, case, who, opening)
    case.fire("applications_over")
    ids = {who: world.entry(case, who).id for who in ("a1", "a2", "a3", "a4", "s02.teacher")}
    clerk, receiving = world.actor("s01.hr"), world.actor("s02.hr")
    commands_applications.nominate(clerk, commands_applications.EntryCommand(ids["a4"], "满六年"), now=world.now)
    with pytest.raises(Conflict, match=r"exchange\.applied"):
        commands_applications.nominate(clerk, commands_applications.EntryCommand(ids["a1"], "满六年"), now=world.now)
    opposed = commands_applications.GiveOpinion(ids["a1"], "oppose")
    with pytest.raises(Invalid, match=r"exchange\.text"):
        commands_applications.give_opinion(clerk, opposed, now=world.now)
    commands_applications.give_opinion(clerk, commands_applications.GiveOpinion(ids["a1"], "support"), now=world.now)
    with pytest.raises(Invalid) as refused:
        rank = commands_openings.Rank(opening, [ids["a4"], ids["a1"], ids["a1"]], {ids["a2"]: ""})
        commands_openings.rank(receiving, rank, now=world.now)
    assert {fault.code for fault in refused.value.faults} == {
        "exchange.no_applicant", "exchange.named_twice", "exchange.text",
    }  # fmt: skip
    with pytest.raises(Forbidden):
        commands_openings.rank(clerk, commands_openings.Rank(opening, [], {}), now=world.now)
    rank = commands_openings.Rank(opening, [ids["a3"], ids["a1"]], {ids["a2"]: "已有同类教师"})
    commands_openings.rank(receiving, rank, now=world.now)
    driving.opined(world, case)
    row = driving.matched(world, case)
    assert set(row.result["assignment"]) == {ids["a3"], ids["a1"]}
    told = queries_rounds.explanation(world.actor("a2"), ids["a2"])
    assert (told.wish, [(one.number, one.reason) for one in told.missed]) == (None, [(1, "declined")])
    sent = queries_rounds.sent(receiving, opening)
    assert [(one["rank"], one["name"], one["outcome"]) for one in sent] == [(1, "a3", "here"), (2, "a1", "here")]
    with pytest.raises(NotFound):
        queries_rounds.explanation(world.actor("b1"), ids["a2"])
