"""Rounds, publicity, appeals and decision of a plan: every branch, with the ledger, and what is refused on the way."""

import base64
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from service.access.actor import Actor
from service.db import transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.exchange import (
    commands,
    commands_rounds,
    operations_round,
    queries,
    queries_list,
    queries_rounds,
)
from service.flows.exchange.casework import ROUND
from service.flows.publicity import queries as published
from service.instances.commands import CaseCommand, cancel_instance
from service.instances.commands_objections import ObjectTo, object_to
from service.posts.ledger import Full
from service.posts.posting import ACCOUNT
from service.rotation import rotate
from service.runs.commands import cancel_run
from service.runs.rows import RUN
from tests.conftest import KEY
from tests.flows.cancelling import given_back
from tests.flows.exchange import driving


def test_a_round_is_asked_with_hashes_and_repeats_itself(world):
    case, _ = driving.applied(world, "a1", "a2", "a3", count=1)
    first = driving.matched(world, case, seed=11)
    replayed = commands_rounds.replay_round(world.actor("bureau.hr"), commands_rounds.Replay(first.id), now=world.now)
    world.work()
    seen = {one.id: one for one in queries_rounds.rounds(world.actor("bureau.leader"), case.id)}
    again = seen[replayed]
    assert (again.replay_of, again.same, again.result_hash, again.seed) == (1, True, first.result_hash, 11)
    assert (seen[first.id].adopted, seen[first.id].solver.split()[0]) == (True, "HiGHS")
    with pytest.raises(Forbidden):
        queries_rounds.rounds(world.actor("s01.hr"), case.id)
    with pytest.raises(Forbidden):
        commands_rounds.replay_round(world.actor("a1"), commands_rounds.Replay(first.id), now=world.now)


def test_only_a_finished_round_on_todays_inputs_is_adopted(world):
    case, _ = driving.applied(world, "a1")
    with pytest.raises(Invalid, match=r"exchange\.round_absent"):
        case.complete("match", "bureau.hr", "adopt", round_number=1)
    commands_rounds.ask_round(world.actor("bureau.hr"), commands_rounds.AskRound(case.id, 1), now=world.now)
    with pytest.raises(Invalid, match=r"exchange\.round_absent"):
        case.complete("match", "bureau.hr", "adopt", round_number=1)
    world.work()
    with transaction() as session:
        here = (ACCOUNT.c.organisation_id == world.county.organisations["s02"], ACCOUNT.c.band.is_(None))
        session.execute(update(ACCOUNT).where(*here).values(approved=6))
    with pytest.raises(Conflict, match=r"exchange\.inputs_changed"):
        case.complete("match", "bureau.hr", "adopt", round_number=1)


def test_what_moves_elsewhere_or_leaves_enough_does_not_undo_a_round(world):
    case, _ = driving.applied(world, "a1")
    commands_rounds.ask_round(world.actor("bureau.hr"), commands_rounds.AskRound(case.id, 1), now=world.now)
    world.work()
    with transaction() as session:
        session.execute(update(ACCOUNT).where(ACCOUNT.c.band.is_(None)).values(approved=ACCOUNT.c.approved - 1))
    case.complete("match", "bureau.hr", "adopt", round_number=1)
    assert (case.open(), world.figures("s02")) == (["publicity"], (6, 1, 0))


def test_a_cancelled_round_keeps_nothing_and_another_can_be_asked(world):
    case, _ = driving.applied(world, "a1")
    asked = commands_rounds.AskRound(case.id, 1)
    round_id = commands_rounds.ask_round(world.actor("bureau.hr"), asked, now=world.now)
    row = world.row(select(ROUND).where(ROUND.c.id == round_id))
    cancel_run(world.actor("bureau.hr"), row.run_id, now=world.now)
    world.work()
    assert world.row(select(ROUND).where(ROUND.c.id == round_id)).done_at is None
    assert driving.matched(world, case).number == 2
    with pytest.raises(Conflict, match=r"exchange\.not_now"):
        commands_rounds.ask_round(world.actor("bureau.hr"), asked, now=world.now)


def test_a_round_needs_somebody_and_somewhere(world):
    case, _ = driving.applied(world)
    with pytest.raises(Invalid, match=r"exchange\.nobody_applied"):
        commands_rounds.ask_round(world.actor("bureau.hr"), commands_rounds.AskRound(case.id), now=world.now)
    with pytest.raises(Invalid, match=r"exchange\.seed"):
        commands_rounds.ask_round(world.actor("bureau.hr"), commands_rounds.AskRound(case.id, -1), now=world.now)


def objected(world, case, who, text="排序有误", by=None):
    command = commands.Object(world.entry(case, who).id, text)
    return commands.appeal(world.actor(by or who), command, now=world.now)


def answered(world, objection_id, outcome, text="已核实"):
    command = commands.AnswerObjection(objection_id, outcome, text)
    commands.answer_objection(world.actor("bureau.hr"), command, now=world.now)


