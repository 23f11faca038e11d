"""Returns (退回) under each signing policy, out of which branch, and how the case comes back."""

from itertools import product

import pytest
from sqlalchemy import select

from service.db import db
from service.errors import Conflict, Forbidden, Invalid
from service.notices.models import OutboxMessage
from service.tasks import queries_boxes
from service.tasks.commands import TaskCommand, claim_task
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.models import QueueEntry
from service.tasks.queries_boxes import BoxQuery
from tests.driver import Driver
from tests.service.tasks import flows
from tests.service.tasks.returns import (
    FILL,
    POLICIES,
    at_check,
    block,
    check,
    events,
    give_back,
    line,
    rows,
    seats,
    seen,
)
from tests.workflows import diagrams as d


def test_a_return_under_every_policy(quick_driver: Driver) -> None:
    """In a block the target lies in the branch of the task; the other branch stays as it is."""
    for signing, where, reentry in product(POLICIES, ("line", "block"), ("replay", "straight")):
        returned(quick_driver, signing, where, reentry)


def returned(quick_driver: Driver, signing: str, where: str, reentry: str) -> None:
    files, target = (line(check(signing=signing)), "fill") if where == "line" else (block(signing=signing), "enter")
    case = at_check(quick_driver, files)
    beside = [case.task("other")] if where == "block" else []
    if signing == "all":
        case.complete("check", "bureau.chief", "approve")
    first = "bureau.hr" if signing != "single" else "bureau.chief"
    give_back(case, first, "previous", reentry=reentry)
    assert case.open() == sorted([target, *(task.element_id for task in beside)])
    assert all(case.task("other") == task for task in beside)
    said = {"single": [("signed", "return")], "all": [("signed", "return"), ("signed", "approve")]}
    assert seats(case, "check") == said.get(signing, [("signed", "return"), ("superseded", None)])
    assert rows(select(QueueEntry.holder).where(QueueEntry.task_id == events(case, "task.returned")[0].body["task_id"],
                                                QueueEntry.box != "done")) == []  # fmt: skip
    if target == "fill":
        case.complete("fill", "s01.hr", "complete", count=3)
    else:
        case.complete("enter", "bureau.hr", "approve")
    assert "check" in case.open()
    back = case.task("check")
    assert (back.reentry is not None) == (reentry == "straight")
    assert {seat.state for seat in back.seats} <= {"open", "waiting"}
    if signing == "single" and reentry == "straight":
        assert back.claimant_id == quick_driver.county.persons[first]


def test_a_return_to_before_the_fork_closes_the_other_branch_and_comes_back_only_step_by_step(driver: Driver) -> None:
    case = at_check(driver, block())
    with pytest.raises(Conflict) as refused:
        give_back(case, "bureau.hr", "fill", reentry="straight")
    assert refused.value.code == "return.not_straight"
    assert case.open() == ["check", "other"]
    give_back(case, "bureau.hr", "fill")
    assert case.open() == ["fill"]
    assert len(events(case, "task.cancelled")) == 1
    case.complete("fill", "s01.hr", "complete", count=3)
    assert case.open() == ["enter", "other"]


def test_straight_back_shows_what_was_changed_and_skips_the_steps_between(driver: Driver) -> None:
    files = line()
    case = at_check(driver, files)
    case.complete("check", "bureau.hr", "approve")
    give_back(case, "bureau.leader", "fill", step="last", reentry="straight")
    assert case.open() == ["fill"]
    case.complete("fill", "s01.hr", "complete", count=5, note="second")
    assert case.open() == ["last"]
    assert case.task("last").claimant_id == driver.county.persons["bureau.leader"]


def test_who_has_it_back_sees_old_and_new_values_of_the_own_form_or_that_nothing_changed(driver: Driver) -> None:
    case = at_check(driver, line(check(fields="count:read,note:hidden")))
    give_back(case, "bureau.hr", "fill", reentry="straight")
    case.complete("fill", "s01.hr", "complete", count=5, note="second")
    found = seen(case, "bureau.hr", "check").changes
    assert found is not None
    assert [(change.field, change.old, change.new) for change in found] == [("count", 3, 5)]
    give_back(case, "bureau.hr", "fill", reentry="straight")
    case.complete("fill", "s01.hr", "complete", count=5, note="second")
    assert seen(case, "bureau.hr", "check").changes == []
    assert seen(case, "bureau.hr", "check").task.reentry is not None


