"""The boxes: their orders, pages that lose and repeat nothing, the started and copied ones, and what is unread."""

import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from service.access.actor import Actor
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Forbidden, NotFound
from service.tasks import queries_boxes
from service.tasks.bulk import Chosen
from service.tasks.commands import TaskCommand, claim_task, unclaim_task
from service.tasks.commands_bulk import BeginBulk, begin_bulk
from service.tasks.commands_forgetting import clean_up
from service.tasks.commands_reading import mark_read
from service.tasks.commands_seats import CopyTask, copy_task
from service.tasks.models import QueueEntry, Task
from service.tasks.queries_boxes import BoxQuery
from tests.driver import Case, Driver
from tests.service.people import county
from tests.service.tasks import flows

CHECK = flows.task("check", "bureau_hr_officer", decisions="approve,return")
NEXT = flows.task("next", assignee="=initiator", decisions="approve")


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    found = Driver(county.build(), clock)
    found.deploy(flows.line(CHECK, NEXT, ids=("check", "next")))
    return found


def cases(driver: Driver, count: int) -> list[Case]:
    found = []
    for _ in range(count):
        driver.clock.advance(timedelta(minutes=1))
        found.append(driver.start("small", by="s01.principal", count=2))
    return found


def ids(driver: Driver, who: str, query: BoxQuery) -> list[str]:
    found = [row.id for row in queries_boxes.page(driver.actor(who), query).items]
    db.session.rollback()
    return found


def given(tasks: list[str], due: list[int], urgency: list[int], driver: Driver) -> None:
    """Other deadlines and priorities than the diagram's."""
    with transaction() as session:
        for task_id, days, urgent in zip(tasks, due, urgency, strict=True):
            moment = driver.now + timedelta(days=days)
            entry = update(QueueEntry).where(QueueEntry.task_id == task_id)
            session.execute(entry.values(due_at=moment, urgency=urgent))
            session.execute(update(Task).where(Task.id == task_id).values(due_at=moment, priority=100 - urgent))


def test_a_box_is_sorted_by_deadline_by_arrival_and_by_priority(driver: Driver) -> None:
    first, second, third = tasks = [case.task("check").id for case in cases(driver, 3)]
    given(tasks, due=[3, 1, 2], urgency=[10, 90, 10], driver=driver)
    assert ids(driver, "bureau.hr", BoxQuery("claimable")) == [second, third, first]
    assert ids(driver, "bureau.hr", BoxQuery("claimable", sort="arrival")) == [third, second, first]
    assert ids(driver, "bureau.hr", BoxQuery("claimable", sort="priority")) == [third, first, second]


@pytest.mark.parametrize("sort", ["due", "arrival", "priority"])
def test_no_row_comes_twice_and_none_is_lost_while_others_come_and_go(driver: Driver, sort: str) -> None:
    chance = random.Random(sort)
    begun = cases(driver, 14)
    staying = {case.id: case.task("check").id for case in begun}
    given(
        list(staying.values()), [chance.randint(1, 4) for _ in begun], [chance.choice((10, 50)) for _ in begun], driver
    )
    seen: list[str] = []
    cursor = None
    actor, officer = driver.actor("bureau.hr"), driver.actor("bureau.hr")
    while True:
        page = queries_boxes.page(actor, BoxQuery("claimable", sort=sort, cursor=cursor, limit=3))
        seen.extend(row.id for row in page.items)
        db.session.rollback()
        cursor = page.next
        if cursor is None:
            break
        gone = chance.choice(sorted(staying))
        task = begun[[case.id for case in begun].index(gone)].task("check")
        claim_task(officer, TaskCommand(task.id, task.version), now=driver.now)
        del staying[gone]
        cases(driver, 1)
    assert len(seen) == len(set(seen))
    assert set(staying.values()) <= set(seen)


