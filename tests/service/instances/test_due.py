"""What falls due is fired once, by whoever comes first; what cannot be fired now is left or tried again later."""

import threading
from datetime import timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, update

from service.access.actor import Actor
from service.audit.models import AuditEvent
from service.clock import SetClock
from service.db import db, transaction
from service.instances import commands, waiting
from service.instances.commands import CaseCommand
from service.instances.commands_timers import fire_timer
from service.instances.due import LOOK, Firing, fire_due
from tests.driver import Case, Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows.models import ProcessInstance, Timer

PERIOD = d.catch("period", d.timer("Duration", "PT1H"))
AFTER = flows.task("after", "bureau_hr_officer", decisions="approve")


def waiting_cases(driver: Driver, count: int) -> list[Case]:
    """Cases that wait an hour each, one second after the other."""
    driver.deploy(flows.line(PERIOD, AFTER, ids=("period", "after")))
    cases = []
    for _ in range(count):
        cases.append(driver.start("small", by="s01.principal", count=3))
        driver.clock.advance(timedelta(seconds=1))
    return cases


def broken(driver: Driver) -> Case:
    """A case whose timer fails whenever it fires."""
    links = (d.path("start", "period", "choose"), d.flow("choose", "after", "=count > 100"), d.path("after", "end"))
    driver.deploy(flows.flow((PERIOD, d.gateway("exclusive", "choose"), AFTER), links))
    return driver.start("small", by="s01.principal", count=3)


def look(driver: Driver, threads: int = 2) -> float:
    """Look until nothing more is due, however slow this machine is; the pause that follows."""
    firing = Firing(threads)
    while not (pause := firing(driver.now)):
        continue
    return pause


def told(kind: str) -> int:
    found = db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == kind)) or 0
    db.session.rollback()
    return found


def test_one_look_fires_all_that_is_due_and_sleeps_until_the_next_is(driver: Driver) -> None:
    cases = waiting_cases(driver, 5)
    driver.clock.set(cases[2].timers()[0].due_at)
    assert look(driver) == 1.0
    assert [case.open() for case in cases] == [["after"]] * 3 + [[]] * 2
    driver.clock.advance(timedelta(seconds=0.7))
    assert look(driver) == pytest.approx(0.3)
    driver.clock.advance(timedelta(seconds=0.3))
    look(driver)
    assert cases[3].open() == ["after"]
    assert told("timer.fired") == 4


def test_an_earlier_row_that_others_write_is_seen_at_the_next_look(driver: Driver) -> None:
    [case] = waiting_cases(driver, 1)
    assert look(driver) == LOOK.total_seconds()
    with transaction() as session:
        session.execute(update(Timer).values(due_at=driver.now))
    look(driver)
    assert case.open() == ["after"]


def test_a_row_that_failed_elsewhere_after_it_was_seen_keeps_its_pause(driver: Driver) -> None:
    [case] = waiting_cases(driver, 1)
    driver.clock.advance(timedelta(hours=2))
    [seen] = waiting.due(driver.now, driver.now, 10)
    with transaction() as session:
        session.execute(update(Timer).values(attempts=1, retry_at=driver.now + timedelta(minutes=1)))
    assert fire_timer(Actor.system(), seen.timer_id, now=driver.now, found=seen) is False
    assert case.open() == []
    driver.clock.advance(timedelta(minutes=1))
    assert fire_timer(Actor.system(), seen.timer_id, now=driver.now, found=seen) is True


def test_a_row_that_was_moved_after_it_was_seen_does_not_fire(driver: Driver) -> None:
    [case] = waiting_cases(driver, 1)
    driver.clock.advance(timedelta(hours=2))
    [seen] = waiting.due(driver.now, driver.now, 10)
    with transaction() as session:
        session.execute(update(Timer).values(due_at=driver.now + timedelta(days=1)))
    assert fire_timer(Actor.system(), seen.timer_id, now=driver.now, found=seen) is False
    assert case.open() == []
    assert fire_timer(Actor.system(), seen.timer_id, now=driver.now) is True


