"""Cases as a whole: withdrawn, suspended, resumed, expired, failed and repeated."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.incidents.models import Incident
from service.instances import commands
from service.instances.commands import CaseCommand
from service.instances.due import fire_due
from service.instances.models import ProcessCase
from service.tasks.models import QueueEntry
from tests.driver import Case, Driver
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows.models import Timer

CHECK = flows.task("check", "bureau_hr_officer", decisions="approve,return", dueIn="5 workdays", owedBy="authority",
                   onExpiry="escalate", remindBefore="2 工作日")  # fmt: skip
FINAL = flows.task("decide", "bureau_leader", decisions="approve", final="true")
LAST = flows.task("last", assignee="=initiator", decisions="approve", dueIn="5 workdays", owedBy="applicant",
                  onExpiry="decide:expire")  # fmt: skip


def started(driver: Driver) -> Case:
    driver.deploy(flows.line(CHECK, FINAL, LAST, ids=("check", "decide", "last")))
    return driver.start("small", by="s01.principal", count=3)


def kinds(case: Case) -> list[str]:
    found = [event.kind for event in timeline.events(db.session(), f"instance:{case.id}")]
    db.session.rollback()
    return found


def queued() -> int:
    found = len(db.session.scalars(select(QueueEntry.id).where(QueueEntry.box != "done")).all())
    db.session.rollback()
    return found


def test_the_initiator_withdraws_and_nothing_is_left_waiting(driver: Driver) -> None:
    case = started(driver)
    case.withdraw("s01.principal")
    assert case.state == "withdrawn"
    assert (case.open(), case.timers(), queued()) == ([], [], 0)
    assert kinds(case)[-3:] == ["instance.withdrawn", "task.cancelled", "instance.ended"]


def test_nobody_else_withdraws(driver: Driver) -> None:
    case = started(driver)
    with pytest.raises(Forbidden):
        case.withdraw("bureau.hr")
    with pytest.raises(NotFound):
        case.withdraw("s02.principal")
    assert case.state == "running"


def test_after_the_final_decision_a_case_cannot_be_withdrawn(driver: Driver) -> None:
    case = started(driver)
    case.complete("check", "bureau.hr", "approve")
    case.complete("decide", "bureau.leader", "approve")
    with pytest.raises(Conflict) as late:
        case.withdraw("s01.principal")
    assert late.value.code == "instance.decided"


def test_a_suspended_case_stands_still_and_goes_on_with_the_days_it_had(driver: Driver) -> None:
    case = started(driver)
    driver.clock.advance(timedelta(days=1))
    chief = driver.actor("bureau.chief")
    commands.suspend_instance(chief, CaseCommand(case.id, reason="举报核查"), now=driver.now)
    assert case.state == "suspended"
    with pytest.raises(Conflict) as refused:
        case.complete("check", "bureau.hr", "approve")
    assert refused.value.code == "instance.not_running"
    driver.clock.advance(timedelta(days=30))
    assert fire_due(driver.now, now=driver.now).fired == 0
    commands.resume_instance(driver.actor("bureau.chief"), CaseCommand(case.id), now=driver.now)
    # 2026-09-10 + 5 working days was the 17th: on the 11th four are left; from 2026-10-11 they end on the 15th
    due = next(timer for timer in case.timers() if timer.kind == "due")
    assert due.due_at.date().isoformat() == "2026-10-15"
    assert case.task("check").due_at == due.due_at
    case.complete("check", "bureau.hr", "approve")
    assert case.open() == ["decide"]


def test_suspending_and_cancelling_need_a_reason(driver: Driver) -> None:
    case = started(driver)
    for command in (commands.suspend_instance, commands.cancel_instance):
        with pytest.raises(Invalid) as silent:
            command(driver.actor("bureau.hr"), CaseCommand(case.id, reason=" "), now=driver.now)
        assert silent.value.code == "reason.missing"


def test_a_stale_view_of_a_case_is_refused(driver: Driver) -> None:
    case = started(driver)
    case.complete("check", "bureau.hr", "approve")
    with pytest.raises(Conflict) as stale:
        commands.cancel_instance(driver.actor("bureau.hr"), CaseCommand(case.id, 1, "重复"), now=driver.now)
    assert stale.value.code == "instance.stale"


def test_an_authoritys_silence_reminds_and_escalates_and_decides_nothing(driver: Driver) -> None:
    case = started(driver)
    assert sorted((timer.kind, timer.rule) for timer in case.timers()) == [
        ("due", "5 workdays"),
        ("remind", "0 workdays"),
    ]
    for days in (6, 14):
        driver.clock.advance(timedelta(days=days))
        assert fire_due(driver.now, now=driver.now).fired == 1
    assert case.open() == ["check"]
    assert [timer.kind for timer in case.timers()] == ["overdue"]
    assert [kind for kind in kinds(case) if kind.startswith("task.")][-2:] == ["task.reminded", "task.overdue"]


def test_an_applicants_silence_ends_as_the_diagram_says(driver: Driver) -> None:
    case = started(driver)
    case.complete("check", "bureau.hr", "approve")
    case.complete("decide", "bureau.leader", "approve")
    driver.clock.advance(timedelta(days=14))
    assert fire_due(driver.now, now=driver.now).fired == 1
    assert case.variables["last"] == {
        "decision": "expire",
        "opinion": None,
        "by": "system",
        "at": driver.now.isoformat(),
    }
    assert case.state == "completed"
    assert queued() == 0


def waiting(driver: Driver) -> Case:
    """A case that waits for a timer whose successor cannot be worked out: it fails whenever it fires."""
    broken = d.gateway("exclusive", "choose")
    nodes = (d.catch("period", d.timer("Duration", "7 workdays")), broken, LAST, FINAL)
    links = (
        d.path("start", "period", "choose"),
        d.flow("choose", "last", "=count > 100"),
        d.flow("choose", "decide", "=count > 10"),
        d.path("last", "end"),
        d.path("decide", "end"),
    )
    driver.deploy(flows.flow(nodes, links))
    return driver.start("small", by="s01.principal", count=3)


def test_a_failing_timer_is_tried_again_then_the_case_is_failed_and_the_others_go_on(driver: Driver) -> None:
    case, sound = waiting(driver), started(driver)
    driver.clock.advance(timedelta(days=30))
    for _ in range(5):
        fire_due(driver.now, now=driver.now)
        driver.clock.advance(timedelta(hours=2))
    assert case.state == "failed"
    assert sound.state == "running"
    [incident] = db.session.scalars(select(Incident)).all()
    assert (incident.kind, incident.instance_id, incident.element_id) == ("timer", case.id, "period")
    assert "gateway.no_flow" in incident.message
    db.session.rollback()
    with pytest.raises(Exception, match="no_flow"):
        commands.retry_instance(driver.actor("admin"), CaseCommand(case.id), now=driver.now)
    assert case.state == "failed"


def test_a_retry_repeats_exactly_what_failed(driver: Driver) -> None:
    case = waiting(driver)
    driver.clock.advance(timedelta(days=30))
    for _ in range(5):
        fire_due(driver.now, now=driver.now)
        driver.clock.advance(timedelta(hours=2))
    with transaction() as session:
        held = case._held()
        session.execute(
            db.metadatas[None].tables["process_instance"].update().values(variables={**held.variables, "count": 50})
        )
    assert commands.retry_instance(driver.actor("admin"), CaseCommand(case.id), now=driver.now) == 1
    assert case.state == "running"
    assert case.open() == ["decide"]
    assert db.session.scalars(select(Timer.id).where(Timer.kind == "event")).all() == []


def test_case_numbers_count_up_within_a_year(driver: Driver) -> None:
    first = started(driver)
    second = driver.start("small", by="s01.principal", count=1)
    keys = {row.instance_id: row.business_key for row in db.session.scalars(select(ProcessCase))}
    assert (keys[first.id], keys[second.id]) == ("XL-2026-0001", "XL-2026-0002")


def test_a_school_starts_only_for_itself(driver: Driver) -> None:
    driver.deploy(flows.line(CHECK, ids=("check",)))
    with pytest.raises(Forbidden) as elsewhere:
        driver.start("small", by="s01.principal", organisation="s02", count=1)
    assert elsewhere.value.code == "access.not_starter"
    with pytest.raises(Forbidden):
        driver.start("small", by="s01.teacher", count=1)


def test_a_start_form_is_checked_before_anything_begins(driver: Driver) -> None:
    driver.deploy(flows.line(CHECK, ids=("check",)))
    with pytest.raises(Invalid) as wrong:
        driver.start("small", by="s01.principal", count=0, note="x" * 300, salary=1)
    assert {fault.path for fault in wrong.value.faults} == {"values.count", "values.note", "values.salary"}
    assert db.session.scalars(select(ProcessCase)).all() == []


def test_only_an_admin_fires_a_timer_by_hand(driver: Driver) -> None:
    case = waiting(driver)
    [timer] = case.timers()
    from service.instances.commands_timers import fire_timer

    with pytest.raises(Forbidden):
        fire_timer(driver.actor("bureau.hr"), timer.id, now=driver.now)
    assert fire_timer(Actor.system(), "no-such-timer", now=driver.now) is False
    assert replace(Actor.system(), name="x").is_system
