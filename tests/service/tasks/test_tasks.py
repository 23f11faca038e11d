"""Claim, draft, sign, complete: what people do with a task, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.tasks import queries, queries_boxes
from service.tasks.commands import (
    CompleteTask,
    Recuse,
    SaveDraft,
    TaskCommand,
    claim_task,
    complete_task,
    recuse_task,
    save_draft,
    unclaim_task,
)
from service.tasks.models import Seat, Task
from service.tasks.queries_boxes import BoxQuery
from service.tasks.view import view
from tests.driver import Case, Driver
from tests.service.tasks import flows

CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve,return", dueIn="5 workdays")
NEXT = flows.task("next", assignee="=initiator", decisions="approve")


def started(driver: Driver, *nodes: str, ids: tuple[str, ...] = ("check", "next")) -> Case:
    driver.deploy(flows.line(*(nodes or (CHECK, NEXT)), ids=ids))
    return driver.start("small", by="s01.principal", count=3)


def box(driver: Driver, who: str, name: str = "todo") -> list[str]:
    found = [row.element_id for row in queries_boxes.page(driver.actor(who), BoxQuery(name)).items]
    db.session.rollback()
    return found


def kinds(case: Case) -> list[str]:
    found = [event.kind for event in timeline.events(db.session(), f"instance:{case.id}")]
    db.session.rollback()
    return found


def test_a_task_goes_from_the_role_to_the_next_person_with_its_values(driver: Driver) -> None:
    case = started(driver)
    assert case.open() == ["check"]
    assert box(driver, "bureau.hr", "claimable") == ["check"]
    case.complete("check", "bureau.hr", "approve", count=2)
    assert case.open() == ["next"]
    assert case.variables["count"] == 2
    assert case.variables["check"]["decision"] == "approve"
    assert case.variables["check"]["by"] == driver.county.persons["bureau.hr"]
    assert box(driver, "bureau.hr", "claimable") == []
    assert box(driver, "bureau.hr", "done") == ["check"]
    assert box(driver, "s01.principal") == ["next"]
    case.complete("next", "s01.principal", "approve")
    assert case.state == "completed"
    assert kinds(case)[:2] == ["instance.started", "task.opened"]
    assert kinds(case)[-1] == "instance.ended"


def test_a_case_has_a_number_a_title_and_a_deadline(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    assert task.case.business_key == "XL-2026-0001"
    assert "S01" in task.case.title
    assert [(timer.kind, timer.rule) for timer in case.timers()] == [("due", "5 workdays")]
    assert task.due_at.date().isoformat() == "2026-09-17"
    case.complete("check", "bureau.hr", "approve", count=2)
    assert case.timers() == []


def test_a_claimed_task_is_the_claimants_until_it_is_given_back(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    officer = driver.actor("bureau.hr")
    claim_task(officer, TaskCommand(task.id, 1), now=driver.now)
    assert box(driver, "bureau.hr", "claimable") == []
    assert box(driver, "bureau.hr") == ["check"]
    with pytest.raises(Conflict) as twice:
        claim_task(officer, TaskCommand(task.id, 2), now=driver.now)
    assert twice.value.code == "task.claimed"
    unclaim_task(officer, TaskCommand(task.id, 2), now=driver.now)
    assert box(driver, "bureau.hr", "claimable") == ["check"]
    assert [event for event in kinds(case) if event.startswith("task.")] == [
        "task.opened",
        "task.claimed",
        "task.unclaimed",
    ]


def test_a_stale_version_is_refused(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    officer = driver.actor("bureau.hr")
    claim_task(officer, TaskCommand(task.id, 1), now=driver.now)
    with pytest.raises(Conflict) as stale:
        complete_task(officer, CompleteTask(task.id, 1, "approve", None, {"count": 1}), now=driver.now)
    assert stale.value.code == "task.stale"
    with pytest.raises(Invalid) as missing:
        complete_task(officer, CompleteTask(task.id, None, "approve", None, {"count": 1}), now=driver.now)
    assert missing.value.code == "version.missing"


def test_a_task_of_others_is_absent_and_one_that_is_only_visible_is_forbidden(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    command = CompleteTask(task.id, 1, "approve", None, {"count": 1})
    with pytest.raises(NotFound):
        complete_task(driver.actor("s02.principal"), command, now=driver.now)
    with pytest.raises(Forbidden):
        complete_task(driver.actor("s01.principal"), command, now=driver.now)
    assert case.open() == ["check"]


def test_a_completed_task_cannot_be_completed_again(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    case.complete("check", "bureau.hr", "approve", count=2)
    with pytest.raises(Conflict) as again:
        complete_task(
            driver.actor("bureau.hr"), CompleteTask(task.id, 1, "approve", None, {"count": 1}), now=driver.now
        )
    assert again.value.code == "task.closed"


def test_a_return_needs_words_and_an_unknown_decision_names_the_allowed_ones(driver: Driver) -> None:
    case = started(driver)
    with pytest.raises(Invalid) as silent:
        case.complete("check", "bureau.hr", "return", opinion=" ")
    assert silent.value.code == "opinion.missing"
    with pytest.raises(Invalid) as unknown:
        case.complete("check", "bureau.hr", "perhaps")
    assert unknown.value.params["allowed"] == "approve, return"


def test_a_wrong_value_leaves_nothing_behind(driver: Driver) -> None:
    case = started(driver)
    with pytest.raises(Invalid):
        case.complete("check", "bureau.hr", "approve", count=99)
    db.session.rollback()
    assert case.open() == ["check"]
    assert db.session.scalars(select(Seat)).all() == []
    assert case.variables["count"] == 3


def test_a_draft_comes_back_on_the_page_and_goes_when_the_task_is_done(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    officer = driver.actor("bureau.hr")
    save_draft(officer, SaveDraft(task.id, {"count": 999, "note": "先放着"}, "return", "还没写完"), now=driver.now)
    shown = view(officer, task.id)
    assert shown.data == {"count": 999, "note": "先放着"}
    assert shown.draft.opinion == "还没写完"
    db.session.rollback()
    assert view(driver.actor("bureau.chief"), task.id).draft is None
    db.session.rollback()
    case.complete("check", "bureau.hr", "approve", count=2)
    assert queries.draft(officer, task.id) is None


def test_the_view_says_what_why_and_what_may_be_decided(driver: Driver) -> None:
    case = started(driver)
    shown = view(driver.actor("bureau.hr"), case.task("check").id)
    assert [choice.value for choice in shown.choices] == ["approve", "return"]
    assert [choice.needs_reason for choice in shown.choices] == [False, True]
    assert shown.reasons[0].code == "reason.role"
    assert shown.reasons[0].params["role"] == "bureau_hr_officer"
    assert shown.may_act is True
    db.session.rollback()
    assert view(driver.actor("s01.principal"), case.task("check").id).may_act is False


SEQUENCE = flows.task(
    "check", "bureau_hr_officer, bureau_hr_chief", form="small-start", signing="sequence", decisions="approve,return"
)
ALL = flows.task("check", "staffing_officer, hr_bureau_officer", signing="all", decisions="approve,return")
ANY = flows.task("check", "staffing_officer, hr_bureau_officer", signing="any", decisions="approve,return")


def test_a_sequence_passes_from_seat_to_seat(driver: Driver) -> None:
    case = started(driver, SEQUENCE, NEXT)
    assert (box(driver, "bureau.hr"), box(driver, "bureau.chief")) == (["check"], [])
    assert case.complete("check", "bureau.hr", "approve").decided is False
    assert (box(driver, "bureau.hr"), box(driver, "bureau.chief")) == ([], ["check"])
    assert box(driver, "bureau.hr", "done") == ["check"]
    with pytest.raises(Conflict):
        case.complete("check", "bureau.hr", "approve")
    assert case.complete("check", "bureau.chief", "approve").decided is True
    assert case.open() == ["next"]
    assert [ballot["decision"] for ballot in case.variables["check"]["ballots"]] == ["approve", "approve"]


def test_a_countersignature_needs_all_and_one_refusal_ends_it(driver: Driver) -> None:
    case = started(driver, ALL, NEXT)
    case.complete("check", "staffing.office", "approve")
    assert case.open() == ["check"]
    case.complete("check", "hr.bureau", "return")
    assert case.variables["check"]["decision"] == "return"
    again = started(driver, ALL, NEXT)
    again.complete("check", "hr.bureau", "return")
    assert again.open() == ["next"]
    assert box(driver, "staffing.office") == []


def test_any_signature_decides(driver: Driver) -> None:
    case = started(driver, ANY, NEXT)
    case.complete("check", "hr.bureau", "approve")
    assert case.open() == ["next"]
    assert box(driver, "staffing.office") == []


def test_a_task_for_nobody_is_open_and_an_incident(driver: Driver) -> None:
    case = started(driver, flows.task("check", "hr_bureau_officer@nowhere-known", signing="all"), NEXT)
    assert case.open() == ["check"]
    incidents = db.session.execute(select(Task.id)).all()
    assert len(incidents) == 1


def test_the_system_signs_nothing(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    with pytest.raises(Forbidden) as refused:
        complete_task(Actor.system(), CompleteTask(task.id, 1, "approve", None, {"count": 1}), now=driver.now)
    assert refused.value.code == "access.no_person"


def test_who_gave_a_task_back_and_left_the_role_cannot_sign_it(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    officer = driver.actor("bureau.hr")
    claim_task(officer, TaskCommand(task.id, 1), now=driver.now)
    unclaim_task(officer, TaskCommand(task.id, 2), now=driver.now)
    former = replace(officer, roles=())
    with pytest.raises((Forbidden, NotFound)):
        complete_task(former, CompleteTask(task.id, 3, "approve", None, {"count": 1}), now=driver.now)


def test_a_claim_does_not_outlive_the_role_and_hr_gives_the_task_back(driver: Driver) -> None:
    case = started(driver)
    task = case.task("check")
    officer = driver.actor("bureau.hr")
    claim_task(officer, TaskCommand(task.id, 1), now=driver.now)
    former = replace(officer, roles=())
    with pytest.raises(Forbidden):
        complete_task(former, CompleteTask(task.id, 2, "approve", None, {"count": 1}), now=driver.now)
    unclaim_task(driver.actor("bureau.chief"), TaskCommand(task.id, 2), now=driver.now)
    assert box(driver, "bureau.hr", "claimable") == ["check"]


def test_who_stepped_aside_is_not_offered_the_task_again(driver: Driver) -> None:
    case = started(driver)
    recuse_task(driver.actor("bureau.hr"), Recuse(case.task("check").id, 1, "近亲属"), now=driver.now)
    assert box(driver, "bureau.hr", "claimable") == []
    assert queries_boxes.count(driver.actor("bureau.hr"), BoxQuery("claimable")) == 0
    db.session.rollback()
    assert box(driver, "bureau.chief", "claimable") == ["check"]