def test_a_failing_row_waits_longer_each_time_and_keeps_its_moment(driver: Driver) -> None:
    case = broken(driver)
    due_at = case.timers()[0].due_at
    driver.clock.advance(timedelta(hours=2))
    pauses = []
    for _ in range(4):
        assert fire_due(driver.now, now=driver.now).failed == 1
        [timer] = case.timers()
        assert timer.due_at == due_at
        pauses.append(timer.retry_at - driver.now)
        driver.clock.set(timer.retry_at - timedelta(seconds=1))
        assert fire_due(driver.now, now=driver.now).failed == 0
        driver.clock.set(timer.retry_at)
    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    fire_due(driver.now, now=driver.now)
    assert case.state == "failed"


def test_how_often_and_how_soon_is_tried_again_are_parameters(driver: Driver) -> None:
    for key, value in (("timer_attempts", 2), ("timer_pause_minutes", 30)):
        set_parameter(SetParameter(key, value, driver.now.date(), "试用"), now=driver.now)
    case = broken(driver)
    driver.clock.advance(timedelta(hours=2))
    fire_due(driver.now, now=driver.now)
    assert case.timers()[0].retry_at == driver.now + timedelta(minutes=30)
    driver.clock.advance(timedelta(minutes=30))
    fire_due(driver.now, now=driver.now)
    assert case.state == "failed"


def test_a_failed_case_costs_no_look_and_its_deadlines_go_on_after_the_retry(driver: Driver) -> None:
    case = broken(driver)
    driver.clock.advance(timedelta(hours=2))
    for _ in range(5):
        fire_due(driver.now, now=driver.now)
        driver.clock.advance(timedelta(hours=1))
    assert waiting.due(driver.now, driver.now, 10) == []
    assert waiting.lateness(driver.now) == 0
    with transaction() as session:
        session.execute(update(ProcessInstance).values(variables={"count": 500}))
    commands.retry_instance(driver.actor("admin"), CaseCommand(case.id), now=driver.now)
    assert case.open() == ["after"]


def test_a_case_that_somebody_holds_is_left_and_the_others_fire(postgres_app: Flask, clock: SetClock) -> None:
    driver = Driver(counties.build(), clock)
    held, *others = waiting_cases(driver, 5)
    driver.clock.advance(timedelta(hours=2))
    entered, free = threading.Event(), threading.Event()

    def hold() -> None:
        with postgres_app.app_context(), transaction() as session:
            session.execute(select(ProcessInstance.id).where(ProcessInstance.id == held.id).with_for_update())
            entered.set()
            free.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(60)
    assert look(driver) == LOOK.total_seconds()
    assert [case.open() for case in others] == [["after"]] * 4
    assert waiting.lateness(driver.now) > 3600
    free.set()
    holder.join()
    look(driver)
    assert held.open() == ["after"]


def test_several_at_once_fire_each_row_once(postgres_app: Flask, clock: SetClock) -> None:
    driver = Driver(counties.build(), clock)
    cases = waiting_cases(driver, 60)
    driver.clock.advance(timedelta(hours=2))

    def process() -> None:
        with postgres_app.app_context():
            look(driver)

    threads = [threading.Thread(target=process) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    look(driver)
    assert told("timer.fired") == 60
    assert all(case.open() == ["after"] for case in cases)


def test_a_clock_set_forward_or_back_fires_nothing_twice_and_loses_nothing(driver: Driver) -> None:
    cases = waiting_cases(driver, 4)
    due = [case.timers()[0].due_at for case in cases]
    for moment in (due[1], due[1] - timedelta(hours=1), due[0] - timedelta(seconds=1), due[2], due[3]):
        driver.clock.set(moment)
        look(driver)
    assert told("timer.fired") == 4
    driver.clock.advance(timedelta(hours=-1))
    look(driver)
    driver.clock.advance(timedelta(hours=3))
    look(driver)
    assert told("timer.fired") == 4
    assert all(case.open() == ["after"] for case in cases)


def test_the_look_runs_as_a_job_with_the_clock_of_the_installation(driver: Driver) -> None:
    from service.jobs import DEADLINES, Jobs

    [case] = waiting_cases(driver, 1)
    driver.clock.advance(timedelta(hours=1))
    one = Jobs(current_app._get_current_object())  # type: ignore[attr-defined]
    one.tick(DEADLINES)
    assert case.open() == ["after"]