def test_a_correction_that_is_itself_returned_finds_its_way_back_through_both(quick_driver: Driver) -> None:
    case = at_check(quick_driver, line())
    case.complete("check", "bureau.hr", "approve")
    give_back(case, "bureau.leader", "check", step="last", reentry="straight")
    assert case.task("check").claimant_id == quick_driver.county.persons["bureau.hr"]
    give_back(case, "bureau.hr", "fill", reentry="straight")
    case.complete("fill", "s01.hr", "complete", count=3)
    assert case.open() == ["check"]
    case.complete("check", "bureau.hr", "approve")
    assert case.open() == ["last"]
    case.complete("last", "bureau.leader", "approve")
    assert case.state == "completed"


def test_only_the_agreeing_decision_goes_straight_back(quick_driver: Driver) -> None:
    gate = d.gateway("exclusive", "verdict", default="on")
    last = flows.task("last", "bureau_leader", decisions="approve")
    nodes = (FILL, check(), gate, last, d.end("refused"))
    links = (d.path("start", "fill", "check", "verdict"), d.flow("verdict", "last", None, "on"), d.path("last", "end"),
             d.flow("verdict", "refused", '=check.decision = "reject"'))  # fmt: skip
    case = at_check(quick_driver, flows.flow(nodes, links))
    case.complete("check", "bureau.hr", "approve")
    give_back(case, "bureau.leader", "check", step="last", reentry="straight")
    case.complete("check", "bureau.hr", "reject")
    assert case.state == "completed"


def test_the_correction_has_five_working_days_unless_the_step_says_otherwise(quick_driver: Driver) -> None:
    case = at_check(quick_driver, line())
    give_back(case, "bureau.hr", "fill")
    correction = case.task("fill")
    assert correction.due_at.isoformat() == "2026-09-17T10:00:00+00:00"
    assert "correction_workdays" in events(case, "parameters.used")[-1].body["parameters"]
    case.complete("fill", "s01.hr", "complete", count=3)
    case.complete("check", "bureau.hr", "approve")
    give_back(case, "bureau.leader", "check", step="last")
    assert [row.rule for row in case.timers()] == ["5 workdays"]
    assert case.task("check").due_at > case.task("check").opened_at


def test_who_did_the_step_before_has_it_again_while_the_role_lasts(quick_driver: Driver) -> None:
    case = at_check(quick_driver, line())
    case.complete("check", "bureau.chief", "approve")
    give_back(case, "bureau.leader", "previous", step="last")
    assert case.task("check").claimant_id == quick_driver.county.persons["bureau.chief"]
    opened = events(case, "task.opened")[-1].body
    assert opened["claimant"] == opened["reentry"]["former"] == quick_driver.county.persons["bureau.chief"]
    box = queries_boxes.page(quick_driver.actor("bureau.hr"), BoxQuery("claimable")).items
    db.session.rollback()
    assert box == []


def test_a_return_needs_a_reason_a_seat_and_the_present_version(quick_driver: Driver) -> None:
    case = at_check(quick_driver, line(check(signing="sequence")))
    with pytest.raises(Invalid) as silent:
        give_back(case, "bureau.hr", reason="  ")
    assert silent.value.code == "reason.missing"
    with pytest.raises(Conflict) as waiting:
        give_back(case, "bureau.chief")
    assert waiting.value.code == "seat.closed"
    with pytest.raises(Forbidden):
        give_back(case, "s01.hr")
    single = at_check(quick_driver, line())
    task = single.task("check")
    claim_task(quick_driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=quick_driver.now)
    with pytest.raises(Conflict) as stale:
        command = ReturnTask(task.id, task.version, target="fill", reason="理由")
        return_task(quick_driver.actor("bureau.hr"), command, now=quick_driver.now)
    assert stale.value.code == "task.stale"
    with pytest.raises(Conflict) as taken:
        give_back(single, "bureau.chief")
    assert taken.value.code == "task.claimed"


def test_a_returned_case_may_still_be_withdrawn(quick_driver: Driver) -> None:
    case = at_check(quick_driver, line(check(final="true")))
    give_back(case, "bureau.hr")
    case.withdraw("s01.hr")
    assert case.state == "withdrawn"


def test_the_record_tells_the_return_and_its_reason(quick_driver: Driver) -> None:
    case = at_check(quick_driver, line())
    give_back(case, "bureau.hr", "fill", reentry="straight", reason="缺编制证明")
    signed = events(case, "task.signed")[-1]
    assert (signed.body["decision"], signed.body["opinion"]) == ("return", "缺编制证明")
    told = events(case, "task.returned")[0].body
    assert (told["target"], told["reentry"]) == ("fill", "straight")
    assert [row.kind for row in rows(select(OutboxMessage.kind).order_by(OutboxMessage.id))][-1] == "task.opened"
