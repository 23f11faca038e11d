"""Recalls (撤回): what is put back, exactly; what is final, and why."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from service.access.actor import Actor
from service.db import db
from service.errors import Conflict, Forbidden
from service.instances.commands import CaseCommand, suspend_instance
from service.notices import delivery
from service.tasks import queries
from service.tasks.commands import SaveDraft, TaskCommand, claim_task, save_draft
from service.tasks.commands_recalling import clean_up
from service.tasks.commands_seats import CopyTask, copy_task
from service.tasks.queries import RecallOffer
from service.tasks.view import view
from tests.driver import Case, Driver
from tests.service.tasks import desk as desks
from tests.service.tasks import flows
from tests.service.tasks.desk import Desk
from tests.service.tasks.recalls import expect_same, recall, refused
from tests.service.tasks.returns import FILL, POLICIES, at_check, block, check, events, give_back, line, seats
from tests.workflows import diagrams as d

WINDOW = timedelta(minutes=2)


def test_a_recall_restores_the_state_and_what_was_signed_is_the_draft(driver: Driver) -> None:
    case = at_check(driver, line(check(form="small-start", fields="count:write,note:write")))
    for by in ("bureau.hr", "bureau.chief"):
        expect_same(case, by, lambda by=by: case.complete("check", by, "approve", "属实", count=7, note="改"), "check")  # type: ignore[misc]
    draft = view(driver.actor("bureau.chief"), case.task("check").id).draft
    db.session.rollback()
    assert (draft.values, draft.decision, draft.opinion) == ({"count": 7, "note": "改"}, "approve", "属实")
    assert case.variables["count"] == 3
    assert [event.kind for event in events(case, "task.recalled")] == ["task.recalled"] * 2
    case.complete("check", "bureau.hr", "approve", count=4)
    assert case.open() == ["last"]


def test_every_policy_inside_and_outside_a_block(quick_driver: Driver) -> None:
    """Of a decided task, of one that is not decided yet, of a return."""
    for signing in POLICIES:
        for files in (line(check(signing=signing)), block(signing=signing)):
            case = at_check(quick_driver, files)
            expect_same(case, "bureau.hr", lambda case=case: case.complete("check", "bureau.hr", "approve"), "check")  # type: ignore[misc]
            expect_same(case, "bureau.hr", lambda case=case: give_back(case, "bureau.hr", "previous"), "check")  # type: ignore[misc]
            if signing in ("all", "sequence"):
                case.complete("check", "bureau.hr", "approve")
                expect_same(
                    case, "bureau.chief", lambda case=case: case.complete("check", "bureau.chief", "approve"), "check"
                )  # type: ignore[misc]
                assert seats(case, "check") == [("signed", "approve"), ("open", None)]


def test_the_draft_of_another_signer_comes_back_too(driver: Driver) -> None:
    case = at_check(driver, line(check(signing="any")))
    draft = SaveDraft(case.task("check").id, {}, "reject", "还要看看")
    save_draft(driver.actor("bureau.chief"), draft, now=driver.now)
    expect_same(case, "bureau.hr", lambda: case.complete("check", "bureau.hr", "approve"), "check")


def test_in_a_sequence_a_ballot_stands_once_the_next_has_begun(quick_driver: Driver) -> None:
    for begin in ("draft", "sign"):
        case = at_check(quick_driver, line(check(signing="sequence")))
        task = case.task("check")
        case.complete("check", "bureau.hr", "approve")
        if begin == "draft":
            save_draft(quick_driver.actor("bureau.chief"), SaveDraft(task.id, {}, None, "…"), now=quick_driver.now)
        else:
            case.complete("check", "bureau.chief", "approve")
        assert refused(case, "bureau.hr", task.id) == ("recall.acted" if begin == "draft" else "recall.not_last")


def test_the_next_who_claims_drafts_copies_or_decides_makes_it_final(quick_driver: Driver) -> None:
    acts: dict[str, Callable[[Case], Any]] = {
        "claim": lambda case: claim_task(
            quick_driver.actor("bureau.leader"), TaskCommand(case.task("last").id, 1), now=quick_driver.now
        ),
        "draft": lambda case: save_draft(
            quick_driver.actor("bureau.leader"), SaveDraft(case.task("last").id, {}), now=quick_driver.now
        ),
        "copy": lambda case: copy_task(
            quick_driver.actor("bureau.leader"),
            CopyTask(case.task("last").id, None, (quick_driver.county.persons["bureau.hr"],)),
            now=quick_driver.now,
        ),
        "decide": lambda case: case.complete("last", "bureau.leader", "approve"),
    }
    codes = {}
    for name, act in acts.items():
        case = at_check(quick_driver, line())
        task = case.task("check")
        case.complete("check", "bureau.hr", "approve")
        act(case)
        codes[name] = refused(case, "bureau.hr", task.id)
    assert codes == {"claim": "recall.acted", "draft": "recall.acted", "copy": "recall.acted", "decide": "recall.ended"}


def test_what_left_the_case_is_final_and_the_reason_is_told(quick_driver: Driver) -> None:
    ends = flows.line(check(), ids=("check",))
    throws = flows.flow(
        [
            check(),
            d.node("intermediateThrowEvent", "send", d.on("message", "news")),
            flows.task("last", "bureau_leader"),
        ],
        [d.path("start", "check", "send", "last", "end")],
    )
    throws["flow.bpmn"] = throws["flow.bpmn"].replace(
        b"<bpmn:process", d.message("news", '="k"').encode() + b"<bpmn:process"
    )
    kills = flows.flow(
        [
            d.gateway("parallel", "fork"),
            check(),
            flows.task("other", "staffing_officer"),
            d.end("stop", d.tag("bpmn:terminateEventDefinition")),
        ],
        [d.path("start", "fork", "check", "stop"), d.path("fork", "other", "end")],
    )
    for files, code in ((ends, "recall.ended"), (throws, "recall.message"), (kills, "recall.ended")):
        quick_driver.deploy(files)
        case = quick_driver.start("small", "s01.hr", "s01", count=3)
        task = case.task("check")
        case.complete("check", "bureau.hr", "approve")
        assert refused(case, "bureau.hr", task.id) == code
    case = at_check(quick_driver, block())
    task = case.task("check")
    give_back(case, "bureau.hr", "fill")
    assert refused(case, "bureau.hr", task.id) == "recall.closed"


def test_only_who_decided_takes_it_back_and_only_the_last_step_of_the_case(driver: Driver) -> None:
    case = at_check(driver, block())
    first, other = case.task("check"), case.task("other")
    case.complete("check", "bureau.hr", "approve")
    for stranger in ("bureau.chief", "bureau.leader"):
        with pytest.raises(Forbidden):
            recall(case, stranger, first.id)
    case.complete("other", "staffing.office", "approve")
    assert refused(case, "bureau.hr", first.id) == "recall.not_last"
    recall(case, "staffing.office", other.id)
    assert case.open() == ["other"]
    any_of = at_check(driver, line(check(signing="any")))
    decided = any_of.task("check")
    any_of.complete("check", "bureau.hr", "approve")
    assert refused(any_of, "bureau.chief", decided.id) == "recall.not_yours"


def test_after_the_window_or_when_somebody_was_told_it_is_final(driver: Driver) -> None:
    case = at_check(driver, line())
    task = case.task("check")
    case.complete("check", "bureau.hr", "approve")
    offer = queries.recall_offer(driver.actor("bureau.hr"), task.id, driver.now)
    db.session.rollback()
    assert offer == RecallOffer(driver.now + WINDOW, None)
    driver.clock.advance(WINDOW - timedelta(seconds=1))
    delivery.deliver(driver.now + timedelta(seconds=2))
    assert refused(case, "bureau.hr", task.id) == "recall.told"
    driver.clock.advance(timedelta(seconds=1))
    assert refused(case, "bureau.hr", task.id) == "recall.too_late"
    assert clean_up(Actor.system(), now=driver.now) == 1
    assert refused(case, "bureau.hr", task.id) == "recall.too_late"


def test_a_suspended_case_and_a_ballot_that_comes_too_late(driver: Driver) -> None:
    case = at_check(driver, line(check(signing="all")))
    task = case.task("check")
    case.complete("check", "bureau.hr", "approve")
    driver.clock.advance(WINDOW)
    assert refused(case, "bureau.hr", task.id) == "recall.too_late"
    other = at_check(driver, line())
    decided = other.task("check")
    other.complete("check", "bureau.hr", "approve")
    suspend_instance(driver.actor("bureau.hr"), CaseCommand(other.id, reason="核实"), now=driver.now)
    assert refused(other, "bureau.hr", decided.id) == "instance.not_running"


def test_a_step_for_nobody_is_taken_back_with_its_incident(driver: Driver) -> None:
    nobody = flows.task("last", "=[]")
    case = at_check(driver, flows.line(FILL, check(), nobody, ids=("fill", "check", "last")))
    expect_same(case, "bureau.hr", lambda: case.complete("check", "bureau.hr", "approve"), "check")


def test_every_signature_of_a_desk_is_taken_back_also_those_of_who_was_drawn_in(quick_driver: Driver) -> None:
    actors = desks.acting(desks.staffed(quick_driver))
    drawn: list[Callable[[Desk], None]] = [
        lambda desk: desk.before("a", "x", "y"),
        lambda desk: desk.after("a", "x"),
        lambda desk: desk.delegate("a", "x"),
    ]  # fmt: skip
    for policy in ("single", "all", "any", "sequence"):
        key = desks.deploy(quick_driver, policy)
        for draw in drawn:
            desk = Desk(quick_driver, key, actors)
            draw(desk)
            while "check" in desk.case.open():
                by = desk.turn[0]
                expect_same(desk.case, by, partial(desk.sign, by), "check")
                desk.sign(by)
    desk = Desk(quick_driver, desks.deploy(quick_driver, "vote"), actors)
    desk.case.complete("check", "a", "yes", "")
    assert refused(desk.case, "a", desk.task_id) == "recall.vote"


def test_advice_that_was_asked_for_returns_nothing(quick_driver: Driver) -> None:
    actors = desks.acting(desks.staffed(quick_driver))
    desk = Desk(quick_driver, desks.deploy(quick_driver, "all", returnTo="any"), actors)
    desk.before("a", "x")
    with pytest.raises(Conflict) as error:
        give_back(desk.case, "x", "previous")
    assert error.value.code == "seat.adviser_returns"
