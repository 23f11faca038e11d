"""Minutes and the box of their chair: returned and recalled, advice, substitutes."""

import pytest
from sqlalchemy import update

from service.access.standing import ROLE
from service.db import db, transaction
from service.errors import Forbidden, Invalid
from service.tasks import queries_boxes
from service.tasks.commands import Recuse, TaskCommand, claim_task, recuse_task, unclaim_task
from service.tasks.commands_minutes import ConfirmMinutes, confirm_minutes
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.commands_seats import AddSigners, add_signers
from tests.driver import Driver
from tests.service.tasks import flows
from tests.service.tasks.deputing import give, stand_in
from tests.service.tasks.paperwork import posted
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


def test_a_chair_from_outside_the_office_steps_aside_and_who_entered_the_minutes_is_told(quick_driver: Driver) -> None:
    """The leader holds no role of the step and sits at no seat of it: it lies with them as its chair alone."""
    case, driver = begun(quick_driver), quick_driver
    version, task = entered(case), case.task("decide")
    with pytest.raises(Forbidden):
        recuse_task(driver.actor("auditor"), Recuse(task.id, task.version, "无关"), now=driver.now)
    recuse_task(driver.actor(CHAIR), Recuse(task.id, task.version, "表弟"), now=driver.now)
    assert todo(driver, CHAIR) == []
    with pytest.raises(Forbidden, match=r"task\.recused"):
        confirmed(case, version)
    heard = posted("minutes.chair_left")
    assert f"person:{driver.county.persons['bureau.hr']}" in heard
    assert f"person:{driver.county.persons[CHAIR]}" not in heard
    assert claimable(driver, "bureau.hr") == [task.id]
    others = {"present": ids(driver, *MEMBERS[1:]), "chair_id": driver.county.persons["bureau.chief"]}
    assert confirmed(case, entered(case, **others), "bureau.chief").decided


def claimable(driver: Driver, who: str) -> list[str]:
    found = [row.id for row in queries_boxes.page(driver.actor(who), queries_boxes.BoxQuery("claimable")).items]
    db.session.rollback()
    return found


def test_a_chair_who_also_claims_the_step_has_it_once_and_after_giving_it_back_still_as_its_chair(
    quick_driver: Driver,
) -> None:
    case, driver = begun(quick_driver), quick_driver
    give(driver, "bureau.chief", "bureau_hr_officer", "hr")
    chief = driver.actor("bureau.chief")
    version = entered(case, chair_id=driver.county.persons["bureau.chief"])
    task = case.task("decide")
    claim_task(chief, TaskCommand(task.id, task.version), now=driver.now)
    assert todo(driver, "bureau.chief") == [task.id]
    unclaim_task(chief, TaskCommand(task.id, case.task("decide").version), now=driver.now)
    assert (todo(driver, "bureau.chief"), claimable(driver, "bureau.hr")) == ([task.id], [task.id])
    assert confirmed(case, version, "bureau.chief").decided


def test_who_has_lost_the_role_meanwhile_confirms_nothing(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    version = entered(case)
    own = ROLE.c.person_id == driver.county.persons[CHAIR]
    with transaction() as session:
        session.execute(update(ROLE).where(own).values(absent_from=driver.now.date()))
    actor = driver.actor(CHAIR)
    with transaction() as session:
        session.execute(update(ROLE).where(own).values(valid_until=driver.now.date()))
    command = ConfirmMinutes(case.task("decide").id, version)
    with pytest.raises(Forbidden, match=r"minutes\.chair_unable"):
        confirm_minutes(actor, command, now=driver.now)
    with transaction() as session:
        session.execute(update(ROLE).where(own).values(valid_until=None))
    assert confirm_minutes(driver.actor(CHAIR), command, now=driver.now).decided