def test_an_appeal_that_is_not_upheld_lets_the_publicity_go_on_with_the_days_that_were_left(world):
    case, _ = driving.applied(world, "a1", "a2")
    driving.matched(world, case)
    with pytest.raises(Invalid, match=r"exchange\.no_appeal"):
        case.complete("publicity", "bureau.hr", "objection")
    asked = objected(world, case, "a3")
    with pytest.raises(Conflict, match=r"exchange\.appealed"):
        objected(world, case, "a3")
    with pytest.raises(Forbidden):
        objected(world, case, "a3", by="s01.hr")
    world.move_to(date(2026, 9, 14))
    case.complete("publicity", "bureau.hr", "objection")
    assert case.open() == ["inquiry"]
    with pytest.raises(Invalid, match=r"exchange\.appeals_open"):
        case.complete("inquiry", "bureau.hr", "done")
    answered(world, asked, "cleared")
    case.complete("inquiry", "bureau.hr", "done")
    assert (case.open(), case.timers()[0].rule) == (["publicity"], "3 workdays")
    assert world.figures("s02") == (6, 2, 0)


def test_who_is_struck_loses_the_place_and_its_hold_and_the_others_go_on(world):
    case, _ = driving.applied(world, "a1", "a2")
    driving.matched(world, case)
    asked = objected(world, case, "a1", by="bureau.hr")
    case.complete("publicity", "bureau.hr", "objection")
    answered(world, asked, "strike")
    case.complete("inquiry", "bureau.hr", "done")
    assert (world.entry(case, "a1").state, world.entry(case, "a2").state) == ("struck", "placed")
    assert (world.figures("s02"), world.figures("s02", "middle")) == ((6, 1, 0), (6, 1, 0))
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    world.work()
    assert len(world.placements(case)) == 1


def test_an_upheld_appeal_gives_anew_only_what_was_appealed_against(world):
    case, _ = driving.applied(world, "a1", "a2", count=1, more="point")
    first = driving.matched(world, case)
    kept = world.entry(case, "a3")
    loser = "a2" if world.entry(case, "a1").state == "placed" else "a1"
    asked = objected(world, case, loser)
    world.move_to(date(2026, 9, 14))
    case.complete("publicity", "bureau.hr", "objection")
    winner = world.entry(case, "a1" if loser == "a2" else "a2")
    settled = commands.SettleEntry(winner.id, winner.version, "HOLD", "核查中")
    commands.settle_entry(world.actor("bureau.hr"), settled, now=world.now)
    with pytest.raises(Conflict, match=r"exchange\.stale"):
        commands.settle_entry(world.actor("bureau.hr"), settled, now=world.now)
    answered(world, asked, "rematch")
    case.complete("inquiry", "bureau.hr", "done")
    assert (case.open(), world.figures("s02"), world.figures("point")) == (["match"], (6, 0, 0), (2, 1, 0))
    second = driving.matched(world, case)
    assert set(second.result["assignment"]) == {world.entry(case, loser).id}
    assert (second.inputs["goals"]["placed"], second.quality["goals"]["target"]) == (1, [2, 2])
    assert (world.entry(case, "a3").version, world.entry(case, "a3").round_id) == (kept.version, first.id)
    assert case.timers()[0].rule == "5 workdays"
    assert (world.figures("s02"), world.figures("s02", "middle"), world.figures("point")) == (
        (6, 1, 0), (6, 1, 0), (2, 1, 0),
    )  # fmt: skip
    seen = {one.number: one.adopted for one in queries_rounds.rounds(world.actor("bureau.leader"), case.id)}
    why = {who: queries_rounds.explanation(world.actor(who), world.entry(case, who).id) for who in ("a3", loser)}
    assert (seen, why["a3"].round_number, why[loser].round_number) == ({1: True, 2: True}, 1, 2)


def test_after_a_rematch_the_new_list_alone_is_public(world):
    case, _ = driving.applied(world, "a1", "a2", count=1, more="point")
    driving.matched(world, case)
    [first] = published.notices("zh", case.driver.now.date())
    loser = "a2" if world.entry(case, "a1").state == "placed" else "a1"
    asked = objected(world, case, loser)
    case.complete("publicity", "bureau.hr", "objection")
    answered(world, asked, "rematch")
    case.complete("inquiry", "bureau.hr", "done")
    driving.matched(world, case)
    [second] = published.notices("zh", case.driver.now.date())
    assert second.id != first.id
    with pytest.raises(NotFound, match=r"publicity\.absent"):
        published.notice(first.id, "zh", case.driver.now.date())


def test_an_appeal_that_waits_when_the_period_ends_is_looked_into_before_the_decision(world):
    case, _ = driving.applied(world, "a1")
    driving.matched(world, case)
    asked = objected(world, case, "a2")
    driving.published(world, case)
    assert case.open() == ["inquiry"]
    answered(world, asked, "cleared")
    case.complete("inquiry", "bureau.hr", "done")
    assert (case.open(), case.timers()[0].rule) == (["publicity"], "0 workdays")
    driving.published(world, case)
    assert case.open() == ["decision"]


