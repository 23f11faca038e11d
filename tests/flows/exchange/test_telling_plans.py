"""Plans of an exchange that began on paper, told to each of their steps and driven to the end (policy §8)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from service.db import db
from service.errors import Conflict, Invalid
from service.flows.exchange import commands, commands_applications, commands_rounds
from service.flows.exchange.casework import OPENING, ROUND
from service.flows.exchange.drawing_up import ENTRY
from service.instances import telling as places
from tests.flows import telling
from tests.flows.exchange import driving
from tests.flows.exchange.driving import FIRST
from tests.flows.exchange.test_telling_placements import number_of
from workflows import catalogue

DAYS = {
    "list_check": ("2026-06-05", "confirm"), "list_settle": ("2026-06-12", "settle"),
    "exceptions": ("2026-06-15", "decided"), "school_opinions": ("2026-07-10", "confirm"),
    "match": ("2026-07-15", "adopt"), "publicity": ("2026-07-17", "objection"), "inquiry": ("2026-07-21", "done"),
    "decision": ("2026-08-10", "approve"),
}  # fmt: skip
EVERY = ("list_check", "school_opinions")


@pytest.fixture
def world(app, clock):
    return driving.world(clock)


class Plan:
    """A plan on paper of which step after step is told."""

    def __init__(self, world):
        self.world, self.file, self.steps = world, telling.scan(world), []

    def step(self, name, rows=(), decision=None, day=None, **values):
        on, said = DAYS[name]
        paper = {"decided_by": "县教育局", "document": "教人〔2026〕31号", "attachment_id": self.file}
        about = "全部" if name in EVERY else None
        self.steps.append(
            telling.ToldStep(name, date.fromisoformat(day or on), decision or said, **paper, values=values,
                             rows=tuple(rows), about=about)
        )  # fmt: skip
        return self

    def who(self, name, **more):
        number, called = number_of(self.world, name)
        return {"id_number": number, "name": called, **more}

    def offered(self, **more):
        place = {"number": 1, "place": "s02", "subject": "语文", "stage": "primary", "count": 2, "manner": "move"}
        return self.step("list_check", [{**place, **more}])

    def applied(self, *who, settled=(), **more):
        rows = [self.who(name, number=1, opinion="support", rank=rank + 1) for rank, name in enumerate(who)]
        return self.offered(**more).step("list_settle", settled).step("school_opinions", rows)

    def matched(self, *who, **more):
        self.applied(*who, **more)
        return self.step("match", [self.who(name, number=1) for name in who], round_number=3)

    def told(self, element_id):
        given = {"year": 2026, "effective_on": FIRST.isoformat()}
        return telling.told(self.world, "exchange", "bureau.chief", "2026-06-01", element_id, given, self.steps,
                            school="bureau")  # fmt: skip

    def begun(self, element_id):
        return telling.begun(self.world, self.told(element_id))


def held(world):
    return world.figures("s02")[1], world.figures("s02", "middle")[1]


def carried_out(world, case):
    """From the decision to the arrival of everybody who was placed."""
    if "decision" in case.open():
        driving.meet(world, case, "decision", "approve")
    world.work()
    assert case.state == "completed"
    world.move_to(FIRST)
    for one in world.placements(case):
        one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat())
    assert held(world) == (0, 0)


def test_plan_may_stand_at_each_of_its_steps(world):
    found = places.places(catalogue.latest(db.session(), "exchange"))
    db.session.rollback()
    assert {place.element_id: place.code for place in found} == dict.fromkeys(
        (*DAYS, "list_period", "applications_over", "placements_begun")
    )


def test_plan_told_to_the_check_of_its_list_is_checked_settled_and_matched_here(world):
    case = Plan(world).begun("list_check")
    assert case.open() == ["list_check"] * 3
    opening = driving.offer(world, case, "s02")
    driving.opened(world, case)
    driving.apply(world, case, "a1", opening)
    driving.closed(world, case)
    driving.matched(world, case)
    assert held(world) == (1, 1)
    carried_out(world, driving.published(world, case))
    assert world.appointment("a1") == "s02"


def test_school_that_has_checked_on_paper_is_done_and_the_others_still_check(world):
    plan = Plan(world).offered()
    plan.steps[0] = replace(plan.steps[0], about=world.county.organisations["s01"])
    case = plan.begun("list_check")
    assert case.open() == ["list_check"] * 2
    assert world.row(select(OPENING.c.number, OPENING.c.count)) == (1, 2)


def test_list_is_as_it_was_settled_on_paper_and_applications_go_on_here(world):
    plan = Plan(world)
    settled = [plan.who("a2", result="EXEMPT", because="一年内退休")]
    plan.offered().step("list_settle", settled, day="2026-09-09")
    case = plan.begun("applications_over")
    entry = world.entry(case, "a2")
    assert (entry.result, entry.reason, entry.changed_because) == ("EXEMPT", "corrected", "一年内退休")
    opening = world.row(select(OPENING.c.id)).id
    driving.apply(world, case, "a1", opening)
    driving.closed(world, case)
    driving.matched(world, case)
    carried_out(world, driving.published(world, case))


def test_applications_and_ranks_of_the_paper_are_matched_here(world):
    case = Plan(world).applied("a1", "a2", count=1).begun("match")
    driving.matched(world, case)
    assert {world.entry(case, "a1").state, world.entry(case, "a2").state} == {"placed", "applied"}
    assert (world.entry(case, "a1").state, held(world)) == ("placed", (1, 1))
    carried_out(world, driving.published(world, case))


def test_matching_of_the_paper_is_a_round_that_holds_its_places_and_is_published_on_its_days(world):
    case = Plan(world).matched("a1", "a2").begun("decision")
    assert (case.open(), held(world)) == (["decision"], (2, 2))
    row = world.row(select(ROUND))
    assert (row.number, row.solver, row.quality["placed"]) == (3, "paper", 2)
    with pytest.raises(Conflict, match=r"exchange\.matched_on_paper"):
        commands_rounds.replay_round(world.actor("bureau.hr"), commands_rounds.Replay(row.id), now=world.now)
    carried_out(world, case)
    assert [world.appointment(name) for name in ("a1", "a2", "a3")] == ["s02", "s02", "s01"]
    assert world.figures("s02", "middle") == (8, 0, 0)


def test_plan_decided_on_paper_begins_its_placements_when_it_is_confirmed(world):
    case = Plan(world).matched("a1").step("decision").begun("placements_begun")
    assert (case.open(), held(world)) == ([], (1, 1))
    carried_out(world, case)


def test_plan_refused_on_paper_has_no_more_to_be_told(world):
    plan = Plan(world).matched("a1").step("decision", decision="reject")
    plan.steps[-1] = replace(plan.steps[-1], opinion="不同意")
    with pytest.raises(Conflict, match=r"told\.ended"):
        plan.begun("decision")
    assert held(world) == (0, 0)


def test_objection_on_paper_is_answered_and_who_was_struck_holds_nothing(world):
    plan = Plan(world).matched("a1", "a2")
    plan.step("publicity", [plan.who("a1", objection="年限不符")])
    waiting = plan.begun("inquiry")
    assert waiting.open() == ["inquiry"]
    objection = driving.OBJECTION
    found = world.row(select(objection.c.id).where(objection.c.instance_id == waiting.id))
    answer = commands.AnswerObjection(found.id, "strike", "属实")
    commands.answer_objection(world.actor("bureau.hr"), answer, now=world.now)
    waiting.complete("inquiry", "bureau.hr", "done")
    assert held(world) == (1, 1)
    assert waiting.open() == ["publicity"]


def test_inquiry_on_paper_strikes_and_the_publicity_runs_on(world):
    plan = Plan(world).matched("a1", "a2")
    plan.step("publicity", [plan.who("a1", objection="年限不符")])
    plan.step("inquiry", [plan.who("a1", outcome="strike", answer="属实")])
    case = plan.begun("decision")
    assert (world.entry(case, "a1").state, held(world)) == ("struck", (1, 1))
    carried_out(world, case)


def test_exception_of_the_paper_is_decided_here_or_by_the_meeting_of_the_paper(world):
    plan = Plan(world)
    asked = [plan.who("a3", result="INELIGIBLE", exception="asked", because="音乐缺师")]
    case = plan.offered().step("list_settle", asked).begun("exceptions")
    entry = world.entry(case, "a3")
    assert (case.open(), entry.exception, entry.exception_reason) == (["exceptions"], "asked", "音乐缺师")
    decide = commands.DecideException(entry.id, True, "同意")
    commands.decide_exception(world.actor("bureau.hr"), decide, now=world.now)
    driving.meet(world, case, "exceptions", "decided")
    assert world.entry(case, "a3").result == "VOLUNTARY"


def test_exception_that_the_meeting_granted_on_paper_may_apply(world):
    plan = Plan(world)
    asked = [plan.who("a3", result="INELIGIBLE", exception="asked", because="音乐缺师")]
    plan.offered().step("list_settle", asked)
    plan.step("exceptions", [plan.who("a3", exception="granted", because="同意")], day="2026-09-09")
    case = plan.begun("applications_over")
    apply = commands_applications.Apply(world.entry(case, "a3").id, [world.row(select(OPENING.c.id)).id])
    commands_applications.apply(world.actor("a3"), apply, now=world.now)
    assert world.row(select(ENTRY.c.state).where(ENTRY.c.id == apply.entry_id)).state == "applied"


def wished(plan, *rows):
    """One person wishes for several places, a row each, one school's word in one of them."""
    places = [{"number": place, "place": "s02", "subject": "语文", "stage": "primary", "count": 1, "manner": manner}
              for place, manner in ((1, "move"), (2, "bring"), (3, "loan"))]  # fmt: skip
    plan.step("list_check", places).step("list_settle")
    return plan.step("school_opinions", [plan.who("a1", number=place, **row) for place, row in enumerate(rows, 1)])


