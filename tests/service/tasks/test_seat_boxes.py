"""Where a task lies after others were drawn in: in no box twice, in none of who has lost it; whose lateness it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.db import db
from service.instances.due import fire_due
from service.tasks import extension, queries
from service.tasks.commands import Recuse, TaskCommand, recuse_task, unclaim_task
from service.tasks.models import Overdue
from tests.driver import Driver
from tests.service.tasks import desk as desks
from tests.service.tasks import scans
from tests.service.tasks.desk import Desk


@pytest.fixture
def driver(quick_driver: Driver) -> Driver:
    return desks.staffed(quick_driver)


def at_desk(driver: Driver, signing: str, **props: str) -> Desk:
    return Desk(driver, desks.deploy(driver, signing, **props), desks.acting(driver))


def test_who_has_asked_and_loses_the_seat_has_the_task_nowhere(driver: Driver) -> None:
    desk = at_desk(driver, "role")
    desk.claim("a")
    desk.before("a", "x")
    assert desk.box("a") == ["done"]
    desk.transfer("bureau.chief", "y", seat_of="a")
    assert desk.box("a") == []
    desk.sign("x")
    desk.before("y", "z")
    recuse_task(desk.actors["y"], Recuse(desk.task_id, desk.task.version, "表弟"), now=driver.now)
    assert (desk.box("x"), desk.box("y"), desk.box("z")) == (["done"], [], [])


def test_who_has_advised_and_then_decides_has_it_done_once(driver: Driver) -> None:
    desk = at_desk(driver, "role")
    desk.claim("a")
    desk.before("a", "x")
    desk.sign("x")
    unclaim_task(desk.actors["a"], TaskCommand(desk.task_id, desk.task.version), now=driver.now)
    assert desk.sign("x")
    assert desk.box("x") == ["done"]


def test_who_has_advised_and_then_records_the_paper_has_it_done_once(driver: Driver) -> None:
    desk = at_desk(driver, "role", paper="allowed")
    desk.claim("a")
    desk.before("a", "x")
    desk.sign("x")
    scans.recorded(desk.case, "check", by="x")
    assert (desk.box("a"), desk.box("x")) == ([], ["done"])


def test_who_waits_for_advice_gives_the_own_step_no_more_time(driver: Driver) -> None:
    desk = at_desk(driver, "all", dueIn="5 workdays")
    desk.before("b", "y")
    for who in ("b", "c"):
        assert extension.owes(desk.actors[who], desk.task)
    assert not extension.owes(desk.actors["bureau.chief"], desk.task)


def test_who_leaves_hands_over_what_comes_to_them_later_too(driver: Driver) -> None:
    desk = at_desk(driver, "sequence")
    found = queries.held_by(desk.actors["bureau.chief"], desk.person("c"))
    db.session.rollback()
    assert [row.id for row in found] == [desk.task_id]


def test_a_step_that_waits_for_advice_is_late_at_the_office_that_owes_it(driver: Driver) -> None:
    desk = at_desk(driver, "single", dueIn="1 workday")
    desk.before("a", "s01.principal")
    driver.clock.advance(timedelta(days=10))
    fire_due(driver.now, now=driver.now)
    assert db.session.scalars(select(Overdue.role)).all() == ["staffing_officer"]
    db.session.rollback()
