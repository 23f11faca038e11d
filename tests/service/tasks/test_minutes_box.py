"""Minutes and the box of their chair: returned and recalled, advice, substitutes."""

import pytest

from service.db import db
from service.errors import Forbidden, Invalid
from service.tasks import queries_boxes
from service.tasks.commands import Recuse, TaskCommand, claim_task, recuse_task
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.commands_seats import AddSigners, add_signers
from tests.driver import Driver
from tests.service.tasks import flows
from tests.service.tasks.deputing import give, stand_in
from tests.service.tasks.recalls import recall
from tests.service.tasks.test_minutes import CHAIR, MEMBERS, begun, confirmed, entered, ids, todo


@pytest.mark.parametrize("claimed", [True, False])
def test_a_step_that_is_returned_lies_with_its_chair_no_more(quick_driver: Driver, claimed: bool) -> None:
    driver, officer = quick_driver, quick_driver.actor("bureau.hr")
    first = flows.task("first", assignee="=initiator", decisions="approve")
    step = flows.task("decide", "bureau_hr_officer", decisions="approve,reject", collective="ordinary")
    driver.deploy(flows.line(first, step, ids=("first", "decide")))
    case = driver.start("small", by="s01.principal", count=3)
    case.complete("first", "s01.principal", "approve")
    if claimed:
        claim_task(officer, TaskCommand(case.task("decide").id, case.task("decide").version), now=driver.now)
    entered(case)
    task = case.task("decide")
    return_task(officer, ReturnTask(task.id, task.version, "first", reason="材料不全"), now=driver.now)
    done = queries_boxes.page(officer, queries_boxes.BoxQuery("done")).items
    db.session.rollback()
    assert (case.open(), todo(driver, CHAIR), [row.id for row in done]) == (["first"], [], [task.id])
    recall(case, "bureau.hr", task.id)
    assert (case.open(), todo(driver, CHAIR)) == (["decide"], [task.id])
    assert confirmed(case, 1).decided


def test_the_chair_with_whom_the_minutes_lie_is_not_asked_for_advice(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    officer, people = driver.actor("bureau.hr"), ids(driver, CHAIR, "bureau.chief")
    claim_task(officer, TaskCommand(case.task("decide").id, case.task("decide").version), now=driver.now)
    entered(case)
    task = case.task("decide")
    asking = [AddSigners(task.id, task.version, (one,), "before", "请把关") for one in people]
    with pytest.raises(Invalid, match=r"seat\.already_there"):
        add_signers(officer, asking[0], now=driver.now)
    add_signers(officer, asking[1], now=driver.now)
    assert todo(driver, CHAIR) == [task.id]


def test_minutes_wait_for_their_chair_and_not_for_a_substitute(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    give(driver, "s02.hr", "bureau_leader", "bureau")
    stand_in(driver, CHAIR, "s02.hr")
    version = entered(case)
    assert (todo(driver, "s02.hr"), len(todo(driver, CHAIR))) == ([], 1)
    assert queries_boxes.count(driver.actor("s02.hr"), queries_boxes.BoxQuery("todo")) == 0
    db.session.rollback()
    assert confirmed(case, version).decided


def test_a_chair_who_steps_aside_has_nothing_to_confirm_any_more(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    give(driver, "bureau.chief", "bureau_hr_officer", "hr")
    version = entered(case, chair_id=driver.county.persons["bureau.chief"])
    task = case.task("decide")
    recuse_task(driver.actor("bureau.chief"), Recuse(task.id, task.version, "表弟"), now=driver.now)
    assert todo(driver, "bureau.chief") == []
    with pytest.raises(Forbidden, match=r"task\.recused"):
        confirmed(case, version, "bureau.chief")
    others = ids(driver, *(one for one in MEMBERS if one != "bureau.chief"))
    assert confirmed(case, entered(case, present=others)).decided