def test_word_of_the_school_counts_in_whichever_row_of_the_person_it_stands(world):
    said = {"opinion": "oppose", "opinion_text": "本校缺编", "anywhere": "true"}
    entry = world.entry(wished(Plan(world), {}, {}, said).begun("match"), "a1")
    assert (entry.opinion, entry.opinion_text, entry.anywhere) == ("oppose", "本校缺编", True)


WRONG = (
    (lambda plan: plan.matched("a1", "a2", count=1), "steps.3.rows.0.number", "exchange.unfit.places"),
    (lambda plan: plan.matched("b1"), "steps.2.rows.0.number", "exchange.own_school"),
    (lambda plan: plan.matched("a1", subject="数学"), "steps.2.rows.0.number", "exchange.other_subject"),
    (lambda plan: plan.matched("a1", place="没有"), "steps.0.rows.0.place", "told.organisation"),
    (lambda plan: plan.matched("a1", "a2", "a3", count=3), "steps.3.rows.0.number", "exchange.unfit.posts"),
    (
        lambda plan: plan.applied("a1").step("match", [plan.who("a2", number=1)], round_number=1),
        "steps.3.rows.0.id_number", "exchange.not_applied",
    ),
    (
        lambda plan: plan.applied("a1", settled=[plan.who("a1", result="HOLD", because="立案")]),
        "steps.2.rows.0.id_number", "exchange.on_hold",
    ),
    (lambda plan: plan.matched("a1", competition="√"), "steps.0.rows.0.competition", "told.word"),
    (lambda plan: wished(plan, {"opinion": "赞成"}), "steps.2.rows.0.opinion", "told.word"),
    (lambda plan: wished(plan, {"anywhere": "Y"}), "steps.2.rows.0.anywhere", "told.word"),
    (lambda plan: wished(plan, {"rank": "第1"}), "steps.2.rows.0.rank", "told.whole"),
    (lambda plan: wished(plan, {"wish": "首选"}), "steps.2.rows.0.wish", "told.whole"),
    (
        lambda plan: plan.matched("a1").step("publicity", [plan.who("a1", objection="年限不符")])
        .step("inquiry", [plan.who("a1", outcome="成立", answer="属实")]),
        "steps.5.rows.0.outcome", "told.word",
    ),
    (
        lambda plan: wished(plan, {"opinion": "support"}, {"opinion": "oppose", "opinion_text": "缺编"}),
        "steps.2.rows.0.opinion", "exchange.rows_differ",
    ),
    (
        lambda plan: plan.applied("a1", settled=[{"id_number": "110101199001011237", "result": "HOLD"}]),
        "steps.1.rows.0.id_number", "exchange.paper_listed",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("way", "path", "code"), WRONG)
def test_row_that_breaks_a_rule_is_named_and_nothing_is_held(world, way, path, code):
    with pytest.raises(Invalid) as refused:
        way(Plan(world)).begun("decision")
    assert (path, code) in {(fault.path, fault.code) for fault in refused.value.faults}
    assert held(world) == (0, 0)


def test_plan_told_to_its_decision_goes_on_to_its_end_on_postgresql(postgres_app, clock):
    world = driving.world(clock)
    carried_out(world, Plan(world).matched("a1").begun("decision"))