def test_the_meeting_may_want_the_round_again_or_refuse_the_plan(world):
    case, _ = driving.applied(world, "a1")
    driving.matched(world, case)
    driving.published(world, case)
    driving.meet(world, case, "decision", "return")
    assert (case.open(), world.figures("s02"), world.entry(case, "a1").state) == (["match"], (6, 0, 0), "applied")
    driving.matched(world, case)
    driving.published(world, case)
    driving.meet(world, case, "decision", "reject")
    assert (case.state, world.figures("s02"), world.entry(case, "a1").state) == ("rejected", (6, 0, 0), "applied")
    assert driving.start(world).state == "running"


def test_a_plan_that_is_cancelled_leaves_nobody_with_a_place(world):
    case, _ = driving.applied(world, "a1")
    driving.matched(world, case)
    assert world.entry(case, "a1").state == "placed"
    assert given_back(world, case) == ["cancel.released", "cancel.released", "cancel.places"]
    cancel_instance(world.actor("bureau.hr"), CaseCommand(case.id, reason="计划作废"), now=world.now)
    left = world.entry(case, "a1")
    assert (left.state, left.opening_id, world.figures("s02")) == ("applied", None, (6, 0, 0))
    reached = {goal.name: goal.reached for goal in queries.plan(world.actor("bureau.hr"), case.id).goals}
    assert reached["target"] == 0


def test_posts_that_are_taken_between_the_round_and_its_adoption_are_an_outcome_not_an_error(world, monkeypatch):
    case, _ = driving.applied(world, "a1")
    full = Full("account", "s02", "headcount", None, False, 1, 0)
    monkeypatch.setattr(operations_round, "hold_many", lambda *_: full)
    driving.matched(world, case)
    assert (case.open(), case.variables["ledger_full"], world.entry(case, "a1").state) == (["match"], True, "applied")


def test_placements_that_were_not_begun_are_asked_for_again(world):
    case, _ = driving.applied(world, "a1", "a2")
    driving.matched(world, case)
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    run = world.row(select(RUN).where(RUN.c.kind == "case.begin_many"))
    cancel_run(world.actor("bureau.leader"), run.id, now=world.now)
    world.work()
    assert (case.state, world.placements(case)) == ("running", [])
    commands_rounds.begin_again(world.actor("bureau.hr"), case.id, now=world.now)
    world.work()
    assert (case.state, len(world.placements(case))) == ("completed", 2)
    with pytest.raises(Conflict, match=r"instance\.not_running"):
        commands_rounds.begin_again(world.actor("bureau.hr"), case.id, now=world.now)


def test_what_was_objected_stays_legible_when_the_keys_are_changed(world, application):
    case, _ = driving.applied(world, "a1")
    driving.matched(world, case)
    asked = objected(world, case, "a1", text="身体原因")
    answered(world, asked, "cleared", "已与本人说明")
    new = base64.b64encode(bytes(range(1, 33))).decode()
    for keys in ((new, KEY), (new,)):
        application.extensions["lectern.settings"] = replace(
            application.extensions["lectern.settings"], field_keys=keys
        )
        if len(keys) == 2:
            assert {one.what: one.written for one in rotate(world.now)}["objections"] == 1
    found = queries_list.objections(world.actor("bureau.hr"), case.id, "appeal")
    assert [(one.text, one.answer) for one in found] == [("身体原因", "已与本人说明")]


def test_anybody_objects_on_the_public_page_and_the_inquiry_has_to_answer(world):
    case, _ = driving.applied(world, "a1", "a2")
    driving.matched(world, case)
    [notice] = published.notices("zh", case.driver.now.date())
    assert {line.name for line in notice.lines} == {"a1", "a2"}
    line = next(line for line in notice.lines if line.name == "a1")
    assert (line.place, line.what) == ("S01", "语文 · 调入 S02")
    sent = ObjectTo(notice.id, line=line.key, text="该教师尚在服务期")
    object_to(Actor.anonymous(), sent, now=world.now)
    suspended = [one.suspended for one in published.notices("zh", case.driver.now.date())]
    assert (case.open(), suspended) == (["inquiry"], [True])
    [found] = queries_list.objections(world.actor("bureau.hr"), case.id, "appeal")
    assert (found.name, found.text, found.outcome) == ("a1", "该教师尚在服务期", None)
    nobody = replace(world.actor("s01.hr"), person_id=None)
    assert [queries_list.objections(who, case.id, "appeal") for who in (world.actor("a1"), nobody)] == [[], []]
    own = objected(world, case, "a1", "本人也有异议")
    with pytest.raises(Invalid, match=r"exchange\.appeals_open"):
        case.complete("inquiry", "bureau.hr", "done")
    answered(world, found.id, "cleared")
    answered(world, own, "cleared")
    case.complete("inquiry", "bureau.hr", "done")
    assert case.open() == ["publicity"]