def test_a_task_that_was_given_back_is_found_again(driver: Driver) -> None:
    [case] = cases(driver, 1)
    task = case.task("check")
    claim_task(driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=driver.now)
    task = case.task("check")
    unclaim_task(driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=driver.now)
    for query in (BoxQuery("claimable", flow="small"), BoxQuery("claimable", q=task.case.business_key)):
        assert ids(driver, "bureau.hr", query) == [task.id]
    assert ids(driver, "bureau.hr", BoxQuery("claimable", flow="large")) == []
    school = driver.county.organisations["s01"]
    assert ids(driver, "bureau.hr", BoxQuery("claimable", organisation_id=school)) == [task.id]
    assert ids(driver, "bureau.hr", BoxQuery("claimable", organisation_id="elsewhere")) == []


def test_what_i_started_is_listed_as_long_as_something_of_it_is_open(driver: Driver) -> None:
    one, two = cases(driver, 2)
    checks = [two.task("check").id, one.task("check").id]
    assert ids(driver, "s01.principal", BoxQuery("started")) == checks
    assert ids(driver, "s01.principal", BoxQuery("started", q=one.task("check").case.business_key)) == checks[1:]
    page = queries_boxes.page(driver.actor("s01.principal"), BoxQuery("started", limit=1))
    assert ids(driver, "s01.principal", BoxQuery("started", limit=1, cursor=page.next)) == checks[1:]
    one.withdraw("s01.principal")
    assert ids(driver, "s01.principal", BoxQuery("started")) == checks[:1]
    assert ids(driver, "bureau.hr", BoxQuery("started")) == []


def test_a_copy_lies_in_the_box_of_copies_and_is_unread_until_it_is_looked_at(driver: Driver) -> None:
    [case] = cases(driver, 1)
    task = case.task("check")
    claim_task(driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=driver.now)
    task, reader = case.task("check"), driver.actor("bureau.leader")
    copy = CopyTask(task.id, task.version, person_ids=(reader.person_id or "",), reason="知悉")
    copy_task(driver.actor("bureau.hr"), copy, now=driver.now)
    assert ids(driver, "bureau.leader", BoxQuery("copied")) == [task.id]
    assert ids(driver, "bureau.leader", BoxQuery("copied", q=task.case.business_key)) == [task.id]
    assert queries_boxes.count(reader, BoxQuery("copied")) == 1
    assert queries_boxes.unread(reader, [task.id]) == {task.id}
    for _ in range(2):
        mark_read(reader, task.id, now=driver.now)
    assert queries_boxes.unread(reader, [task.id]) == frozenset()
    assert queries_boxes.unread(driver.actor("bureau.hr"), [task.id]) == {task.id}


def test_a_confidential_step_is_listed_for_nobody_who_may_not_read_it(quick_driver: Driver) -> None:
    driver = quick_driver
    check = flows.task("check", "bureau_hr_officer", decisions="approve", confidential="health")
    driver.deploy(flows.line(check, ids=("check",)))
    case = driver.start("small", by="s01.principal", count=3)
    principal, task = driver.actor("s01.principal"), case.task("check")
    assert queries_boxes.page(principal, BoxQuery("started")).items == []
    db.session.rollback()
    with pytest.raises(NotFound, match=r"task\.absent"):
        mark_read(principal, task.id, now=driver.now)


def test_old_marks_of_closed_tasks_and_old_bulks_are_forgotten_and_what_lies_in_a_box_stays_read(
    driver: Driver,
) -> None:
    shut, waiting = cases(driver, 2)
    school, reader = driver.actor("s01.principal"), driver.actor("bureau.hr")
    for case in (shut, waiting):
        mark_read(reader, case.task("check").id, now=driver.now)
    lying, gone = waiting.task("check").id, shut.task("check").id
    begin_bulk(school, BeginBulk([Chosen(gone)]), now=driver.now)
    shut.complete("check", "bureau.hr", "approve")
    driver.clock.advance(timedelta(days=179))
    assert clean_up(Actor.system(), now=driver.now) == 0
    driver.clock.advance(timedelta(days=2))
    assert clean_up(Actor.system(), now=driver.now) == 2
    assert clean_up(Actor.system(), now=driver.now) == 0
    assert queries_boxes.unread(reader, [lying, gone]) == {gone}
    db.session.rollback()
    with pytest.raises(Forbidden, match=r"access\.only_jobs"):
        clean_up(reader, now=driver.now)
